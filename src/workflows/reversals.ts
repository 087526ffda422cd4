import type { IncidentEvent } from '../domain/incident/event.ts';
import { indicesOf, rangesOf, sizeOf, union, type Ranges } from '../domain/incident/ranges.ts';
import { reversing, saying } from './proxies.ts';

export interface ReversalsStart {
  incidentId: string;
  batchId: string;
  classId: string;
  planUri: string;
  planSha256: string;
  indices: Ranges;
  /** What has to be on record before the first reversal. */
  record?: IncidentEvent[];
}

const WINDOW = 20;

function windowsOf(indices: Ranges): Ranges[] {
  const all = [...indicesOf(indices)];
  const windows: Ranges[] = [];
  for (let i = 0; i < all.length; i += WINDOW) windows.push(rangesOf(all.slice(i, i + WINDOW)));
  return windows;
}

/** One signed batch, window by window; reports to the incident by a signed command. */
export async function reversals(start: ReversalsStart): Promise<void> {
  const { incidentId, batchId, classId, planUri, planSha256, record } = start;
  const sum = { done: [] as Ranges, notDone: [] as Ranges, uncertain: [] as Ranges };
  for (const [i, indices] of windowsOf(start.indices).entries()) {
    const result = await saying(`reverse ${sizeOf(indices)} actions`, reversing.reverseWindow, {
      incidentId,
      batchId,
      classId,
      planUri,
      planSha256,
      indices,
      ...(i === 0 && record ? { record } : {}),
    });
    sum.done = union(sum.done, result.done);
    sum.notDone = union(sum.notDone, result.notDone);
    sum.uncertain = union(sum.uncertain, result.uncertain);
  }
  await reversing.reportBatch({ incidentId, batchId, ...sum });
}
