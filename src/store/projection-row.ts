import { sql, type RawBuilder } from 'kysely';
import type { IncidentState } from '../domain/incident/state.ts';
import { plainText } from './connection.ts';

interface Position {
  seq: number;
  head: string;
  /** Counts the writes of the row; 0 when there is none yet. */
  revision: number;
}

/**
 * Moves the projection from one position to the next; gives one row when it did, none when the row is no longer where
 * it was read. The first move makes the row.
 */
export const moveProjection = (
  incidentId: string,
  from: Position,
  to: { seq: number; head: string; at: number; state: IncidentState },
): RawBuilder<unknown> => {
  const { state, seq, head, at } = to;
  const status = plainText(state.status);
  const agent = plainText(state.agent);
  const json = JSON.stringify(state);
  if (from.revision === 0)
    return sql`
      insert into incident (incident_id, seq, head, revision, status, agent, severity,
        opened_at_ms, ended_at_ms, updated_at_ms, state)
      values (${incidentId}, ${seq}, ${head}, 1, ${status}, ${agent}, ${state.severity},
        ${state.openedAt}, ${state.endedAt}, ${at}, ${json}::json)
      on conflict do nothing
      returning 1`;
  return sql`
    update incident set seq = ${seq}, head = ${head}, revision = revision + 1, status = ${status}, agent = ${agent},
      severity = ${state.severity}, opened_at_ms = ${state.openedAt}, ended_at_ms = ${state.endedAt},
      updated_at_ms = ${at}, state = ${json}::json
    where incident_id = ${incidentId} and seq = ${from.seq} and head = ${from.head} and revision = ${from.revision}
    returning 1`;
};
