import { sql } from 'kysely';
import { canonical } from '../domain/canonical.ts';
import { emptyIncident } from '../domain/incident/empty.ts';
import type { IncidentEvent } from '../domain/incident/event.ts';
import { evolve } from '../domain/incident/evolve.ts';
import type { IncidentState } from '../domain/incident/state.ts';
import { chain, GENESIS } from './chain.ts';
import {
  readChains,
  readErasedWords,
  readEvent,
  readEvents,
  readRows,
  readSignedHeads,
  readWords,
} from './audit-read.ts';
import type { Database } from './connection.ts';
import { AuditConflict, AuditGap, UnchainableEvent } from './errors.ts';
import type { SignedHead } from './head-signature.ts';
import { eraseWords } from './erase.ts';
import type { AuditLog } from './port.ts';
import { moveProjection } from './projection-row.ts';
import { withoutProse, withProse } from './prose.ts';

export interface AuditDeps {
  db: Database;
  now: () => number;
  sign: ((head: Omit<SignedHead, 'keyId' | 'signature'>) => SignedHead) | null;
}

interface Tail {
  seq: number;
  head: string;
  /** Counts the writes of the projection row; 0 when there is none yet. */
  revision: number;
  /** Null when there is nothing to write after it. */
  state: IncidentState | null;
  /** Those of the events to append that are on record, as they are. */
  recorded: unknown[];
}

/** Each lost race means that another writer got on; more than this many is no race. */
const MAX_RACES = 100;

export const createAuditLog = (deps: AuditDeps): AuditLog => ({
  append: async (incidentId, events) => {
    assertFollows(incidentId, events);
    for (let race = 0; race < MAX_RACES; race += 1) {
      const tail = await readTail(deps.db, incidentId, events);
      const fresh = withoutRecorded(incidentId, events, tail);
      const { head, seq, state } = tail;
      if (fresh.length === 0 || !state) return { head, seq };
      const written = await write(deps, incidentId, fresh, { ...tail, state });
      if (written) return written;
    }
    throw new Error(`incident ${incidentId}: other writers were faster ${MAX_RACES} times; try again`);
  },
  rows: (incidentId) => readRows(deps.db, incidentId),
  chains: (selection) => readChains(deps.db, selection),
  events: (incidentId) => readEvents(deps.db, incidentId),
  event: (incidentId, seq) => readEvent(deps.db, incidentId, seq),
  words: async (incidentId) =>
    [...(await readWords(deps.db, incidentId))].map(([sha256, text]) => ({ sha256, text })),
  erasedWords: (incidentId) => readErasedWords(deps.db, incidentId),
  signedHeads: (incidentId) => readSignedHeads(deps.db, incidentId),
  head: async (incidentId) => {
    const row = await deps.db
      .selectFrom('audit_event')
      .select(['seq', 'hash as head'])
      .where('incident_id', '=', incidentId)
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row ?? null;
  },
  erase: (incidentId, sha256) => eraseWords(deps, incidentId, sha256),
});

const assertFollows = (incidentId: string, events: readonly IncidentEvent[]): void => {
  events.forEach((event, index) => {
    const expected = (events[0]?.seq ?? 1) + index;
    if (!Number.isInteger(event.seq) || event.seq < 1 || event.seq !== expected)
      throw new AuditGap(
        `incident ${incidentId}: event ${index} has seq ${event.seq}, not ${expected}: send them in order`,
      );
    if (event.type === 'incidentOpened' && event.data.incidentId !== incidentId)
      throw new UnchainableEvent(`the event opens incident ${event.data.incidentId}, not ${incidentId}`);
  });
};

/** One statement. The state comes along where something is written after it. */
const readTail = async (
  db: Database,
  incidentId: string,
  events: readonly IncidentEvent[],
): Promise<Tail> => {
  const [first, last] = [events[0]?.seq ?? 0, events.at(-1)?.seq ?? 0];
  const { rows } = await sql<Omit<Tail, 'recorded'> & { recorded: string[] }>`
    select seq, head, revision, case when seq < ${last} then state end as state,
      array(
        select event::text from audit_event e
        where e.incident_id = incident.incident_id and e.seq between ${first} and ${last}
        order by e.seq) as recorded
    from incident where incident_id = ${incidentId}`.execute(db);
  const row = rows[0];
  return row
    ? { ...row, recorded: row.recorded.map((text): unknown => JSON.parse(text)) }
    : { seq: 0, head: GENESIS, revision: 0, state: emptyIncident, recorded: [] };
};

/** What of `events` is still to be written. Throws when a recorded one is not the same, or when one is missing before. */
const withoutRecorded = (
  incidentId: string,
  events: readonly IncidentEvent[],
  tail: Tail,
): readonly IncidentEvent[] => {
  const first = events[0]?.seq ?? tail.seq + 1;
  if (first > tail.seq + 1)
    throw new AuditGap(
      `incident ${incidentId}: event ${first} cannot follow ${tail.seq}: send those between first`,
    );
  const repeated = events.filter((event) => event.seq <= tail.seq);
  repeated.forEach((event, index) => {
    if (canonical(tail.recorded[index] ?? null) !== canonical(withoutProse(event).event))
      throw new AuditConflict(`incident ${incidentId}: event ${event.seq} is on record with other content`);
  });
  return events.slice(repeated.length);
};

/** One statement, so one transaction: records, words, signed head and projection, or nothing when someone was faster. */
const write = async (
  { db, now, sign }: AuditDeps,
  incidentId: string,
  events: readonly IncidentEvent[],
  tail: Tail & { state: IncidentState },
): Promise<{ head: string; seq: number } | null> => {
  const at = now();
  const split = events.map((event) => ({ seq: event.seq, ...withoutProse(event) }));
  const rows = chain(incidentId, tail.head, split, at);
  const words = [...new Map(split.flatMap((event) => [...event.words]))];
  // Folded as they are read back, so that a row rebuilt from the log has the same bytes.
  const texts = new Map(words);
  const recorded = rows.map((row) => withProse(JSON.parse(canonical(row.event)), texts) as IncidentEvent);
  const head = rows.at(-1)?.hash ?? tail.head;
  const seq = tail.seq + rows.length;
  const signed = sign ? [sign({ incidentId, seq, head, signedAtMs: at })] : [];
  const moved = moveProjection(incidentId, tail, {
    seq,
    head,
    at,
    state: recorded.reduce(evolve, tail.state),
  });
  const result = await sql<{ moved: number }>`
    with moved as (${moved}),
    records as (
      insert into audit_event (incident_id, seq, event, prev_hash, hash, recorded_at_ms)
      select ${incidentId}, r.seq, r.event::json, r.prev_hash, r.hash, ${at}
      from moved, unnest(
        ${rows.map((row) => row.seq)}::int[], ${rows.map((row) => canonical(row.event))}::text[],
        ${rows.map((row) => row.prevHash)}::text[], ${rows.map((row) => row.hash)}::text[]
      ) as r(seq, event, prev_hash, hash)),
    beside as (
      insert into prose (incident_id, sha256, text)
      select ${incidentId}, w.sha256, w.text::json
      from moved, unnest(
        ${words.map(([sha256]) => sha256)}::text[], ${words.map(([, text]) => JSON.stringify(text))}::text[]
      ) as w(sha256, text)
      on conflict do nothing),
    signed as (
      insert into audit_head (incident_id, seq, head, signed_at_ms, key_id, signature)
      select ${incidentId}, ${seq}, ${head}, ${at}, s.key_id, s.signature
      from moved, unnest(
        ${signed.map((one) => one.keyId)}::text[], ${signed.map((one) => one.signature)}::text[]
      ) as s(key_id, signature))
    select count(*)::int as moved from moved`.execute(db);
  return result.rows[0]?.moved === 1 ? { head, seq } : null;
};
