import { ed25519 } from '@noble/curves/ed25519.js';
import { exportAudit, exportOfAnswer } from '../../src/audit/export.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
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
  exported = (await exportAudit(store.audit, INCIDENT)) ?? '';
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

it('finds an untouched export valid, with its signed heads', () => {
  const verdict = verifyAudit(exported, publicKey);
  expect(verdict).toMatchObject({ ok: true, incidentId: INCIDENT, problems: [] });
  expect(verdict.rows).toBeGreaterThan(12);
  expect(verdict.signaturesChecked).toBeGreaterThan(0);
});

it('reads the answer of the API as well', async () => {
  const [rows, heads] = await Promise.all([store.audit.rows(INCIDENT), store.audit.signedHeads(INCIDENT)]);
  const answer = JSON.stringify({ incidentId: INCIDENT, rows, words: {}, heads });
  expect(verifyAudit(answer, publicKey).ok).toBe(true);
  expect(exportOfAnswer({})).toBeNull();
});

it('names the record that a single changed byte is in, every time', () => {
  const lines = exported.trimEnd().split('\n');
  for (let i = 0; i < 200; i += 1) {
    const place = 1 + (i % (lines.length - 1));
    const line = lines[place] ?? '';
    const at = (i * 37) % line.length;
    const other = line[at] === '7' ? '8' : '7';
    const changed = [...lines];
    changed[place] = line.slice(0, at) + other + line.slice(at + 1);
    const { ok, problems } = verifyAudit(changed.join('\n'), publicKey);
    expect(ok).toBe(false);
    expect(problems[0]).toMatch(new RegExp(`ecord ${place}\\b|ecord ${place + 1}\\b|not the head`));
  }
});

it('notices a record deleted, moved, repeated, and a tail cut off', () => {
  const lines = exported.trimEnd().split('\n');
  const without = (place: number): string => lines.filter((_, i) => i !== place).join('\n');
  const swapped = [...lines];
  [swapped[3], swapped[4]] = [swapped[4] ?? '', swapped[3] ?? ''];
  for (const tampered of [
    without(2),
    without(lines.length - 1),
    swapped.join('\n'),
    [...lines, lines.at(-1)].join('\n'),
    lines.slice(0, 5).join('\n'),
  ])
    expect(verifyAudit(tampered, publicKey).ok).toBe(false);
  expect(verifyAudit('', publicKey).problems[0]).toMatch(/manifest/);
});

it('notices another key', () => {
  const stranger = ed25519.getPublicKey(ed25519.utils.randomSecretKey());
  expect(verifyAudit(exported, stranger).problems[0]).toMatch(/not by this key/);
});

it('has nothing to export of an unknown incident', async () => {
  expect(await exportAudit(store.audit, 'inc-nobody')).toBeNull();
});
