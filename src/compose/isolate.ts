/**
 * How long one activation of a workflow may take by the clock: an option that the SDK reads and does not declare, 5 s
 * unless said. Cutting one short can kill the whole process (nodejs/node#38503), and ours are slow only where the
 * machine gives them no time.
 */
export const ISOLATE = { isolateExecutionTimeout: '60s' } as const;
