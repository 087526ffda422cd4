import type { Hono } from 'hono';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '../../src/config/secret.ts';
import type { KeyConfig } from '../../src/config/types.ts';
import { linesOf, type TraceCheck } from '../../src/doctor/trace-check.ts';
import { createKeyRing } from '../../src/http/auth/keys.ts';
import { otlpRoutes } from '../../src/http/otlp.ts';
import { problemApp } from '../../src/http/problem.ts';
import { problemPage } from '../../src/web/pages/problem.ts';
import { traceCheckRoutes } from '../../src/http/routes/trace-check.ts';
import { testStore, type TestStore } from '../store/store.ts';

const AGENT = 'order-agent';
const key = (id: string, may: KeyConfig['may'], agents = [AGENT]): KeyConfig => ({
  id,
  kind: 'bearer',
  secret: new Secret(`secret-of-${id}`, id.toUpperCase()),
  agents,
  may,
});
const KEYS = [key('agent', ['traces']), key('alerts', ['alerts']), key('other', ['traces'], ['other-agent'])];

let db: TestStore;
let app: Hono;
let nowMs = Date.now();
beforeEach(async () => {
  db = await testStore();
  app = problemApp(() => undefined, problemPage);
  app.route('/', otlpRoutes({ spans: db.store.spans, keys: KEYS, agents: [AGENT, 'other-agent'] }));
  traceCheckRoutes(app, { keys: createKeyRing(KEYS, Date.now), spans: db.store.spans, nowMs: () => nowMs });
});
afterEach(() => db.end());

/** A recording, as it was sent; the clock of the check is then that of the recording. */
const send = async (form: string): Promise<void> => {
  const text = readFileSync(join(__dirname, '..', 'forms', `${form}.jsonl`), 'utf8');
  nowMs = Number(/"startTimeUnixNano": "(\d{13})/.exec(text)?.[1]) + 1000;
  for (const body of text.trim().split('\n')) {
    const headers = { authorization: 'Bearer secret-of-agent', 'content-type': 'application/json' };
    expect((await app.request('/v1/traces', { method: 'POST', headers, body })).status).toBe(200);
  }
};
const check = async (token = 'secret-of-agent', agent = AGENT) => {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await app.request(`/api/v1/agents/${agent}/trace-check`, { headers });
  return {
    status: answer.status,
    body: (await answer.json()) as { session: TraceCheck | null; code?: string },
  };
};

const USUAL = ['agent.step', 'step_summary', 'agent.step', 'tool.status', 'tool.output_fields'];
it.each([
  ['openinference_openai', 2, USUAL],
  ['openinference_langgraph', 2, USUAL],
  ['openinference_llama_index', 2, USUAL],
  ['openllmetry_openai', 2, USUAL],
  ['openllmetry_langgraph', 2, USUAL],
  ['ag2_middleware', 2, USUAL],
  ['ag2_classic', 2, [...USUAL, 'session_id', 'session_id']],
  ['vercel_ai', 2, [...USUAL, 'session_id', 'session_id']],
  ['genai_openai', 0, ['agent.step', 'step_summary', 'session_id']],
])('says what %s does not send', async (form, toolCalls, missing) => {
  await send(form);
  const { status, body } = await check();
  expect(status).toBe(200);
  expect(body.session).toMatchObject({
    modelCalls: 3,
    toolCalls,
    outcome: null,
    tokenBudget: null,
    warnings: [],
  });
  expect(body.session?.missingFields.map(({ field }) => field).toSorted()).toEqual(missing.toSorted());
  const lines = body.session ? linesOf(body.session) : [];
  expect(lines).toContainEqual(expect.stringMatching(/^lacks step_summary at 3 model calls: /));
  expect(lines.includes('no tool calls: actions cannot be found or reversed')).toBe(toolCalls === 0);
  expect(JSON.stringify(body)).not.toContain('A-1042');
});

it('finds a trace that names no session: it is one by itself', async () => {
  const text = readFileSync(join(__dirname, '..', 'forms', 'genai_openai.jsonl'), 'utf8');
  const body = text.replaceAll('gen_ai.conversation.id', 'something.else');
  const headers = { authorization: 'Bearer secret-of-agent', 'content-type': 'application/json' };
  expect((await app.request('/v1/traces', { method: 'POST', headers, body })).status).toBe(200);
  nowMs = Date.now();
  const { body: found } = await check();
  expect(found.session).toMatchObject({ modelCalls: 3 });
  expect(found.session?.sessionId).toMatch(/^[0-9a-f]{32}$/);
  expect(found.session?.missingFields).toContainEqual({ field: 'session_id', kind: 'llm', steps: 3 });
});

it('says that nothing came in', async () => {
  expect(await check()).toEqual({ status: 200, body: { agent: AGENT, session: null } });
});

it.each([
  ['nobody', 'wrong', AGENT, 401, 'not-authenticated'],
  ['a key for something else', 'secret-of-alerts', AGENT, 403, 'key-not-for-this'],
  ["another agent's key", 'secret-of-other', AGENT, 403, 'key-for-other-agents'],
])('tells %s nothing', async (_, token, agent, status, code) => {
  expect(await check(token, agent)).toMatchObject({ status, body: { code } });
});

it('names every remedy that people need', () => {
  const none = {
    sessionId: 's',
    steps: 1,
    modelCalls: 1,
    toolCalls: 1,
    outcome: 'completed',
    tokenBudget: 1,
    warnings: [],
  };
  expect(linesOf({ ...none, missingFields: [] })).toEqual([
    'session s: 1 steps, 1 model calls, 1 tool calls',
    'outcome completed',
    'every required field is there',
  ]);
});
