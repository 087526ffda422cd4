import { ed25519 } from '@noble/curves/ed25519.js';
import { exportAudit, exportOfAnswer } from '../../src/audit/export.ts';
import { sealed } from '../../src/audit/format.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { hashOf } from '../../src/store/chain.ts';
import type { Command } from '../../src/domain/incident/command.ts';
import { decide } from '../../src/domain/incident/decide.ts';
import { emptyIncident } from '../../src/domain/incident/empty.ts';
import { evolve } from '../../src/domain/incident/evolve.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { createStore } from '../../src/store/create.ts';
import type { Store } from '../../src/store/port.ts';
import { freshDatabase } from '../support/postgres.ts';
import { person, proseOf, source } from '../workflows/support/cast.ts';

const INCIDENT = 'inc-audit';
const privateKey = ed25519.utils.randomSecretKey();
const publicKey = ed25519.getPublicKey(privateKey);

const alert = {
  alertId: 'a-1',
  source: 'test',
  title: 'Decline rate',
  sessionId: 's-1',
  firedAtMs: 1,
  kind: 'semantic',
  severity: 'sev2',
  wrongValue: null,
  entityId: null,
  url: null,
};
const opening = {
  type: 'receiveAlert',
  id: 'c-0',
  at: 1,
  by: source,
  incidentId: INCIDENT,
  agent: 'loan',
  ownerIds: [],
  dedupKey: 'k',
  dedupRule: 'session',
  policy: defaultPolicy,
  linkedFrom: null,
  alert,
};
const notes = Array.from({ length: 12 }, (_, i) => ({
  type: 'addNote',
  id: `c-${i + 1}`,
  at: i + 2,
  by: person('ana'),
  text: proseOf(`Note ${i}`),
}));

let store: Store;
let database: Awaited<ReturnType<typeof freshDatabase>>;
let exported = '';
beforeAll(async () => {
  database = await freshDatabase();
  store = await createStore({ url: database.url, signing: { keyId: 'k1', privateKey } });
  let state = emptyIncident;
  for (const command of [opening, ...notes] as unknown as Command[]) {
    const verdict = decide(state, command);
    if (!verdict.ok) throw new Error(verdict.refusal.sentence);
    state = verdict.events.reduce(evolve, state);
    await store.audit.append(INCIDENT, verdict.events);
  }
  exported = (await exportAudit(store, INCIDENT)) ?? '';
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

it('finds an untouched export valid, with its signed heads', () => {
  const verdict = verifyAudit(exported, { publicKeys: [publicKey] });
  expect(verdict).toMatchObject({ ok: true, incidentId: INCIDENT, problems: [] });
  expect(verdict.rows).toBeGreaterThan(12);
  expect(verdict.signaturesChecked).toBeGreaterThan(0);
});

it('reads the answer of the API as well', async () => {
  const [rows, words, heads] = await Promise.all([
    store.audit.rows(INCIDENT),
    store.audit.words(INCIDENT),
    store.audit.signedHeads(INCIDENT),
  ]);
  const answer = JSON.stringify({ incidentId: INCIDENT, rows, words, heads });
  expect(verifyAudit(answer, { publicKeys: [publicKey] }).ok).toBe(true);
  expect(exportOfAnswer({})).toBeNull();
});

/** The lines of the export, by what they hold: the manifest, the records, the words beside them. */
const partsOf = (text: string) => {
  const [manifest = '', ...rest] = text.trimEnd().split('\n');
  return {
    manifest,
    records: rest.filter((line) => line.includes('"prevHash"')),
    words: rest.filter((line) => !line.includes('"prevHash"')),
  };
};
const fileOf = (lines: string[]): string => `${lines.join('\n')}\n`;
const checked = (lines: string[]) => verifyAudit(fileOf(lines), { publicKeys: [publicKey] });
/** A manifest changed by somebody who knows how its digest is made. */
const remade = (manifest: string, change: Record<string, unknown>): string => {
  const { sha256: _, ...fields } = JSON.parse(manifest);
  return JSON.stringify(sealed({ ...fields, ...change }));
};

it('names the line that a single changed byte is in, every time', () => {
  const lines = exported.trimEnd().split('\n');
  const records = partsOf(exported).records.length;
  for (let i = 0; i < 400; i += 1) {
    const place = i % lines.length;
    const line = lines[place] ?? '';
    const at = (i * 37) % line.length;
    const changed = [...lines];
    changed[place] = line.slice(0, at) + (line[at] === '7' ? '8' : '7') + line.slice(at + 1);
    const { ok, problems } = verifyAudit(fileOf(changed));
    expect(ok).toBe(false);
    const record = place > 0 && place <= records ? `|ecord ${place}\\b` : '';
    expect(problems.join('\n')).toMatch(new RegExp(`[Ll]ine ${place + 1}\\b${record}`));
  }
});

describe('what was done to the records', () => {
  it('names the one that was taken out, and no other', () => {
    const { manifest, records, words } = partsOf(exported);
    const { problems } = checked([manifest, ...records.filter((_, i) => i !== 4), ...words]);
    expect(problems.filter((problem) => problem.includes('missing'))).toEqual(['Record 5 is missing.']);
    expect(problems.every((problem) => /ecord 5\b|words/.test(problem))).toBe(true);
  });

  it('names the one that was moved', () => {
    const { manifest, records, words } = partsOf(exported);
    const swapped = [...records];
    [swapped[3], swapped[4]] = [swapped[4] ?? '', swapped[3] ?? ''];
    expect(checked([manifest, ...swapped, ...words]).problems).toEqual([
      'Record 4 (line 6) stands after record 5: it was repeated or moved.',
    ]);
  });

  it('names the one that was repeated', () => {
    const { manifest, records, words } = partsOf(exported);
    const last = records.length;
    expect(checked([manifest, ...records, records.at(-1) ?? '', ...words]).problems).toEqual([
      `Record ${last} (line ${last + 2}) stands after record ${last}: it was repeated or moved.`,
    ]);
  });

  it('names the tail that was cut off', () => {
    const { manifest, records } = partsOf(exported);
    const { problems } = checked([manifest, ...records.slice(0, 5)]);
    expect(problems).toContain(`Records 6 to ${records.length} are missing.`);
  });

  it('names one that was rewritten with a hash of its own', () => {
    const { manifest, records, words } = partsOf(exported);
    const row = { ...JSON.parse(records[5] ?? ''), recordedAtMs: 1 };
    const rewritten = [...records];
    rewritten[5] = JSON.stringify({ ...row, hash: hashOf(row) });
    const { problems } = verifyAudit(fileOf([manifest, ...rewritten, ...words]));
    expect(problems).toContain('Record 7 does not follow record 6: one of them was replaced.');
    expect(problems).toContain('Record 6 is not the one whose head was signed.');
  });
});

/** Cuts the records after the fifth and makes the manifest agree: nothing inside the file contradicts it. */
const cutConsistently = (): string => {
  const { manifest, records } = partsOf(exported);
  const kept = records.slice(0, 5);
  const value = JSON.parse(manifest);
  const heads = value.heads.filter(({ seq }: { seq: number }) => seq <= 5);
  const head = JSON.parse(kept.at(-1) ?? '').hash;
  return fileOf([remade(manifest, { rows: 5, head, heads, words: 0 }), ...kept]);
};

it('shows a log cut with care by a head known from elsewhere', () => {
  const known = JSON.parse(partsOf(exported).manifest).head;
  expect(verifyAudit(exported, { knownHead: known }).ok).toBe(true);
  expect(verifyAudit(cutConsistently(), { publicKeys: [publicKey] }).ok).toBe(true);
  expect(verifyAudit(cutConsistently(), { knownHead: known }).problems).toEqual([
    `No record has the head ${known}: the log was changed or cut.`,
  ]);
});

it('says which records no signed head covers', () => {
  const { manifest, records, words } = partsOf(exported);
  const value = JSON.parse(manifest);
  const fewer = remade(manifest, { heads: value.heads.slice(0, -2) });
  const covered = value.heads.at(-3).seq;
  expect(checked([fewer, ...records, ...words]).problems).toEqual([
    `Records ${covered + 1} to ${records.length} are after the last signed head.`,
  ]);
});

it('takes words that were erased, and no words that nobody wrote', () => {
  const { manifest, records, words } = partsOf(exported);
  const [gone = ''] = words.map((line) => (JSON.parse(line) as { sha256: string }).sha256);
  const erasures = [{ id: 7, what: 'words', by: 'person:ana', reason: 'asked', atMs: 1 }];
  const fewer = remade(manifest, { words: words.length - 1, erased: [gone], erasures });
  expect(checked([fewer, ...records, ...words.slice(1)])).toMatchObject({ ok: true, wordsAbsent: 1 });
  const unsaid = remade(manifest, { words: words.length - 1, erased: [gone], erasures: [] });
  expect(checked([unsaid, ...records, ...words.slice(1)]).problems).toEqual([
    'Texts were erased, and no erasure is on record.',
  ]);
  const older = JSON.parse(fewer);
  delete older.erasures;
  expect(checked([remade(JSON.stringify(older), {}), ...records, ...words.slice(1)]).ok).toBe(true);
  const taken = remade(manifest, { words: words.length - 1 });
  expect(checked([taken, ...records, ...words.slice(1)]).problems).toEqual([
    expect.stringMatching(`^The words ${gone} of record \\d+ are missing, and were not erased.$`),
  ]);
  expect(checked([manifest, ...records, ...words.slice(1)]).problems).toEqual([
    expect.stringContaining(gone),
    `${words.length - 1} texts follow the records, not the ${words.length} of the manifest.`,
  ]);
  const { text, sha256 } = proseOf('nobody said this');
  const more = remade(manifest, { words: words.length + 1 });
  const all = [...words, JSON.stringify({ sha256, text })].toSorted();
  expect(checked([more, ...records, ...all]).problems).toEqual([
    `No record names the words ${sha256} (line ${2 + records.length + all.findIndex((line) => line.includes(sha256))}).`,
  ]);
  expect(verifyAudit('').problems[0]).toMatch(/manifest/);
});

it('takes any of the keys of the time', () => {
  const stranger = ed25519.getPublicKey(ed25519.utils.randomSecretKey());
  expect(verifyAudit(exported, { publicKeys: [stranger, publicKey] }).ok).toBe(true);
});

it('notices another key', () => {
  const stranger = ed25519.getPublicKey(ed25519.utils.randomSecretKey());
  expect(verifyAudit(exported, { publicKeys: [stranger] }).problems[0]).toMatch(/not by this key/);
});

it('has nothing to export of an unknown incident', async () => {
  expect(await exportAudit(store, 'inc-nobody')).toBeNull();
});
