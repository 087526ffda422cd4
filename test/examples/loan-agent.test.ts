import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createStopSwitch } from '../../src/adapters/containment/stop-switch.ts';
import type { Session } from '../../src/domain/session/session.ts';
import { ToolManifest } from '../../src/domain/tools.ts';
import { spansFromOtlpJson } from '../../src/forensics/read/otlp-json.ts';
import { sessionFromSpans } from '../../src/forensics/read/session.ts';
import { startChild, type Child } from '../adapters/containment/child.ts';
import { startHoldpoint, type TestHoldpoint } from '../instrument/holdpoint.ts';
import { until } from '../instrument/until.ts';

let dir: string;
let holdpoint: TestHoldpoint;
let services: Child;
let urls: Record<string, string>;
let agents: Child[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'holdpoint-loan-'));
  holdpoint = await startHoldpoint();
  services = startChild('examples/loan-agent/services.ts', {}, ['--state', dir]);
  urls = (await services.line('its addresses', (line) => 'income' in line)) as Record<string, string>;
});
afterEach(async () => {
  await Promise.all([...agents, services].map((child) => child.end()));
  agents = [];
  await holdpoint.close();
  await rm(dir, { recursive: true });
});

const startAgent = (...args: string[]): Child => {
  const fixed = ['--json', '--endpoint', holdpoint.url, '--services', join(dir, 'services.json')];
  const agent = startChild('examples/loan-agent/agent.ts', { HOLDPOINT_KEY: 'agent-key', MODEL_URL: '' }, [
    ...fixed,
    ...args,
  ]);
  agents.push(agent);
  return agent;
};
const rename = (from: string, to: string) =>
  fetch(`${urls['income']}/admin/rename`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ from, to }),
  });
const total = async (url: string): Promise<number> =>
  ((await (await fetch(url)).json()) as { total: number }).total;
const letters = (): Promise<number> => total(`${urls['letters']}/letters`);
const inStatus = (status: string): Promise<number> =>
  total(`${urls['applications']}/applications?status=${status}`);

const sessions = (): Session[] => {
  const spans = holdpoint.exports().flatMap((request) => spansFromOtlpJson(request).spans);
  const ids = [...new Set(spans.map((span) => span.attributes['session.id']))];
  return ids.map((id) => sessionFromSpans(spans.filter((span) => span.attributes['session.id'] === id)));
};
const callsOf = (session: Session, tool: string) => session.steps.filter((step) => step.tool?.name === tool);

it('decides batches for honest reasons, in sessions that Holdpoint can read whole', async () => {
  const agent = startAgent('--sessions', '6', '--pace', '0');
  expect(await agent.exited()).toBe(0);
  const seen = sessions();
  expect(seen).toHaveLength(6);
  for (const session of seen) {
    expect(session.completeness).toMatchObject({ complete: true, missingFields: [], orphanSpans: [] });
    expect(session.steps.length).toBeGreaterThanOrEqual(30);
    expect(session.steps.length).toBeLessThanOrEqual(50);
    expect(session.steps.map((s) => s.emittedStep)).toEqual(session.steps.map((s) => s.stepNumber));
    expect(session.steps.filter((s) => s.kind === 'tool' && s.tool?.status !== 'ok')).toEqual([]);
    const tokens = session.steps.reduce((sum, s) => sum + (s.inputTokens ?? 0) + (s.outputTokens ?? 0), 0);
    expect(tokens).toBeLessThan(0.6 * (session.tokenBudget ?? 0));
    expect(callsOf(session, 'send_letter')).toHaveLength(callsOf(session, 'verify_income').length);
  }
  expect(agent.lines).toHaveLength(6);
  expect(agent.lines.every((line) => line['outcome'] === 'completed')).toBe(true);
  expect(await inStatus('approved')).toBeGreaterThan(await inStatus('declined'));
  expect(await inStatus('declined')).toBeGreaterThan(0);
  expect(await letters()).toBe((await inStatus('approved')) + (await inStatus('declined')));
  expect([...holdpoint.authorizations]).toEqual(['Bearer agent-key']);
});

it('says of its model, in its name and its words, that it is a stand-in', async () => {
  await startAgent('--pace', '0').exited();
  const [session] = sessions();
  expect(new Set(session?.steps.flatMap((s) => s.model ?? []))).toEqual(new Set(['rule-based-stand-in']));
  const last = session?.steps.findLast((s) => s.kind === 'llm');
  expect(last?.summary).toContain('rule-based-stand-in, not a language model');
});

it.each(['annual_income', 'employment_status', 'years_employed'])(
  'quietly declines everybody once the income service renames %s, without a single error',
  async (field) => {
    await rename(field, `renamed_${field}`);
    expect(await startAgent('--sessions', '2', '--pace', '0').exited()).toBe(0);
    expect(await inStatus('approved')).toBe(0);
    expect(await inStatus('declined')).toBeGreaterThanOrEqual(8);
    const seen = sessions();
    for (const session of seen) {
      expect(
        session.steps.every((s) => s.error === null && (s.tool === null || s.tool.status === 'ok')),
      ).toBe(true);
      const [first] = callsOf(session, 'verify_income');
      expect(first?.stepNumber).toBe(3);
      expect(first?.tool?.outputFields).toContain(`renamed_${field}`);
      expect(session.steps[3]?.summary ?? '').toMatch(/null/);
      expect(
        callsOf(session, 'set_application_status').every((s) =>
          JSON.stringify(s.tool?.args).includes('null'),
        ),
      ).toBe(true);
    }
  },
);

it('is stopped in the middle of a session, and sends no letter after it said so', async () => {
  await rename('annual_income', 'annualised_gross_amount');
  const agent = startAgent('--forever', '--pace', '30');
  await until('the second letter', async () => (await letters()) >= 2, 20_000);
  const [running] = await holdpoint.switches.acks('loan-agent', null);
  const sessionId = running?.sessionId ?? '';
  const adapter = createStopSwitch({ store: holdpoint.switches });
  const order = {
    incidentId: 'inc-1',
    agent: 'loan-agent',
    sessionId,
    action: 'kill',
    key: 'k',
    reason: 'decline rate',
  } as const;
  const contained = await adapter.contain(order);
  expect(contained.status).toBe('confirmed');
  const sealedAtOnce = sessions().find((session) => session.sessionId === sessionId);
  expect(sealedAtOnce?.steps[0]?.kind).toBe('agent');
  expect(sealedAtOnce?.completeness.orphanSpans).toEqual([]);
  const unanswered = /^tool calls asked for at steps \d+ have no recorded answer$/; // the call that the stop prevented
  expect(sealedAtOnce?.completeness.warnings.filter((warning) => !unanswered.test(warning))).toEqual([]);
  const [lettersThen, declinedThen] = [await letters(), await inStatus('declined')];

  const line = await agent.line('the end of the session', (said) => said['session'] === sessionId);
  expect(line).toMatchObject({ outcome: 'stopped', scope: 'session', reason: 'decline rate' });
  await until(
    'the next session waits',
    async () => (await holdpoint.switches.acks('loan-agent', null))[0]?.state === 'paused',
  );
  expect([await letters(), await inStatus('declined')]).toEqual([lettersThen, declinedThen]);
  const sealed = sessions().find((session) => session.sessionId === sessionId);
  expect(sealed).toEqual(sealedAtOnce);
  expect(callsOf(sealed as Session, 'send_letter').length).toBeLessThanOrEqual(lettersThen);

  await rename('annualised_gross_amount', 'annual_income');
  await adapter.release(order);
  await agent.line('a session after the release', (said) => said['outcome'] === 'completed');
});

it('waits in the middle of a session while it is held, and finishes it when released', async () => {
  const agent = startAgent('--sessions', '1', '--pace', '30');
  await until('the first letter', async () => (await letters()) >= 1, 20_000);
  const [running] = await holdpoint.switches.acks('loan-agent', null);
  const adapter = createStopSwitch({ store: holdpoint.switches });
  const sessionId = running?.sessionId ?? '';
  const order = {
    incidentId: 'inc-1',
    agent: 'loan-agent',
    sessionId,
    action: 'pause',
    key: 'k',
    reason: 'look',
  } as const;
  expect((await adapter.contain(order)).status).toBe('confirmed');
  const then = await letters();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await letters()).toBe(then);
  expect(agent.lines).toEqual([]);
  await adapter.release(order);
  expect(await agent.exited()).toBe(0);
  expect(agent.lines).toMatchObject([{ session: sessionId, outcome: 'completed' }]);
});

it('ends when the agent as a whole is stopped', async () => {
  await holdpoint.switches.set({
    agent: 'loan-agent',
    sessionId: null,
    verdict: 'stop',
    reason: 'all of it',
    incidentId: 'i',
  });
  const agent = startAgent('--forever');
  expect(await agent.exited()).toBe(3);
  expect(agent.lines).toMatchObject([{ outcome: 'stopped', scope: 'agent', reason: 'all of it' }]);
  expect(await letters()).toBe(0);
});

it('leaves an application alone when a tool fails, and names the session’s outcome', async () => {
  const broken = { ...urls, credit: 'http://127.0.0.1:9' };
  const agent = startAgent('--services', JSON.stringify(broken), '--pace', '0');
  expect(await agent.exited()).toBe(0);
  expect(agent.lines).toMatchObject([{ outcome: 'tool_error', approved: 0, declined: 0, letters: 0 }]);
  const [session] = sessions();
  expect(callsOf(session as Session, 'credit_check').every((s) => s.tool?.status === 'error')).toBe(true);
});

it('talks to an OpenAI-compatible model when it is given one', async () => {
  const asked: {
    authorization: string | undefined;
    url: string | undefined;
    body: Record<string, unknown>;
  }[] = [];
  const model: Server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    request.on('end', () => {
      const body = JSON.parse(text) as Record<string, unknown>;
      asked.push({ authorization: request.headers.authorization, url: request.url, body });
      const call = {
        id: 'call_1',
        type: 'function',
        function: { name: 'verify_income', arguments: '{"applicant_id":"AP-14211"}' },
      };
      const first = asked.length === 1;
      const message = first
        ? { role: 'assistant', content: null, tool_calls: [call] }
        : { role: 'assistant', content: 'I am done.' };
      const choices = [{ message, finish_reason: first ? 'tool_calls' : 'stop' }];
      response.end(
        JSON.stringify({
          id: 'r',
          model: 'tiny-1-2026',
          choices,
          usage: { prompt_tokens: 11, completion_tokens: 3 },
        }),
      );
    });
  });
  await new Promise<void>((listening) => model.listen(0, '127.0.0.1', listening));
  const address = model.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/v1`;
  const agent = startChild(
    'examples/loan-agent/agent.ts',
    { MODEL_URL: url, MODEL_NAME: 'tiny-1', MODEL_KEY: 'model-key' },
    ['--json', '--endpoint', holdpoint.url, '--services', join(dir, 'services.json')],
  );
  agents.push(agent);
  expect(await agent.exited()).toBe(0);
  model.close();
  expect(asked[0]).toMatchObject({
    authorization: 'Bearer model-key',
    url: '/v1/chat/completions',
    body: { model: 'tiny-1' },
  });
  expect(asked[0]?.body['tools']).toHaveLength(4);
  expect(asked[1]?.body['messages']).toMatchObject([
    { role: 'system' },
    { role: 'user' },
    { role: 'assistant' },
    { role: 'tool', tool_call_id: 'call_1' },
  ]);
  const [session] = sessions();
  expect(session?.steps.map((s) => s.kind)).toEqual(['agent', 'llm', 'tool', 'llm']);
  expect(session?.steps[1]).toMatchObject({ summary: 'Calls verify_income.', inputTokens: 11 });
});

it('declares its four tools, and which of them cannot be undone', async () => {
  const manifest = ToolManifest.parse(parse(await readFile('examples/loan-agent/tools.yaml', 'utf8')));
  expect(Object.keys(manifest.tools).sort()).toEqual([
    'credit_check',
    'send_letter',
    'set_application_status',
    'verify_income',
  ]);
  expect(manifest.tools['send_letter']).toMatchObject({ effect: 'write', reversible: false });
  expect(manifest.tools['set_application_status']).toMatchObject({
    reversal: 'set_application_status',
    reversalArgs: { status: 'result.previous_status' },
  });
});
