import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSession } from '../../src/activities/baseline.ts';
import { Secret } from '../../src/config/secret.ts';
import type { KeyConfig } from '../../src/config/types.ts';
import type { Session } from '../../src/domain/session/session.ts';
import type { Step } from '../../src/domain/session/step.ts';
import { sessionFromFile } from '../../src/adapters/traces/session-file.ts';
import { analyse } from '../../src/forensics/analyse.ts';
import { otlpRoutes } from '../../src/http/otlp.ts';
import { testStore, type TestStore } from '../store/store.ts';

/** Every form is the same session of the same agent, as another instrumentation tells it (record/README.md). */
const FORMS = readdirSync(__dirname).filter((name) => name.endsWith('.jsonl'));
/** Of the bare model clients, only the calls of the model are recorded. */
const WITHOUT_TOOLS = new Set(['genai_openai.jsonl']);
/** What a form does not send of the runbook's required fields, beside those that none sends. */
const LACKS: Record<string, string[]> = {
  'ag2_classic.jsonl': ['llm/session_id', 'tool/session_id'],
  'genai_openai.jsonl': ['llm/session_id'],
  'vercel_ai.jsonl': ['llm/session_id', 'tool/session_id'],
};
const NO_FORM_SENDS = [
  'llm/agent.step',
  'llm/step_summary',
  'tool/agent.step',
  'tool/tool.status',
  'tool/tool.output_fields',
];

const file = (form: string): string => join(__dirname, form);
const sessions = new Map<string, Session>();
beforeAll(async () => {
  for (const form of FORMS) sessions.set(form, await sessionFromFile(file(form)));
});
const of = (form: string): Session => sessions.get(form) ?? fail(form);
const fail = (form: string): never => {
  throw new Error(`${form} was not read`);
};
const steps = (form: string, kind: Step['kind']): Step[] => of(form).steps.filter((s) => s.kind === kind);

it('has a recording of each form', () => {
  expect(FORMS).toEqual([
    'ag2_classic.jsonl',
    'ag2_middleware.jsonl',
    'genai_openai.jsonl',
    'openinference_langgraph.jsonl',
    'openinference_llama_index.jsonl',
    'openinference_openai.jsonl',
    'openllmetry_langgraph.jsonl',
    'openllmetry_openai.jsonl',
    'vercel_ai.jsonl',
  ]);
});

describe.each(FORMS)('%s', (form) => {
  it('has one session, under the id that the agent gave where its instrumentation takes one', () => {
    const { sessionId } = of(form);
    // AG2 below 1.0 gives each conversation a number of its own.
    if (form === 'ag2_classic.jsonl') expect(sessionId).toMatch(/^\d{20,}$/);
    else expect(sessionId).toBe('order-session-7');
  });

  it('has three model calls, each counted once, with model, tokens, prompt and completion', () => {
    const calls = steps(form, 'llm');
    expect(calls.map((s) => [s.inputTokens, s.outputTokens])).toEqual([
      [120, 20],
      [160, 20],
      [200, 20],
    ]);
    expect(calls.every((s) => s.model?.startsWith('order-model'))).toBe(true);
    expect(calls[0]?.messagesIn?.at(-1)).toMatchObject({
      role: 'user',
      content: 'Where is order A-1042? Tell the customer if it is late.',
    });
    expect(calls[0]?.messagesOut?.[0]?.toolCalls).toEqual([
      { callId: 'call_1', name: 'lookup_order', args: { order_id: 'A-1042' } },
    ]);
    expect(calls[1]?.messagesIn?.at(-1)).toMatchObject({
      role: 'tool',
      toolResult: {
        callId: 'call_1',
        result: { order_id: 'A-1042', status: 'delayed', arrives: '2026-12-01' },
      },
    });
    expect(calls[2]?.messagesOut?.[0]?.content).toBe(
      'Order A-1042 is delayed until 1 December. The customer has been told.',
    );
  });

  it('has two tool calls with arguments, answers and field names', () => {
    const calls = steps(form, 'tool').map(({ tool }) => tool);
    if (WITHOUT_TOOLS.has(form)) return expect(calls).toEqual([]);
    expect(calls).toEqual([
      expect.objectContaining({
        name: 'lookup_order',
        args: { order_id: 'A-1042' },
        result: { order_id: 'A-1042', status: 'delayed', arrives: '2026-12-01' },
        status: 'ok',
        outputFields: ['order_id', 'status', 'arrives'],
      }),
      expect.objectContaining({
        name: 'notify_customer',
        args: { order_id: 'A-1042', message: 'Your order A-1042 arrives on 1 December.' },
        result: { order_id: 'A-1042', sent: true, length: 40 },
        status: 'ok',
      }),
    ]);
    return undefined;
  });

  it('says which required fields it does not send, and is complete otherwise', () => {
    const { missingFields, warnings } = of(form).completeness;
    const missing = missingFields.map(({ kind, field }) => `${kind}/${field}`);
    const wanted = [...NO_FORM_SENDS, ...(LACKS[form] ?? [])];
    const sent = WITHOUT_TOOLS.has(form) ? wanted.filter((f) => !f.startsWith('tool/')) : wanted;
    expect(missing.toSorted()).toEqual(sent.toSorted());
    expect(warnings).toEqual([]);
  });

  it('raises no flag: nothing is wrong with it', () => {
    expect(analyse(of(form), {}).findings).toEqual([]);
  });
});

describe('the receiver', () => {
  let db: TestStore;
  beforeAll(async () => (db = await testStore()));
  afterAll(() => db.end());

  it.each(FORMS)('takes each request of %s whole, and reads the same session back', async (form) => {
    const agent = form.replace('.jsonl', '').replaceAll('_', '-');
    const secret = new Secret('agent-key', 'K');
    const key: KeyConfig = { id: 'k', kind: 'bearer', secret, agents: [agent], may: ['traces'] };
    const app = otlpRoutes({ spans: db.store.spans, keys: [key], agents: [agent] });
    for (const body of readFileSync(file(form), 'utf8').trim().split('\n')) {
      const headers = { authorization: 'Bearer agent-key', 'content-type': 'application/json' };
      const answer = await app.request('/v1/traces', { method: 'POST', headers, body });
      expect([answer.status, await answer.json()]).toEqual([200, {}]);
    }
    const window = { fromMs: 0, toMs: Date.now() + 1e12, entityId: null, limit: 5 };
    const [found, ...others] = await db.store.spans.findSessions(agent, window);
    expect(others).toEqual([]);
    expect(found?.sessionId).toBe(of(form).sessionId);
    const back = await readSession(db.store.spans, of(form).sessionId, { agent });
    expect(back.steps.map((s) => [s.kind, s.name])).toEqual(of(form).steps.map((s) => [s.kind, s.name]));
  });
});
