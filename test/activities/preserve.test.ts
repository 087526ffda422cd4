import { MockActivityEnvironment } from '@temporalio/testing';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  createPreserveActivities,
  loadSealedSession,
  readManifest,
  type PreserveDeps,
} from '../../src/activities/preserve.ts';
import { createEncryptedEvidence } from '../../src/adapters/evidence/encrypted.ts';
import { createFilesystemEvidence } from '../../src/adapters/evidence/filesystem.ts';
import type { EvidenceStore } from '../../src/adapters/evidence/port.ts';
import type { TraceExport, TraceStore } from '../../src/adapters/traces/port.ts';
import { createStoreTraces } from '../../src/adapters/traces/store.ts';
import { toOtlpJson } from '../../src/adapters/traces/otlp-text.ts';
import { Seal } from '../../src/domain/incident/vocabulary.ts';
import { learnProfile } from '../../src/forensics/learned/profile.ts';
import { spansFromOtlpJson } from '../../src/forensics/read/otlp-json.ts';
import type { RawSpan } from '../../src/forensics/read/raw-span.ts';
import { sessionFromSpans } from '../../src/forensics/read/session.ts';
import type { PreserveActivities } from '../../src/activities/types.ts';
import { SessionBuilder } from '../forensics/session-builder.ts';
import { START_MS, sha256 } from '../store/events.ts';
import { span } from '../store/spans-support.ts';
import { testStore, type TestStore } from '../store/store.ts';
import { newFolder, removeFolder } from '../support/folder.ts';

let db: TestStore;
let dir: string;
let evidence: EvidenceStore;
beforeAll(async () => {
  db = await testStore();
});
afterAll(() => db.end());
beforeEach(async () => {
  dir = newFolder();
  evidence = createFilesystemEvidence({ dir });
  await db.query('truncate span_chunk, span_trace, span_session, span_link');
});
afterEach(() => removeFolder(dir));

const source = (over: Partial<TraceStore> & { spans?: () => RawSpan[] } = {}): TraceStore => {
  const { spans = () => [], ...rest } = over;
  return {
    name: 'sketch',
    exportSession: () => {
      const body = new TextEncoder().encode(toOtlpJson(spans()));
      const pages = [{ source: 'sketch', contentType: 'application/json', body }];
      return Promise.resolve({ spans: spans(), pages, warnings: [], stable: true });
    },
    retentionDeadlineMs: () => Promise.resolve(null),
    ...rest,
  };
};

const activities = (from: TraceStore | null, over: Partial<PreserveDeps> = {}): PreserveActivities =>
  createPreserveActivities({
    evidence,
    sourceFor: () => from,
    profileFor: () => Promise.resolve(null),
    now: () => SEALED_AT_MS,
    ...over,
  });

const order = (sealNumber = 1, sessionId = 's1') => ({
  incidentId: 'inc-1',
  agent: 'loan-agent',
  sessionId,
  sealNumber,
});
const SEALED_AT_MS = START_MS + 900_000;
/** Temporal's clock says `SEALED_AT_MS`. */
const seal = (given: PreserveActivities, which = order()): Promise<Seal> =>
  new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: SEALED_AT_MS }).run(
    (each: typeof which) => given.sealSession(each),
    which,
  );
const stepNames = async (uri: string): Promise<string[]> =>
  (await loadSealedSession(evidence, uri)).steps.map((step) => `${step.stepNumber}:${step.name}`);

const telling = (from: TraceStore, told: Partial<TraceExport>): TraceStore => ({
  ...from,
  exportSession: async (id) => ({ ...(await from.exportSession(id)), ...told }),
});

const stored = (over: Partial<Parameters<typeof createStoreTraces>[0]> = {}): TraceStore =>
  createStoreTraces({
    spans: db.store.spans,
    agent: 'loan-agent',
    retentionMs: 3_600_000,
    quietMs: 40,
    settleWithinMs: 3_000,
    pageSpans: 3,
    ...over,
  });

describe('sealing a session', () => {
  const spans = new SessionBuilder('s1')
    .user('Decide application 7')
    .model({ calls: [{ name: 'verify_income', args: { id: 'APP-7', api_key: 'hunter2' } }] })
    .tool({ income: 4_200 })
    .model({ text: 'Declined.', tokens: 900 }).spans;

  it('keeps what comes out of the trace under the key of the incident, and hashes it again when the key is gone', async () => {
    await db.store.spans.insert('loan-agent', spans);
    const encrypted = createEncryptedEvidence(evidence, db.store.erasures);
    const given = activities(stored(), { evidence: encrypted });
    const { uri, manifestSha256 } = await seal(given);
    const { pages, steps } = await readManifest(evidence, uri);
    for (const file of [...pages, steps])
      expect(
        Buffer.from(await evidence.get(file.uri))
          .subarray(0, 8)
          .toString(),
      ).toBe('HPSEAL1\n');
    expect((await loadSealedSession(encrypted, uri)).steps).toHaveLength(3);
    expect(
      await db.store.erasures.eraseEvidence({ incidentId: 'inc-1', by: 'person:ana', reason: 'asked for' }),
    ).toBe(true);
    await expect(loadSealedSession(encrypted, uri)).rejects.toThrow('was erased');
    const again = await given.rehash({
      incidentId: 'inc-1',
      manifests: [{ uri, sha256: manifestSha256 }],
    } as never);
    expect(again).toMatchObject({ ok: true });
    await db.query('delete from evidence_key');
  });

  it('is no seal while the folder is out of reach, and is one when it is back', async () => {
    const file = join(dir, 'sha256');
    writeFileSync(file, '');
    await expect(seal(activities(source({ spans: () => [...spans] })))).rejects.toMatchObject({
      name: 'EvidenceUnavailable',
      message: expect.stringContaining('look at the disk'),
    });
    expect(await evidence.named(['seal', 'inc-1', 's1', '1'])).toBeNull();
    rmSync(file);
    expect(await seal(activities(source({ spans: () => [...spans] })))).toMatchObject({
      sealNumber: 1,
      steps: 3,
    });
  });

  it('names what the store cannot keep and what hangs open; an export is partial where the store lost or cut something', async () => {
    const from = source({ spans: () => [...spans] });
    const limits = ['It keeps no links.'];
    const signed = await seal(
      activities(telling(from, { signs: ['the root of trace t has not ended'], limits })),
    );
    expect(signed).toMatchObject({ complete: true });
    expect(signed.missing).toEqual(expect.arrayContaining(['the root of trace t has not ended', ...limits]));
    const cut = 'Tempo has cut attributes of trace t: gen_ai.tool.call.result';
    const result = await seal(activities(telling(from, { losses: [cut], limits })), order(2));
    expect(result).toMatchObject({ complete: false });
    expect(result.missing).toEqual(expect.arrayContaining([cut, ...limits]));
    const { completeness } = await loadSealedSession(evidence, result.uri);
    expect(completeness).toMatchObject({ complete: false, limits });
  });

  it('keeps every page raw, the neutral steps, and a manifest that names each by its digest', async () => {
    await db.store.spans.insert('loan-agent', spans);
    const result = await seal(activities(stored()));
    expect(Seal.parse(result)).toEqual(result);
    expect(result).toMatchObject({
      sessionId: 's1',
      sealNumber: 1,
      steps: 3,
      pages: 1,
      complete: true,
      modelCalls: 2,
      sealedAtMs: SEALED_AT_MS,
      clockAheadMs: 0,
    });
    expect(result.rotatesAtMs).toBe(result.sessionStartedAtMs + 3_600_000);

    const manifest = await readManifest(evidence, result.uri);
    expect(sha256(await evidence.get(result.uri))).toBe(result.manifestSha256);
    const raw = await Promise.all(manifest.pages.map((page) => evidence.get(page.uri)));
    for (const [index, bytes] of raw.entries()) {
      expect(sha256(bytes)).toBe(manifest.pages[index]?.sha256);
      expect(bytes.length).toBe(manifest.pages[index]?.bytes);
    }
    const read = raw.flatMap((bytes) => spansFromOtlpJson(JSON.parse(gunzipSync(bytes).toString())).spans);
    expect(read).toHaveLength(3);
    const session = await loadSealedSession(evidence, result.uri);
    expect(session).toEqual(sessionFromSpans(read, { sessionId: 's1' }));
  });

  it('never seals the value of a masked field', async () => {
    await db.store.spans.insert('loan-agent', spans);
    const result = await seal(activities(stored()));
    const manifest = await readManifest(evidence, result.uri);
    const files = await Promise.all(
      [...manifest.pages, manifest.steps].map(async ({ uri }) =>
        gunzipSync(await evidence.get(uri)).toString(),
      ),
    );
    expect(files.join('')).not.toContain('hunter2');
    expect(files.join('')).toContain('[redacted]');
    expect(manifest.pages[0]?.masked).toBeGreaterThan(0);
  });

  it('exports all pages of a long session', async () => {
    const many = Array.from({ length: 10 }, (_, index) => span({ name: `span${index}`, at: index }));
    await db.store.spans.insert('loan-agent', many);
    const result = await seal(activities(stored()));
    expect(result).toMatchObject({ pages: 4, steps: 10 });
    expect(await stepNames(result.uri)).toEqual(many.map((one, index) => `${index + 1}:${one.name}`));
  });

  it('says the same again, whatever has arrived since', async () => {
    await db.store.spans.insert('loan-agent', spans);
    const first = await seal(activities(stored()));
    await db.store.spans.insert('loan-agent', [span({ name: 'later', at: 99 })]);
    const again = activities(stored(), { now: () => START_MS + 999_999 });
    expect(await seal(again)).toEqual(first);
    // A process that knows nothing but the evidence.
    expect(await seal(activities(null))).toEqual(first);
  });

  it('is one seal when two tries overlap', async () => {
    await db.store.spans.insert('loan-agent', spans);
    const tries = [1, 2, 3].map((number) => seal(activities(stored(), { now: () => START_MS + number })));
    const seals = await Promise.all(tries);
    expect(new Set(seals.map((one) => one.manifestSha256)).size).toBe(1);
  });

  it('counts tokens of model calls, and knows the usual from the profile', async () => {
    const profile = learnProfile([sessionFromSpans(spans, { sessionId: 's1' })]);
    const result = await seal(
      activities(source({ spans: () => spans }), { profileFor: () => Promise.resolve(profile) }),
    );
    expect(result.tokens).toBe(profile.tokens.median);
    expect(result.baselineTokens).toBe(profile.tokens.median);
    expect(result.costUsd).toBeNull();
  });

  it('names the required fields of the runbook that the agent did not send', async () => {
    const result = await seal(activities(source({ spans: () => spans })));
    expect(result.missing.join(' ')).toContain('tool.status is missing at 1 tool steps (first: 2).');
  });
});

describe('a session that still grows', () => {
  /** While it is waited for, a span arrives before each look, so often; none comes between an export and its check. */
  const growing = (
    times: number,
    change: { settleWithinMs: number } = { settleWithinMs: 600_000 },
  ): TraceStore => {
    let arrived = 0;
    let isChecked = false;
    const { sessionSpans, sessionMetadata } = db.store.spans;
    return stored({
      quietMs: 100,
      ...change,
      spans: {
        sessionSpans: async (...asked) => {
          isChecked = true;
          return sessionSpans(...asked);
        },
        sessionMetadata: async (...asked) => {
          if (arrived < times && !isChecked) {
            const late = span({ name: `late${arrived}`, at: arrived + 1 });
            arrived += 1;
            await db.store.spans.insert('loan-agent', [late]);
          }
          isChecked = false;
          return sessionMetadata(...asked);
        },
      },
    });
  };
  beforeEach(() => db.store.spans.insert('loan-agent', [span({ name: 'first' })]));

  it('is sealed once no span has come for the quiet time', async () => {
    expect(await seal(activities(growing(12)))).toMatchObject({ steps: 13, complete: true });
  });

  it('is read again when a span arrives while it is read', async () => {
    let reads = 0;
    const { sessionSpans, sessionMetadata } = db.store.spans;
    const late = stored({
      settleWithinMs: 600_000,
      spans: {
        sessionMetadata,
        sessionSpans: async (...asked) => {
          const page = await sessionSpans(...asked);
          reads += 1;
          if (reads === 1) await db.store.spans.insert('loan-agent', [span({ name: 'late', at: 1 })]);
          return page;
        },
      },
    });
    expect(await seal(activities(late))).toMatchObject({ steps: 2, complete: true });
    expect(reads).toBe(2);
  });

  it('is sealed as partial when it does not go quiet, and says so', async () => {
    const result = await seal(activities(growing(Infinity, { settleWithinMs: 300 })));
    expect(result.complete).toBe(false);
    expect(result.missing[0]).toBe('Spans were still arriving when this was sealed.');
    expect(result.steps).toBeGreaterThan(1);
  });

  it('is no smaller in its seal than it was when the wait was over, page by page', async () => {
    const many = Array.from({ length: 10 }, (_, index) => span({ name: `more${index}`, at: 100 + index }));
    await db.store.spans.insert('loan-agent', many);
    const { steps, pages } = await seal(activities(growing(Infinity, { settleWithinMs: 300 })));
    expect(steps).toBeGreaterThan(11);
    expect(pages).toBeGreaterThan(3);
  });
});

describe('a later seal', () => {
  const early = [
    span({ name: 'think', parent: 'root', at: 1 }),
    span({ name: 'act', parent: 'root', at: 3 }),
  ];
  // The root ends last and so comes last, though it began first.
  const late = [span({ name: 'root' }), span({ name: 'between', parent: 'root', at: 2 })];

  it('keeps the numbers that steps have, and gives new ones the numbers after them', async () => {
    let spans = early;
    const given = activities(source({ spans: () => spans }));
    const first = await seal(given);
    spans = [...early, ...late];
    const second = await seal(given, order(2));
    expect(await stepNames(first.uri)).toEqual(['1:think', '2:act']);
    expect(await stepNames(second.uri)).toEqual(['1:think', '2:act', '3:root', '4:between']);
    expect(await stepNames(first.uri)).toEqual(['1:think', '2:act']);
    expect((await readManifest(evidence, second.uri)).previousUri).toBe(first.uri);

    spans = [...spans, span({ name: 'third', parent: 'root', at: 2.5 })];
    expect(await stepNames((await seal(given, order(3))).uri)).toEqual([
      '1:think',
      '2:act',
      '3:root',
      '4:between',
      '5:third',
    ]);
  });

  it('reports what is missing by the numbers that the steps have', async () => {
    const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 't' };
    let spans = [span({ name: 'b', at: 5, attributes: tool })];
    const given = activities(source({ spans: () => spans }));
    await seal(given);
    spans = [span({ name: 'a', at: 1 }), ...spans, span({ name: 'c', at: 2, attributes: tool })];
    const { uri } = await seal(given, order(2));
    const { completeness } = await loadSealedSession(evidence, uri);
    expect(completeness.missingFields.find((row) => row.field === 'tool.input')).toMatchObject({
      steps: 2,
      first: [1, 3],
    });
  });

  it('keeps a step that the source has lost since', async () => {
    let spans = [...early, ...late];
    const given = activities(source({ spans: () => spans }));
    await seal(given);
    spans = [...late, span({ name: 'new', at: 9 })];
    const { uri, missing } = await seal(given, order(2));
    expect(await stepNames(uri)).toEqual(['1:root', '2:think', '3:between', '4:act', '5:new']);
    expect(missing.join(' ')).toContain('2 steps of an earlier seal (first: 2) are no longer in the source');
  });
});

describe('a source that cannot be read', () => {
  const failing = (error: Error) =>
    source({
      exportSession: () => Promise.reject(error),
      retentionDeadlineMs: () => Promise.resolve(START_MS + 5_000.7),
    });

  it('fails so that it is tried again, and says when the session rotates out', async () => {
    await expect(seal(activities(failing(new Error('connect ECONNREFUSED'))))).rejects.toMatchObject({
      type: 'ExportFailed',
      nonRetryable: false,
      details: [START_MS + 5_000],
      message: 'Trace source sketch cannot export the session: connect ECONNREFUSED',
    });
  });

  it('fails in the same way while there is no span of the session', async () => {
    await expect(seal(activities(source()))).rejects.toMatchObject({
      type: 'ExportFailed',
      message: 'Trace source sketch has no span of session s1 yet.',
    });
    await expect(seal(activities(null))).rejects.toMatchObject({ type: 'NoTraceSource' });
  });

  it('gives half a page as a partial seal that names the half', async () => {
    const half = source({
      exportSession: () => {
        const body = new TextEncoder().encode('half');
        return Promise.resolve({
          spans: [span({ name: 'a' })],
          pages: [{ source: '', contentType: '', body }],
          warnings: ['page 2 ends early'],
          stable: true,
        });
      },
    });
    expect(await seal(activities(half))).toMatchObject({
      complete: false,
      missing: expect.arrayContaining(['page 2 ends early']),
    });
  });

  it('says how far the clock of the sealing machine is from Temporal’s', async () => {
    const off = activities(source({ spans: () => [span({ name: 'a' })] }), {
      now: () => SEALED_AT_MS + 3_600_000,
    });
    expect(await seal(off)).toMatchObject({ sealedAtMs: SEALED_AT_MS + 3_600_000, clockAheadMs: 3_600_000 });
  });

  it('takes no step to have begun after it arrived: the agent’s clock may be ahead', async () => {
    const ahead = [span({ name: 'a' }), span({ name: 'b', at: 2_000 })];
    const silent = source({ spans: () => ahead });
    const arrived = START_MS + 7_000;
    const store = source({
      exportSession: async () => ({ ...(await silent.exportSession('s1')), newestArrivalMs: arrived }),
    });
    expect((await seal(activities(store))).lastStepStartedAtMs).toBe(arrived);
    expect((await seal(activities(silent), order(1, 's2'))).lastStepStartedAtMs).toBe(SEALED_AT_MS);
  });

  it('stops when the activity is cancelled', async () => {
    const environment = new MockActivityEnvironment();
    const waiting = source({
      exportSession: (_id, options) => {
        setTimeout(() => environment.cancel('CANCELLED'), 10);
        return new Promise((_done, fail) =>
          options?.signal?.addEventListener('abort', () => fail(new Error('aborted'))),
        );
      },
    });
    const running = environment.run(
      (which: ReturnType<typeof order>) => activities(waiting).sealSession(which),
      order(),
    );
    await expect(running).rejects.toThrow('aborted');
  });

  it('does not begin when it is cancelled before', async () => {
    const environment = new MockActivityEnvironment();
    const running = environment.run(
      (which: ReturnType<typeof order>) => activities(stored()).sealSession(which),
      order(),
    );
    environment.cancel('CANCELLED');
    await expect(running).rejects.toThrow('CANCELLED');
  });
});

describe('hashing again', () => {
  const fileOf = (uri: string): string => join(dir, 'sha256', uri.slice(7, 9), uri.slice(9));
  const two = async () => {
    let spans = [span({ name: 'a' })];
    const given = activities(source({ spans: () => spans }));
    await seal(given);
    spans = [...spans, span({ name: 'b', at: 1 })];
    const newest = await seal(given, order(2));
    return { given, newest, manifests: [{ uri: newest.uri, sha256: newest.manifestSha256 }] };
  };

  it('proves that every file of every seal is as it was', async () => {
    const { given, manifests } = await two();
    expect(await given.rehash({ incidentId: 'inc-1', manifests })).toEqual({
      ok: true,
      proof: '6 sealed files of 1 session hashed again at 2026-03-03T02:29:00.000Z: all as sealed.',
    });
  });

  it('names the file that was altered, of an earlier seal too', async () => {
    const { given, newest, manifests } = await two();
    const { previousUri } = await readManifest(evidence, newest.uri);
    const { pages, steps } = await readManifest(evidence, previousUri ?? '');
    chmodSync(fileOf(pages[0]?.uri ?? ''), 0o600);
    writeFileSync(fileOf(pages[0]?.uri ?? ''), 'other');
    rmSync(fileOf(steps.uri));
    const { ok, proof } = await given.rehash({ incidentId: 'inc-1', manifests });
    expect(ok).toBe(false);
    expect(proof).toContain(`evidence ${pages[0]?.uri} was altered`);
    expect(proof).toContain('and 1 more');
    expect(proof.length).toBeLessThanOrEqual(500);
  });

  it('proves nothing with nothing, and nothing with a manifest of another digest', async () => {
    const { given, newest } = await two();
    expect(await given.rehash({ incidentId: 'inc-1', manifests: [] })).toMatchObject({ ok: false });
    const wrong = await given.rehash({
      incidentId: 'inc-1',
      manifests: [{ uri: newest.uri, sha256: 'a'.repeat(64) }],
    });
    expect(wrong).toMatchObject({
      ok: false,
      proof: expect.stringContaining('is not the manifest of digest'),
    });
  });

  it('does not load a session whose steps were altered', async () => {
    const { newest } = await two();
    const { steps } = await readManifest(evidence, newest.uri);
    chmodSync(fileOf(steps.uri), 0o600);
    writeFileSync(fileOf(steps.uri), 'other');
    await expect(loadSealedSession(evidence, newest.uri)).rejects.toMatchObject({ name: 'EvidenceAltered' });
    await expect(loadSealedSession(evidence, steps.uri)).rejects.toMatchObject({ name: 'EvidenceAltered' });
  });
});
