import type { IncidentEvent } from '../domain/incident/event.ts';
import type { AuditLog } from '../store/port.ts';
import { withProse } from '../store/prose.ts';
import { ExportedRow, ExportedWords, jsonOf } from './format.ts';

/** The records of one incident with the words of people in them. */
export interface RecordedIncident {
  incidentId: string;
  events: IncidentEvent[];
}

/** Every incident of the database, or one of them. */
export async function* recordedIn(
  audit: Pick<AuditLog, 'chains' | 'events'>,
  incidentId?: string,
): AsyncGenerator<RecordedIncident> {
  for (const chain of await audit.chains(incidentId === undefined ? {} : { incidentId }))
    yield { incidentId: chain.incidentId, events: await audit.events(chain.incidentId) };
}

/** Every incident of an export, which is not verified here. */
export async function* recordedInExport(
  lines: AsyncIterable<string>,
  incidentId?: string,
): AsyncGenerator<RecordedIncident> {
  let rows: ExportedRow[] = [];
  let words = new Map<string, string>();
  const taken = (): RecordedIncident[] => {
    const id = rows[0]?.incidentId;
    const events = rows.map(({ event }) => withProse(event, words) as IncidentEvent);
    [rows, words] = [[], new Map()];
    return id === undefined || (incidentId !== undefined && id !== incidentId)
      ? []
      : [{ incidentId: id, events }];
  };
  for await (const line of lines) {
    const value = jsonOf(line);
    const row = ExportedRow.safeParse(value);
    const text = row.success ? null : ExportedWords.safeParse(value);
    if (row.success) rows.push(row.data);
    else if (text?.success) words.set(text.data.sha256, text.data.text);
    else yield* taken();
  }
  yield* taken();
}
