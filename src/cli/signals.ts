/** A process composed from the configuration. */
export interface Running {
  /** What to open or look at, for the line that says that it runs. */
  where: string;
  /** Rejects when it fails. */
  failed?: Promise<never>;
  close(): Promise<void>;
}

/** How long a process that failed may take to end. */
const STUCK_MS = 15_000;

/** Says that it runs, waits for Ctrl-C or a stop, and closes. A second Ctrl-C ends at once. */
export async function untilStopped(what: string, running: Running): Promise<void> {
  process.stderr.write(`holdpoint ${what}: ${running.where}\n`);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once('SIGINT', () => process.exit(130));
        resolve();
      });
    }
  });
  try {
    await (running.failed ? Promise.race([stopped, running.failed]) : stopped);
  } catch (error) {
    // What broke down may keep the process alive without doing anything.
    setTimeout(() => process.exit(1), STUCK_MS).unref();
    throw error;
  } finally {
    await running.close();
  }
}
