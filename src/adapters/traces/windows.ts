/** A span of time in ms since the epoch, `toMs` included. */
export interface Window {
  fromMs: number;
  toMs: number;
}

export const windowsOf = ({ fromMs, toMs }: Window, longestMs: number): Window[] => {
  const windows: Window[] = [];
  for (let from = fromMs; from <= toMs; from += longestMs)
    windows.push({ fromMs: from, toMs: Math.min(toMs, from + longestMs) });
  return windows;
};

export interface Listed<T> {
  /** By key, so that overlapping windows count nothing twice. */
  found: Map<string, T>;
  /** False when some window still held `limit` at `shortestMs`, or after `mostAnswers` questions. */
  all: boolean;
}

/**
 * Everything of a window from a store that has a limit and no cursor: an answer with as many as were asked for may
 * have left some out, so both halves are asked again.
 */
export const listAll = async <T>(
  windows: readonly Window[],
  options: { limit: number; shortestMs: number; mostAnswers: number },
  ask: (window: Window, limit: number) => Promise<Map<string, T>>,
): Promise<Listed<T>> => {
  const { limit, shortestMs, mostAnswers } = options;
  const listed: Listed<T> = { found: new Map(), all: true };
  const open = [...windows];
  for (let answers = 0; open.length > 0; answers += 1) {
    const window = open.pop();
    if (!window) break;
    if (answers >= mostAnswers) return { ...listed, all: false };
    const answer = await ask(window, limit);
    for (const [key, one] of answer) listed.found.set(key, one);
    if (answer.size < limit) continue;
    const { fromMs, toMs } = window;
    const middle = Math.floor((fromMs + toMs) / 2);
    if (toMs - fromMs <= shortestMs) listed.all = false;
    else open.push({ fromMs, toMs: middle }, { fromMs: middle, toMs });
  }
  return listed;
};
