/** A moment in the reader's own zone; mrkdwn. Readers without dates see UTC. */
export const moment = (atMs: number): string =>
  `<!date^${Math.floor(atMs / 1_000)}^{date_short_pretty} {time}|${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC>`;

/** `3 h 20 min`, `4 min`, `12 s`; never negative. */
export function lasting(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0
    ? `${Math.floor(minutes / 60)} h`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `due in 3 h 20 min (…)`, or how late it is; mrkdwn. */
export const dueIn = (dueMs: number, nowMs: number): string =>
  dueMs > nowMs
    ? `due in ${lasting(dueMs - nowMs)} (${moment(dueMs)})`
    : `*late by ${lasting(nowMs - dueMs)}* (was due ${moment(dueMs)})`;
