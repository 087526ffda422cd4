import type { IncidentEvent } from '../domain/incident/event.ts';

/** Events in one payload, at most. */
export const MOST_EVENTS = 200;
/** Far below what Temporal takes for one payload (2 MiB, beyond which it ends the workflow). */
const MOST_BYTES = 128 * 1024;

const encoder = new TextEncoder();
const known = new WeakMap<IncidentEvent, number>();

function bytesOf(event: IncidentEvent): number {
  const found = known.get(event) ?? encoder.encode(JSON.stringify(event)).length;
  known.set(event, found);
  return found;
}

/** How many of the first events fit into one payload; at least one. */
export function fitting(events: readonly IncidentEvent[]): number {
  let bytes = 0;
  for (const [i, event] of events.entries()) {
    bytes += bytesOf(event);
    if (bytes > MOST_BYTES) return Math.max(1, i);
  }
  return events.length;
}

/** Whether all of them fit into one payload. */
export const isOneBatch = (events: readonly IncidentEvent[]): boolean =>
  events.length <= MOST_EVENTS && fitting(events) === events.length;
