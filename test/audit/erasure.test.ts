import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEncryptedEvidence } from '../../src/adapters/evidence/encrypted.ts';
import { createFilesystemEvidence } from '../../src/adapters/evidence/filesystem.ts';
import { EvidenceAltered, EvidenceErased } from '../../src/adapters/evidence/port.ts';
import { exportAudit } from '../../src/audit/export.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { UnderLegalHold } from '../../src/store/errors.ts';
import { ended, history, numbered } from '../store/events.ts';
import { testStore, type TestStore } from '../store/store.ts';

const SECRET = 'Zoë Müller earns 6,400 a month';
const content = new TextEncoder().encode(SECRET);
const order = (incidentId: string) => ({ incidentId, by: 'person:ana', reason: 'asked for by the person' });

let db: TestStore;
let dir: string;
beforeAll(async () => {
  db = await testStore({ now: () => 2_000_000_000_000 });
  dir = mkdtempSync(join(tmpdir(), 'holdpoint-erasure-'));
});
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  await db.end();
});

const plainStore = () => createFilesystemEvidence({ dir });
const evidence = () => createEncryptedEvidence(plainStore(), db.store.erasures);
const evidenceOf = (incidentId: string) => evidence().of?.(incidentId) ?? evidence();
const everyByte = (): string =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');

describe('encrypted evidence', () => {
  it('is one file for the same content, readable with the key, and shows nothing of it without', async () => {
    const { uri, sha256 } = await evidenceOf('inc-a').put(content);
    expect(await evidenceOf('inc-a').put(content)).toEqual({ uri, sha256 });
    expect(new TextDecoder().decode(await evidence().get(uri))).toBe(SECRET);
    expect(everyByte()).not.toContain('ller earns');
    expect((await evidenceOf('inc-b').put(content)).uri).not.toBe(uri);
  });

  it('reads files of before, and those of no incident, as they are', async () => {
    const { uri } = await plainStore().put(content);
    expect(await evidence().get(uri)).toEqual(Buffer.from(content));
  });

  it('does not open with another key, or when its incident is exchanged', async () => {
    const { uri } = await evidenceOf('inc-x').put(content);
    const bytes = Buffer.from(await plainStore().get(uri));
    bytes.write('inc-y', 10);
    const forged = await plainStore().put(bytes);
    await db.store.erasures.keyFor('inc-y');
    await expect(evidence().get(forged.uri)).rejects.toThrow(EvidenceAltered);
  });

  it('is unreadable for ever once its key is destroyed, and still verifies', async () => {
    await db.store.audit.append('inc-e', history('inc-e', 4));
    const { uri } = await evidenceOf('inc-e').put(content);
    await expect(db.store.erasures.eraseEvidence(order('inc-e'))).rejects.toThrow('is open');
    await db.store.audit.append('inc-e', numbered([ended], 5));
    expect(await db.store.erasures.eraseEvidence(order('inc-e'))).toBe(true);
    expect(await db.store.erasures.eraseEvidence(order('inc-e'))).toBe(false);
    await expect(evidence().get(uri)).rejects.toThrow(EvidenceErased);
    await expect(evidenceOf('inc-e').put(content)).rejects.toThrow('nothing is added to it');
    expect(await evidence().verify(uri)).toEqual({ ok: true });
    const rows = await db.query(`select key from evidence_key where incident_id = 'inc-e'`);
    expect(rows).toEqual([{ key: null }]);
    expect(verifyAudit((await exportAudit(db.store, 'inc-e')) ?? '').ok).toBe(true);
  });
});

describe('archived histories', () => {
  const historyOf = (incidentId: string) => evidence().of?.(incidentId, 'history') ?? evidence();

  it('are under a key of their own, which goes with the words once the incident has ended', async () => {
    await db.store.audit.append('inc-hist', history('inc-hist', 3));
    const { uri } = await historyOf('inc-hist').put(content);
    const traces = await evidenceOf('inc-hist').put(content);
    expect(Buffer.from(await plainStore().get(uri)).toString('latin1')).not.toContain('ller earns');
    expect(await db.store.erasures.eraseWords(order('inc-hist'))).toBe(2);
    expect(new TextDecoder().decode(await evidence().get(uri))).toBe(SECRET);
    await db.store.audit.append('inc-hist', numbered([ended], 4));
    expect(await db.store.erasures.eraseWords(order('inc-hist'))).toBe(0);
    await expect(evidence().get(uri)).rejects.toThrow(EvidenceErased);
    await expect(historyOf('inc-hist').put(content)).rejects.toThrow('nothing is added to it');
    expect(await evidence().verify(uri)).toEqual({ ok: true });
    expect(new TextDecoder().decode(await evidence().get(traces.uri))).toBe(SECRET);
    expect((await db.store.erasures.erased('inc-hist')).map(({ what }) => what)).toEqual(['words', 'words']);
  });

  it('go with the evidence too: they hold what was read out of it', async () => {
    await db.store.audit.append('inc-both', [...history('inc-both', 2), ...numbered([ended], 3)]);
    const { uri } = await historyOf('inc-both').put(content);
    expect(await db.store.erasures.eraseEvidence(order('inc-both'))).toBe(true);
    await expect(evidence().get(uri)).rejects.toThrow(EvidenceErased);
  });
});

describe('erasure and legal hold', () => {
  it('erases every word, keeps the chain valid, and says who did it and why', async () => {
    await db.store.audit.append('inc-w', history('inc-w', 5));
    expect(await db.store.erasures.eraseWords(order('inc-w'))).toBe(4);
    expect(await db.store.erasures.eraseWords(order('inc-w'))).toBe(0);
    const exported = (await exportAudit(db.store, 'inc-w')) ?? '';
    expect(exported).not.toContain('note 2');
    expect(verifyAudit(exported)).toMatchObject({
      ok: true,
      wordsAbsent: 4,
      erasures: [
        { what: 'words', by: 'person:ana', reason: 'asked for by the person', atMs: 2_000_000_000_000 },
      ],
    });
    expect(await db.store.incidents.rebuild({ check: true })).toMatchObject({ differing: [] });
    expect(await db.store.erasures.erased('inc-w')).toEqual([
      {
        id: expect.any(Number),
        incidentId: 'inc-w',
        what: 'words',
        by: 'person:ana',
        reason: 'asked for by the person',
        atMs: 2_000_000_000_000,
      },
    ]);
    await expect(db.query('delete from erasure')).rejects.toThrow('append-only');
  });

  it('erases nothing under a hold, until every hold is lifted', async () => {
    await db.store.audit.append('inc-h', [...history('inc-h', 3), ...numbered([ended], 4)]);
    await db.store.erasures.keyFor('inc-h');
    const holds = [];
    for (const reason of ['a lawsuit', 'an inquiry'])
      holds.push(await db.store.erasures.hold('inc-h', { by: 'person:ben', reason }));
    await expect(db.store.erasures.eraseEvidence(order('inc-h'))).rejects.toThrow(UnderLegalHold);
    await expect(db.store.erasures.eraseWords(order('inc-h'))).rejects.toThrow(/a lawsuit|an inquiry/);
    expect(await db.store.erasures.lift('inc-h', holds[0] ?? '', 'person:ben')).toBe(true);
    expect(await db.store.erasures.lift('inc-h', holds[0] ?? '', 'person:ben')).toBe(false);
    await expect(db.store.erasures.eraseWords(order('inc-h'))).rejects.toThrow('an inquiry');
    await db.store.erasures.lift('inc-h', holds[1] ?? '', 'person:ben');
    expect(await db.store.erasures.eraseWords(order('inc-h'))).toBe(2);
    expect(await db.store.erasures.eraseEvidence(order('inc-h'))).toBe(true);
  });

  it('knows what is due by policy: ended long enough ago, under no hold, with something left', async () => {
    for (const id of ['inc-1', 'inc-2', 'inc-3', 'inc-4']) {
      await db.store.audit.append(id, history(id, 3));
      await db.store.erasures.keyFor(id);
      if (id !== 'inc-4') await db.store.audit.append(id, numbered([ended], 4));
    }
    await db.store.erasures.hold('inc-2', { by: 'person:ben', reason: 'a lawsuit' });
    const due = async (what: 'evidence' | 'words', endedBeforeMs: number) =>
      (await db.store.erasures.due({ what, endedBeforeMs }))
        .map(({ incidentId }) => incidentId)
        .filter((id) => /\d$/.test(id));
    expect(await due('evidence', 2_000_000_000_000)).toEqual(['inc-1', 'inc-3']);
    expect(await due('words', 2_000_000_000_000)).toEqual(['inc-1', 'inc-3']);
    expect(await due('evidence', 1)).toEqual([]);
    await db.store.erasures.eraseEvidence(order('inc-1'));
    expect(await due('evidence', 2_000_000_000_000)).toEqual(['inc-3']);
  });
});
