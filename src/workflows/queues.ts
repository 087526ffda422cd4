/** Where stops and releases wait for a worker: a queue of their own, so that hung exports cannot take their places. */
export const stopsQueue = (taskQueue: string): string => `${taskQueue}-stops`;
