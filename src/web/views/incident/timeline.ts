import { z } from 'zod';
import type { IncidentEvent } from '../../../domain/incident/event.ts';
import { modeWords } from '../../../slack/blocks/words.ts';
import { sayingOf } from '../../../templates/timeline.ts';
import { iso, Moment, type NameOf } from '../fields.ts';
import type { Sight } from '../sight.ts';

export const TimelineView = z.object({
  entries: z
    .array(z.object({ seq: z.int(), at: Moment, who: z.string(), what: z.string() }))
    .describe('newest first'),
  total: z.int().describe('of all entries'),
  next: z.int().nullable().describe('goes into `beforeSeq`: older entries'),
});
export type TimelineView = z.infer<typeof TimelineView>;

export const TIMELINE_LIMIT = 40;

/** What an event says to somebody without sight of traces. */
function saying(event: IncidentEvent, nameOf: NameOf, sight: Sight): string | null {
  if (!sight.trace && event.type === 'analysisSuggested')
    return `Engine suggests ${modeWords[event.data.mode]}.`;
  return sayingOf(event, nameOf);
}

export function timelineView(
  events: readonly IncidentEvent[],
  nameOf: NameOf,
  sight: Sight,
  beforeSeq: number | null,
): TimelineView {
  const said = events.flatMap((event) => {
    const what = saying(event, nameOf, sight);
    return what === null ? [] : [{ seq: event.seq, at: iso(event.at), who: nameOf(event.by.id), what }];
  });
  const older = said.filter(({ seq }) => beforeSeq === null || seq < beforeSeq).reverse();
  const entries = older.slice(0, TIMELINE_LIMIT);
  const last = older.length > TIMELINE_LIMIT ? entries.at(-1) : undefined;
  return { entries, total: said.length, next: last?.seq ?? null };
}
