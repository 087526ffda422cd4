import { ed25519 } from '@noble/curves/ed25519.js';
import { exportAudit, exportSet } from '../../src/audit/export.ts';
import { verifyExport, type SetVerdict } from '../../src/audit/verify-set.ts';
import type { VerifyOptions } from '../../src/audit/verify.ts';
import { testStore, type TestStore } from '../store/store.ts';
import { appendIncidents, numbersFrom } from './incidents.ts';
import { DAMAGES, isInRange, isPlaceIn, lastOf } from './table-damage.ts';

const privateKey = ed25519.utils.randomSecretKey();
const publicKeys = [ed25519.getPublicKey(privateKey)];
const WHOLE = { fromMs: null, toMs: null, atMs: 1_800_000_000_000 };

let db: TestStore;
let ids: string[] = [];
beforeAll(async () => {
  db = await testStore({ signing: { keyId: 'k1', privateKey } });
  ids = await appendIncidents(db.store.audit, 6);
}, 60_000);
afterAll(() => db.end());

async function* inPieces(bytes: Uint8Array): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for (let at = 0; at < bytes.length; at += 5_000)
    yield decoder.decode(bytes.subarray(at, at + 5_000), { stream: true });
  yield decoder.decode();
}
const verify = (bytes: Uint8Array | string, options: VerifyOptions = { publicKeys }): Promise<SetVerdict> =>
  verifyExport(inPieces(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes), options);
const exportAll = async (): Promise<string> => {
  let text = '';
  for await (const line of exportSet(db.store, WHOLE)) text += line;
  return text;
};

it('finds untouched exports valid: of one incident, of all, of a span of time', async () => {
  const all = await exportAll();
  expect(await verify(all)).toMatchObject({ ok: true, incidents: 6, problems: [] });
  const one = await exportAudit(db.store, ids[2] ?? '');
  expect(await verify(one ?? '')).toMatchObject({ ok: true, incidents: 1, incidentId: ids[2] });
  const none = exportSet(db.store, { fromMs: 1, toMs: 2, atMs: 3 });
  const first = await none.next();
  expect([await verify(String(first.value)), (await none.next()).done]).toMatchObject([
    { ok: true, incidents: 0 },
    true,
  ]);
});

interface Damage {
  what: string;
  bytes: Uint8Array;
  /** Lines, from 1, of which at least one must be named, by itself or by what stands in it. */
  lines: number[];
}

/** Line of each byte, from 1. */
const lineAt = (bytes: Uint8Array, at: number): number =>
  bytes.subarray(0, at).filter((byte) => byte === 10).length + 1;

const damaged = (text: string, next: () => number): Damage => {
  const bytes = new TextEncoder().encode(text);
  const lines = text.split('\n').slice(0, -1);
  const at = next() % bytes.length;
  const place = next() % lines.length;
  const other = next() % lines.length;
  const joined = (list: string[]): Uint8Array =>
    new TextEncoder().encode(list.map((line) => `${line}\n`).join(''));
  switch (next() % 6) {
    case 0: {
      const changed = Uint8Array.from(bytes);
      changed[at] = ((bytes[at] ?? 0) + 1 + (next() % 255)) % 256;
      return { what: `byte ${at} changed`, bytes: changed, lines: [lineAt(bytes, at)] };
    }
    case 1:
      return {
        what: `byte ${at} deleted`,
        bytes: Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1)]),
        lines: [lineAt(bytes, at)],
      };
    case 2:
      return {
        what: `line ${place + 1} deleted`,
        bytes: joined(lines.toSpliced(place, 1)),
        lines: [place + 1],
      };
    case 3: {
      if (place === other || lines[place] === lines[other]) return damaged(text, next);
      const swapped = [...lines];
      [swapped[place], swapped[other]] = [lines[other] ?? '', lines[place] ?? ''];
      return {
        what: `lines ${place + 1} and ${other + 1} swapped`,
        bytes: joined(swapped),
        lines: [place + 1, other + 1],
      };
    }
    case 4:
      return {
        what: `line ${place + 1} repeated`,
        bytes: joined(lines.toSpliced(place, 0, lines[place] ?? '')),
        lines: [place + 1, place + 2],
      };
    default:
      return {
        what: `cut at byte ${at}`,
        bytes: bytes.subarray(0, at),
        lines: [lineAt(bytes, at), lineAt(bytes, at) + 1],
      };
  }
};

/** What may name a line: its number, its record's number or a range that holds it, its words' digest, its incident. */
const isNamedBy = (problem: string, line: string, number: number, incidentId: string): boolean => {
  const record = /^\{"incidentId":"[^"]*","seq":(\d+)/.exec(line)?.[1];
  const words = /^\{"sha256":"([0-9a-f]{64})"/.exec(line)?.[1];
  const parts = [`[Ll]ine ${number}\\b`, `[Ll]ine ${number + 1}\\b`];
  if (record && isInRange(problem, Number(record))) return true;
  if (record) parts.push(`[Rr]ecord ${record}\\b`);
  if (words) parts.push(words, 'texts follow the records');
  if (line.startsWith('{"kind":"holdpoint-audit"')) parts.push(`[Ii]ncident ${incidentId}\\b`);
  if (line.startsWith('{"kind":"holdpoint-audit-set"')) parts.push('manifest of an audit export', 'line 1');
  return new RegExp(parts.join('|')).test(problem);
};

it('names the place of each of 500 changes, deletions, repetitions, reorderings and truncations', async () => {
  const all = await exportAll();
  const one = (await exportAudit(db.store, ids[0] ?? '')) ?? '';
  const next = numbersFrom(20_260_301);
  const missed: string[] = [];
  for (let i = 0; i < 500; i += 1) {
    const text = i % 2 === 0 ? one : all;
    const damage = damaged(text, next);
    const lines = text.split('\n');
    const { ok, problems } = await verify(damage.bytes, {});
    const idOf = (number: number): string =>
      lines
        .slice(0, number)
        .reduce(
          (id, line) => /^\{"kind":"holdpoint-audit".*?"incidentId":"([^"]*)"/.exec(line)?.[1] ?? id,
          '',
        );
    const isNamed = damage.lines.some((number) =>
      problems.some((problem) => isNamedBy(problem, lines[number - 1] ?? '', number, idOf(number))),
    );
    if (ok || !isNamed)
      missed.push(
        `${damage.what} of ${i % 2 === 0 ? 'one' : 'all'}: ${ok ? 'VALID' : problems.slice(0, 3).join(' | ')}`,
      );
  }
  expect(missed).toEqual([]);
}, 600_000);

/** The tables of the log, as they stood; damage is undone from here. */
const TABLES = ['audit_event', 'audit_head', 'prose'] as const;

describe('500 changes of the tables, made past the triggers', () => {
  beforeAll(async () => {
    for (const table of TABLES) {
      await db.query(`create table copy_${table} as select * from ${table}`);
      await db.query(`alter table ${table} disable trigger user`);
    }
  });
  afterAll(async () => {
    for (const table of TABLES) await db.query(`alter table ${table} enable trigger user`);
  });
  const mended = async (id: string): Promise<void> => {
    for (const table of TABLES) {
      await db.query(`delete from ${table} where incident_id = $1`, [id]);
      await db.query(`insert into ${table} select * from copy_${table} where incident_id = $1`, [id]);
    }
  };

  it('each is named by its place', async () => {
    const next = numbersFrom(7);
    const missed: string[] = [];
    let tried = 0;
    for (let i = 0; tried < 500; i += 1) {
      const id = ids[next() % ids.length] ?? '';
      const last = await lastOf(db, id);
      const seq = 1 + (next() % last);
      const change = DAMAGES[i % DAMAGES.length] ?? DAMAGES[0];
      const done = await change?.(db, { id, seq, last, next });
      if (!done) continue;
      tried += 1;
      const { ok, problems } = await verify((await exportAudit(db.store, id)) ?? '');
      if (ok || !problems.some((problem) => isPlaceIn(problem, done)))
        missed.push(
          `${change?.name} of ${id} record ${seq} of ${last}: ${ok ? 'VALID' : problems.slice(0, 3).join(' | ')}; expected ${JSON.stringify(done)}`,
        );
      await mended(id);
    }
    expect(missed).toEqual([]);
    expect((await verify(await exportAll())).ok).toBe(true);
  }, 600_000);
});
