/** Ends a process whose parent was killed. Preloaded into the children of `child.mjs`. */
const EVERY_MS = 500;

/** Calls `onGone` once when the parent is no longer the process with this number. */
export function watchParent(parent, onGone) {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, EVERY_MS);
  timer.unref();
}

const parent = Number(process.env['HOLDPOINT_PARENT']);
// Children of the child inherit the variable, but have another parent.
if (parent > 0 && process.ppid === parent) watchParent(parent, () => process.kill(process.pid, 'SIGTERM'));
