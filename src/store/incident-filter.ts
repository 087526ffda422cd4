import { sql, type Expression, type SqlBool } from 'kysely';
import { searchWords } from '../domain/incident/line.ts';
import { plainText } from './connection.ts';
import type { IncidentFilter } from './port.ts';

const MOST_WORDS = 12;

/** Every word must begin a word of the incident; null: nothing to search by. */
export function searchQuery(text: string): string | null {
  const words = searchWords(text).slice(0, MOST_WORDS);
  return words.length > 0 ? words.map((word) => `${word.slice(0, 60)}:*`).join(' & ') : null;
}

/** The conditions of a filter over the table `incident`; what it does not name is not asked. */
export function conditionsOf(filter: IncidentFilter): Expression<SqlBool>[] {
  const { status, agent, severity, phase, mode, ownerId, text, openedFrom, openedBefore, late } = filter;
  const { sessionId, idPrefix } = filter;
  const found: Expression<SqlBool>[] = [];
  const add = (condition: Expression<SqlBool>): void => void found.push(condition);
  if (status === 'open') add(sql<SqlBool>`status = 'open'`);
  if (status === 'ended') add(sql<SqlBool>`status <> 'open'`);
  if (agent !== undefined) add(sql<SqlBool>`agent = ${agent}`);
  if (severity !== undefined) add(sql<SqlBool>`severity = ${severity}`);
  if (phase !== undefined) add(sql<SqlBool>`phase = ${phase}`);
  if (mode !== undefined) add(sql<SqlBool>`mode = ${mode}`);
  if (ownerId === null) add(sql<SqlBool>`owner_id is null`);
  else if (ownerId !== undefined) add(sql<SqlBool>`owner_id = ${ownerId}`);
  if (openedFrom !== undefined) add(sql<SqlBool>`opened_at_ms >= ${openedFrom}`);
  if (openedBefore !== undefined) add(sql<SqlBool>`opened_at_ms < ${openedBefore}`);
  if (late !== undefined) add(sql<SqlBool>`late = ${late}`);
  if (sessionId !== undefined) add(sql<SqlBool>`session_ids @> array[${plainText(sessionId)}]::text[]`);
  if (idPrefix !== undefined) add(sql<SqlBool>`starts_with(incident_id, ${idPrefix})`);
  const query = text === undefined ? null : searchQuery(text);
  // Asked by itself, so that the index of words answers: beside an order and a limit, Postgres may take apart the words
  // of one row after the other instead.
  if (query !== null)
    add(sql<SqlBool>`incident_id = any(array(
      select incident_id from incident where to_tsvector('simple', words) @@ to_tsquery('simple', ${query})))`);
  return found;
}

/** The same as one piece of SQL. */
export const whereOf = (filter: IncidentFilter) => {
  const all = conditionsOf(filter);
  return all.length > 0 ? sql`where ${sql.join(all, sql` and `)}` : sql``;
};
