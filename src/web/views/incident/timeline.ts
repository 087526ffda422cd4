import { z } from 'zod';
import { rulesOf } from '../../../client/dedup.ts';
import type { IncidentEvent } from '../../../domain/incident/event.ts';
import { modeWords } from '../../../domain/incident/words.ts';
import { sayingOf } from '../../../templates/timeline.ts';
import { iso, Moment, type NameOf } from '../fields.ts';
import type { Sight } from '../sight.ts';

export const TimelineView = z.object({
  entries: z
    .array(
      z.object({
        seq: z.int(),
        at: Moment,
        who: z.string(),
        what: z.string(),
        rule: z.string().nullable().describe('of an alert: what it opened the incident by, or joined it by'),
      }),
    )
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

const ruleWords = (event: IncidentEvent, rule: string | null): string => {
  if (rule === null || event.type !== 'alertReceived') return '';
  return event.data.opened ? ` (opened the incident; rule: ${rule})` : ` (joined; rule: ${rule})`;
};

export function timelineView(
  events: readonly IncidentEvent[],
  nameOf: NameOf,
  sight: Sight,
  beforeSeq: number | null,
): TimelineView {
  const rules = rulesOf(events);
  const said = events.flatMap((event) => {
    const what = saying(event, nameOf, sight);
    if (what === null) return [];
    const rule = rules.get(event.seq) ?? null;
    const entry = { seq: event.seq, at: iso(event.at), who: nameOf(event.by.id), rule };
    return [{ ...entry, what: what + ruleWords(event, rule) }];
  });
  const older = said.filter(({ seq }) => beforeSeq === null || seq < beforeSeq).reverse();
  const entries = older.slice(0, TIMELINE_LIMIT);
  const last = older.length > TIMELINE_LIMIT ? entries.at(-1) : undefined;
  return { entries, total: said.length, next: last?.seq ?? null };
}
