import { sql, type RawBuilder } from 'kysely';
import { lineOf } from '../domain/incident/line.ts';
import type { IncidentState } from '../domain/incident/state.ts';
import { plainText } from './connection.ts';

interface Position {
  seq: number;
  head: string;
  /** Counts the writes of the row; 0 when there is none yet. */
  revision: number;
}

/** Raised whenever `lineOf` says something else of the same state: older rows are filled again at start. */
export const LINE_VERSION = 3;

const text = (value: string | null): string | null => (value === null ? null : plainText(value));

/** The columns of a row that its state decides, by their names. */
export function columnsOf(state: IncidentState): Record<string, unknown> {
  const line = lineOf(state);
  return {
    status: plainText(state.status),
    agent: plainText(state.agent),
    severity: state.severity,
    opened_at_ms: state.openedAt,
    ended_at_ms: state.endedAt,
    line_version: LINE_VERSION,
    title: plainText(line.title),
    phase: line.phase,
    mode: line.mode,
    owner_id: text(line.ownerId),
    distribution_due_ms: line.distributionDueAt,
    sign_off_due_ms: line.signOffDueAt,
    pending_sign_offs: line.pendingSignOffs,
    open_remediation: line.openRemediation,
    contain_ms: line.containMs,
    classify_ms: line.classifyMs,
    sign_offs_ms: line.signOffsMs,
    distribute_ms: line.distributeMs,
    late: line.late,
    held: state.held && state.status === 'open',
    words: plainText(line.words),
    session_ids: Object.keys(state.sessions).map(plainText),
  };
}

const names = (columns: Record<string, unknown>): RawBuilder<unknown>[] =>
  Object.keys(columns).map((name) => sql.ref(name));

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
  const columns = columnsOf(state);
  const json = JSON.stringify(state);
  if (from.revision === 0)
    return sql`
      insert into incident (incident_id, seq, head, revision, updated_at_ms, state, ${sql.join(names(columns))})
      values (${incidentId}, ${seq}, ${head}, 1, ${at}, ${json}::json, ${sql.join(Object.values(columns))})
      on conflict do nothing
      returning 1`;
  const sets = Object.entries(columns).map(([name, value]) => sql`${sql.ref(name)} = ${value}`);
  return sql`
    update incident set seq = ${seq}, head = ${head}, revision = revision + 1, updated_at_ms = ${at},
      state = ${json}::json, ${sql.join(sets)}
    where incident_id = ${incidentId} and seq = ${from.seq} and head = ${from.head} and revision = ${from.revision}
    returning 1`;
};
