import { MockActivityEnvironment } from '@temporalio/testing';
import { createAnalyseActivities, type AnalyseDeps } from '../../../src/activities/analyse.ts';
import { createOnSession } from '../../../src/activities/long/on-session.ts';
import { LONG_STEPS } from '../../../src/activities/long/pool.ts';
import { createPreserveActivities, loadSealedSession } from '../../../src/activities/preserve.ts';
import { createFilesystemEvidence } from '../../../src/adapters/evidence/filesystem.ts';
import type { EvidenceStore } from '../../../src/adapters/evidence/port.ts';
import { toOtlpJson } from '../../../src/adapters/traces/otlp-text.ts';
import type { Seal } from '../../../src/domain/incident/vocabulary.ts';
import { analyse } from '../../../src/forensics/analyse.ts';
import type { RawSpan } from '../../../src/forensics/read/raw-span.ts';
import { longSession, toolsOf } from '../../../bench/long-session.ts';
import { newFolder, removeFolder } from '../../support/folder.ts';

const AGENT = 'queue-agent';
const TOOLS = 4;
const tools = toolsOf(TOOLS);
const spansOf = (steps: number): RawSpan[] => [
  ...longSession({ sessionId: `of-${steps}`, agent: AGENT, steps, actions: 60, tools: TOOLS }),
];

let dir: string;
let evidence: EvidenceStore;
beforeAll(() => {
  dir = newFolder();
  evidence = createFilesystemEvidence({ dir });
});
afterAll(() => removeFolder(dir));

async function sealed(spans: RawSpan[], sessionId: string, sealNumber = 1): Promise<Seal> {
  const body = new TextEncoder().encode(toOtlpJson(spans));
  const preserve = createPreserveActivities({
    evidence,
    sourceFor: () => ({
      name: 'sketch',
      exportSession: async () => ({
        spans,
        pages: [{ source: 'sketch', contentType: 'application/json', body }],
        warnings: [],
        stable: true,
      }),
      retentionDeadlineMs: async () => null,
    }),
    profileFor: async () => null,
  });
  const order = { incidentId: 'inc-long', agent: AGENT, sessionId, sealNumber };
  return new MockActivityEnvironment().run(preserve.sealSession, order);
}

const activities = () =>
  createAnalyseActivities({
    evidence,
    onSession: createOnSession(evidence),
    toolsFor: () => tools,
    profileFor: async () => null,
    cleanSessions: async () => [],
    isAllowListed: () => false,
    // Neither is asked for an analysis or a map.
    documents: {} as AnalyseDeps['documents'],
    spans: {} as AnalyseDeps['spans'],
  });

const steps = LONG_STEPS + 200;

it('says of a long session in its thread what it would say here, and maps all that it did', async () => {
  const spans = spansOf(steps);
  const seal = await sealed(spans, `of-${steps}`);
  expect(seal).toMatchObject({ steps, pages: 1, complete: true });
  const session = await loadSealedSession(evidence, seal.uri);
  const order = { incidentId: 'inc-long', agent: AGENT, sessionId: seal.sessionId, alert: null };
  const { uri: manifestUri, manifestSha256 } = seal;
  const { analysis } = await activities().analyseSession({ ...order, manifestUri, manifestSha256 });
  const here = analyse(session, { tools });
  expect(analysis).toMatchObject({
    mode: here.failureMode.mode,
    symptomStep: here.faultOrigin.symptom,
    failurePattern: here.failurePattern,
  });
  expect(analysis.candidates.map(({ step }) => step)).toEqual(
    here.faultOrigin.candidates.map(({ step }) => step),
  );
  const { analysisUri } = analysis;
  const sessions = [{ sessionId: seal.sessionId, manifestUri, analysisUri, originSteps: [1] }];
  const mapOrder = { incidentId: 'inc-long', agent: AGENT, sessions, executed: [], classified: {} };
  const map = await activities().mapBlastRadius(mapOrder);
  expect(map).toMatchObject({ total: 60, attempted: 0, subagents: 0 });
  expect(map.classes).toHaveLength(TOOLS);
});

it('numbers and masks in the thread as it does here; a second seal keeps the numbers', async () => {
  const sessionId = `of-${steps}`;
  const spans = spansOf(steps);
  const [late, ...others] = spans;
  if (!late) throw new Error('no span');
  const marked = { ...late, attributes: Object.assign(late.attributes, { api_key: 'sk-very-secret' }) };
  const first = await sealed(others, `${sessionId}-again`);
  const second = await sealed([...others, marked], `${sessionId}-again`, 2);
  expect(first.steps).toBe(steps - 1);
  const [before, after] = [
    await loadSealedSession(evidence, first.uri),
    await loadSealedSession(evidence, second.uri),
  ];
  const numbers = new Map(after.steps.map(({ spanId, stepNumber }) => [spanId, stepNumber]));
  for (const { spanId, stepNumber } of before.steps) expect(numbers.get(spanId)).toBe(stepNumber);
  expect(numbers.get(late.spanId)).toBe(steps);
  const { pages } = JSON.parse(new TextDecoder().decode(await evidence.get(second.uri))) as {
    pages: { uri: string; masked: number }[];
  };
  expect(pages).toMatchObject([{ masked: 1 }]);
  expect(new TextDecoder().decode(await evidence.get(pages[0]?.uri ?? ''))).not.toContain('sk-very-secret');
});

it('ends when its activity is cancelled, and its thread is replaced', async () => {
  const seal = await sealed(spansOf(4 * LONG_STEPS), 'to-be-cancelled');
  const order = { incidentId: 'inc-long', agent: AGENT, sessionId: seal.sessionId, alert: null };
  const { uri: manifestUri, manifestSha256 } = seal;
  const environment = new MockActivityEnvironment();
  const running = environment.run(activities().analyseSession, { ...order, manifestUri, manifestSha256 });
  environment.cancel();
  await expect(running).rejects.toThrow();
  // The thread that was ended is replaced.
  const again = await activities().analyseSession({ ...order, manifestUri, manifestSha256 });
  expect(again.analysis.sessionId).toBe('to-be-cancelled');
});

it('does not take a file for a session that holds another number of steps than its manifest says', async () => {
  const seal = await sealed(spansOf(steps), 'altered');
  const manifest = JSON.parse(new TextDecoder().decode(await evidence.get(seal.uri))) as {
    steps: { count: number };
  };
  manifest.steps.count += 1;
  const { uri } = await evidence.put(new TextEncoder().encode(JSON.stringify(manifest)));
  await expect(createOnSession(evidence)('locate', uri, { tools, fromStep: 1 })).rejects.toThrow(
    `holds ${steps} steps, not the ${steps + 1} of its manifest`,
  );
});
