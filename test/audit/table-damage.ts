import type { TestStore } from '../store/store.ts';

export interface Place {
  id: string;
  seq: number;
  /** The incident's last record. */
  last: number;
  next: () => number;
}

/** Where the damage is: any of these records, or any of these words. */
export interface Where {
  records: number[];
  words: string[];
}

/** Damages the tables; gives the place, or null when there is nothing of the kind to damage. */
export type TableDamage = (db: TestStore, place: Place) => Promise<Where | null>;

/** `Records 3 to 7 are missing` names each of them. */
export const isInRange = (problem: string, record: number): boolean =>
  [...problem.matchAll(/[Rr]ecords (\d+) to (\d+)/g)].some(
    ([, from, to]) => record >= Number(from) && record <= Number(to),
  );

export const isPlaceIn = (problem: string, { records, words }: Where): boolean =>
  records.some(
    (record) => isInRange(problem, record) || new RegExp(`(?:record|head) ${record}\\b`, 'i').test(problem),
  ) || words.some((word) => problem.includes(word));

export const lastOf = async (db: TestStore, id: string): Promise<number> => {
  const [row] = await db.query('select max(seq)::int as seq from audit_event where incident_id = $1', [id]);
  return Number(row?.['seq'] ?? 1);
};

const record = (...records: number[]): Where => ({ records, words: [] });
const said = (...words: string[]): Where => ({ records: [], words });
const UNSIGNED = 'No head was signed.';
/** A head that is gone, or of no record, leaves those before it uncovered. */
const head = (...records: number[]): Where => ({ records, words: [UNSIGNED] });

/** One character of a text changed into another, which is no sooner taken by the table than it is another text. */
const oneChanged = (text: string, next: () => number): string => {
  const at = next() % text.length;
  const others = '0123456789abcdefXYZ{}":,'.replaceAll(text[at] ?? '', '');
  return `${text.slice(0, at)}${others[next() % others.length] ?? '~'}${text.slice(at + 1)}`;
};

/** A byte of one column: what the column's type does not take is refused by the table, and another byte is tried. */
const oneByte =
  (
    table: 'audit_event' | 'audit_head' | 'prose',
    column: string,
    place: (row: Record<string, unknown>) => Where,
  ): TableDamage =>
  async (db, { id, seq, next }) => {
    const key = table === 'prose' ? 'sha256' : 'seq';
    const type =
      { event: 'json', text: 'json', recorded_at_ms: 'bigint', signed_at_ms: 'bigint', seq: 'int' }[column] ??
      'text';
    const rows = await db.query(
      `select ${key} as key, ${column}::text as value from ${table} where incident_id = $1 and ${column} is not null order by 1`,
      [id],
    );
    const row = rows[(seq + next()) % Math.max(1, rows.length)];
    if (!row) return null;
    for (let tries = 0; tries < 200; tries += 1) {
      const changed = oneChanged(String(row['value']), next);
      try {
        await db.query(
          `update ${table} set ${column} = $1::${type} where incident_id = $2 and ${key}::text = $3`,
          [changed, id, String(row['key'])],
        );
        return place({ ...row, changed });
      } catch {
        // Not JSON, not a number, or the key of another row.
      }
    }
    return null;
  };

const seqOf = (row: Record<string, unknown>): number => Number(row['key']);
const digest = (row: Record<string, unknown>): Where => said(String(row['key']));

const deletion: TableDamage = async (db, { id, seq }) => {
  await db.query('delete from audit_event where incident_id = $1 and seq = $2', [id, seq]);
  return record(seq);
};

const tail: TableDamage = async (db, { id, seq }) => {
  await db.query('delete from audit_event where incident_id = $1 and seq >= $2', [id, seq]);
  await db.query('delete from audit_head where incident_id = $1 and seq >= $2', [id, seq]);
  return record(seq);
};

const beginning: TableDamage = async (db, { id, seq }) => {
  await db.query('delete from audit_event where incident_id = $1 and seq <= $2', [id, seq]);
  return record(1);
};

/** Two records change places, each with its own hash. */
const exchange: TableDamage = async (db, { id, seq, last, next }) => {
  const other = 1 + (next() % last);
  if (other === seq) return null;
  for (const [from, to] of [
    [seq, 100_000],
    [other, seq],
    [100_000, other],
  ])
    await db.query('update audit_event set seq = $2 where incident_id = $1 and seq = $3', [id, to, from]);
  return record(seq, other);
};

/** All records after one move down by one, over a deleted one. */
const closedGap: TableDamage = async (db, { id, seq, last }) => {
  if (seq === last) return null;
  await db.query('delete from audit_event where incident_id = $1 and seq = $2', [id, seq]);
  await db.query('update audit_event set seq = seq + 100000 where incident_id = $1 and seq > $2', [id, seq]);
  await db.query('update audit_event set seq = seq - 100001 where incident_id = $1 and seq > 100000', [id]);
  return record(seq);
};

const forgedContent: TableDamage = async (db, { id, seq }) => {
  await db.query(
    `update audit_event set event = jsonb_set(event::jsonb, '{commandId}', '"forged"')::json where incident_id = $1 and seq = $2`,
    [id, seq],
  );
  return record(seq);
};

const forgedAddition: TableDamage = async (db, { id, last }) => {
  await db.query(
    `insert into audit_event select incident_id, seq + 1, event, hash, md5(hash) || md5(seq::text), recorded_at_ms
     from audit_event where incident_id = $1 and seq = $2`,
    [id, last],
  );
  return record(last + 1);
};

const wordsOfAnother: TableDamage = async (db, { id, next }) => {
  const rows = await db.query(
    'select sha256 from prose where incident_id = $1 and text is not null order by 1',
    [id],
  );
  if (rows.length === 0) return null;
  const sha256 = String(rows[next() % rows.length]?.['sha256']);
  await db.query(`update prose set text = '"others"' where incident_id = $1 and sha256 = $2`, [id, sha256]);
  return said(`were changed: they are not those of ${sha256}`);
};

const wordsDeleted: TableDamage = async (db, { id, next }) => {
  const rows = await db.query(
    'select sha256 from prose where incident_id = $1 and text is not null order by 1',
    [id],
  );
  if (rows.length === 0) return null;
  const sha256 = String(rows[next() % rows.length]?.['sha256']);
  await db.query('delete from prose where incident_id = $1 and sha256 = $2', [id, sha256]);
  return said(`The words ${sha256} of record`);
};

const headDeleted: TableDamage = async (db, { id, last }) => {
  await db.query(
    'delete from audit_head where incident_id = $1 and seq = (select max(seq) from audit_head where incident_id = $1)',
    [id],
  );
  return head(last);
};

const signaturesDeleted: TableDamage = async (db, { id }) => {
  await db.query('delete from audit_head where incident_id = $1', [id]);
  return said(UNSIGNED);
};

const signaturesExchanged: TableDamage = async (db, { id }) => {
  const rows = await db.query('select seq from audit_head where incident_id = $1 order by seq limit 2', [id]);
  const [first, second] = rows.map(({ seq }) => Number(seq));
  if (first === undefined || second === undefined) return null;
  await db.query(
    `update audit_head a set signature = b.signature from audit_head b
     where a.incident_id = $1 and b.incident_id = $1 and ((a.seq = $2 and b.seq = $3) or (a.seq = $3 and b.seq = $2))`,
    [id, first, second],
  );
  return head(first);
};

export const DAMAGES: readonly TableDamage[] = [
  oneByte('audit_event', 'event', (row) => record(seqOf(row))),
  oneByte('audit_event', 'hash', (row) => record(seqOf(row))),
  oneByte('audit_event', 'prev_hash', (row) => record(seqOf(row))),
  oneByte('audit_event', 'recorded_at_ms', (row) => record(seqOf(row))),
  oneByte('audit_event', 'seq', (row) => record(seqOf(row))),
  oneByte('audit_head', 'head', (row) => head(seqOf(row))),
  oneByte('audit_head', 'signature', (row) => head(seqOf(row))),
  oneByte('audit_head', 'key_id', (row) => head(seqOf(row))),
  oneByte('audit_head', 'signed_at_ms', (row) => head(seqOf(row))),
  oneByte('audit_head', 'seq', (row) => head(seqOf(row), Number(row['changed']))),
  oneByte('prose', 'text', digest),
  oneByte('prose', 'sha256', digest),
  deletion,
  tail,
  beginning,
  exchange,
  closedGap,
  forgedContent,
  forgedAddition,
  wordsOfAnother,
  wordsDeleted,
  headDeleted,
  signaturesDeleted,
  signaturesExchanged,
];
