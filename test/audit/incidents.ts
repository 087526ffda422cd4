import type { IncidentEvent } from '../../src/domain/incident/event.ts';
import type { Store } from '../../src/store/port.ts';
import { prose } from '../store/events.ts';
import { play } from '../domain/incident/random/sequence.ts';

/** Whole numbers that look random and are the same every time. */
export const numbersFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    state = Math.imul(state ^ (state >>> 12), 0x297a2d39) >>> 0;
    return (state ^ (state >>> 15)) >>> 0;
  };
};

/** Random commands come with digests of no text; a record is refused with one. */
const withDigests = <T>(value: T): T =>
  JSON.parse(
    JSON.stringify(value, (_key, entry: unknown) =>
      typeof entry === 'object' && entry !== null && 'text' in entry && 'sha256' in entry
        ? prose(String(entry.text))
        : entry,
    ),
  ) as T;

/** An incident made by the decider out of random commands. */
export const randomIncident = (incidentId: string, seed: number, commands = 90): IncidentEvent[] => {
  const next = numbersFrom(seed);
  const { events } = play(
    Array.from({ length: commands }, () => next() | 0),
    {},
  );
  return withDigests(events).map((event) =>
    event.type === 'incidentOpened' ? { ...event, data: { ...event.data, incidentId } } : event,
  );
};

/** Appends incidents as the recorder does, some events at a time; gives their ids. */
export const appendIncidents = async (
  audit: Store['audit'],
  count: number,
  { atOnce = 7, from = 0 }: { atOnce?: number; from?: number } = {},
): Promise<string[]> => {
  const ids: string[] = [];
  for (let seed = 1 + from * 7; ids.length < count - from; seed += 1) {
    const id = `inc-${String(from + ids.length + 1).padStart(5, '0')}`;
    const events = randomIncident(id, seed);
    if (events.length === 0) continue;
    for (let from = 0; from < events.length; from += atOnce)
      await audit.append(id, events.slice(from, from + atOnce));
    ids.push(id);
  }
  return ids;
};
