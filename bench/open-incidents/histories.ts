import proto from '@temporalio/proto';
import type { Parts } from '../../src/compose/parts.ts';
import { incidentWorkflowId } from '../../src/workflows/ids.ts';

const { HistoryEvent } = proto.temporal.api.history.v1;
const LOOKED_AT = 20;

/** Of some of the incidents: the largest event of their histories, headers and all, and how long the histories are. */
export async function historiesOf(
  parts: Parts,
  ids: readonly string[],
): Promise<{ largestKb: number; events: number; kb: number }> {
  const step = Math.max(1, Math.floor(ids.length / LOOKED_AT));
  const looked = ids.filter((_, i) => i % step === 0);
  let [largest, events, bytes] = [0, 0, 0];
  for (const id of looked) {
    const history = await parts.client.workflow.getHandle(incidentWorkflowId(id)).fetchHistory();
    for (const event of history.events ?? []) {
      const size = HistoryEvent.encode(event).finish().length;
      largest = Math.max(largest, size);
      events += 1;
      bytes += size;
    }
  }
  return {
    largestKb: largest / 1024,
    events: events / looked.length,
    kb: bytes / 1024 / looked.length,
  };
}
