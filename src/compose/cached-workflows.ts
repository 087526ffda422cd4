import { getHeapStatistics } from 'node:v8';

const MIB = 1024 * 1024;
/** What the workflows' thread holds beside them, with room for those that are larger than usual. */
const BESIDE_MIB = 400;
/** An open incident that waits for people takes 0.6 MiB of a worker's memory (`bench/open-incidents.ts`). */
const A_WORKFLOW_MIB = 1;

/**
 * How many workflows a worker keeps, after the heap that Node gives it (`--max-old-space-size`). One that is not kept is
 * replayed whenever anything happens to it, which costs several times what happens. With more open incidents than are
 * kept, all of whose next page is due in the order of their alerts, none would be found: the oldest is let go first.
 */
export const cachedWorkflows = (heapLimitBytes = getHeapStatistics().heap_size_limit): number =>
  Math.max(10, Math.floor((heapLimitBytes / MIB - BESIDE_MIB) / A_WORKFLOW_MIB));
