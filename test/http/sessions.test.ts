import { Command } from 'commander';
import { registerSessions } from '../../src/cli/sessions.ts';
import type { SessionRow } from '../../src/store/port.ts';
import { Agent, goodSession } from '../live/agent.ts';
import { START_MS } from '../store/events.ts';
import { sessionRow } from '../web/support/sessions.ts';
import { NOW, SECRETS, startWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

const row = (sessionId: string, over: Partial<SessionRow> = {}): SessionRow =>
  sessionRow(sessionId, {
    startedAtMs: NOW,
    endedAtMs: NOW + 1_000,
    seenAtMs: NOW + 1_000,
    tokens: 300,
    ...over,
  });
const drifted = row('bad', {
  startedAtMs: NOW + 5_000,
  outcome: null,
  flags: ['TOOL_SCHEMA_DRIFT'],
  severity: 'critical',
  patterns: ['tool_misfire/drift/1'],
  response: 'contain',
  incidentId: 'inc-1',
  findings: [
    {
      flag: 'TOOL_SCHEMA_DRIFT',
      step: 3,
      severity: 'critical',
      rule: 'drift/1',
      message: 'the field `annual_income` was renamed',
      citations: [{ step: 3, place: 'result', quote: 'gross_yearly' }],
    },
  ],
});
const rows = [
  row('one'),
  row('two', { startedAtMs: NOW + 1_000, outcome: 'tool_error', tokens: 900 }),
  row('three', { startedAtMs: NOW + 2_000, agent: 'letter-agent' }),
  drifted,
];
const put = () => world.incidents.store.sessions.put(rows);
const get = (query: string, token = SECRETS.TOKEN_ANA) => world.call(`/api/v1/sessions${query}`, { token });
const ids = (json: Record<string, unknown>): string[] =>
  (json['sessions'] as { sessionId: string }[]).map(({ sessionId }) => sessionId);

describe('sessions in the API', () => {
  it.each([
    ['', ['bad', 'three', 'two', 'one']],
    ['?agent=loan-agent', ['bad', 'two', 'one']],
    ['?outcome=tool_error', ['two']],
    ['?outcome=none', ['bad']],
    ['?flag=TOOL_SCHEMA_DRIFT', ['bad']],
    ['?pattern=tool_misfire/drift/1', ['bad']],
    ['?incident=inc-1', ['bad']],
    ['?from=2026-03-01T12:00:01Z&to=2026-03-01', ['bad', 'three', 'two']],
    ['?to=2026-02-28', []],
    ['?agent=nobody', []],
  ])('are those that match %s, newest first', async (query, expected) => {
    await put();
    const { status, json } = await get(query);
    expect([status, ids(json)]).toEqual([200, expected]);
  });

  it('come with how all that match ended, in pages', async () => {
    await put();
    const first = await get('?limit=3');
    expect(first.json['rates']).toEqual({
      sessions: 4,
      outcomes: { completed: 2, tool_error: 1, bad_output: 0, timeout: 0, budget_exceeded: 0, none: 1 },
      flags: { TOOL_SCHEMA_DRIFT: 1 },
      flagged: 1,
      contained: 1,
      tokens: { median: 300, p95: 810 },
    });
    const second = await get(`?limit=3&before=${encodeURIComponent(String(first.json['next']))}`);
    expect([ids(second.json), second.json['next']]).toEqual([['one'], null]);
  });

  it.each([
    ['?outcome=fine', 'outcome'],
    ['?flag=DRIFT', 'flag'],
    ['?from=yesterday', 'from'],
    ['?limit=0', 'limit'],
    ['?before=x', 'before'],
  ])('refuse %s by name', async (query, field) => {
    const { status, json } = await get(query);
    expect([status, json['field']]).toEqual([400, field]);
  });

  it('show nothing out of a trace to viewers, and nothing at all to nobody', async () => {
    await put();
    const { text } = await get('', SECRETS.TOKEN_EVE);
    expect(text).toContain('TOOL_SCHEMA_DRIFT');
    expect(text).not.toContain('gross_yearly');
    expect(text).not.toContain('annual_income');
    expect((await world.call('/api/v1/sessions')).status).toBe(401);
  });

  it('are counted on the page of agents, with how often each flag was raised', async () => {
    await put();
    const { status, json } = await world.call('/api/v1/agents', { token: SECRETS.TOKEN_ANA });
    expect(status).toBe(200);
    const agents = json['agents'] as { agent: string; sessions: unknown; flagsPerThousandSteps: unknown }[];
    const of = (name: string) => agents.find(({ agent }) => agent === name);
    expect(of('loan-agent')).toMatchObject({
      sessions: {
        sessions: 3,
        steps: 15,
        outcomes: { completed: 1, tool_error: 1, none: 1 },
        flags: { TOOL_SCHEMA_DRIFT: 1 },
      },
      flagsPerThousandSteps: { TOOL_SCHEMA_DRIFT: expect.closeTo(66.7, 0) },
    });
    expect(of('letter-agent')).toMatchObject({ sessions: { sessions: 1, flags: {} } });
  });

  it('have a page', async () => {
    await put();
    const { status, text } = await world.call('/sessions?flag=TOOL_SCHEMA_DRIFT', {
      token: SECRETS.TOKEN_ANA,
    });
    expect(status).toBe(200);
    expect(text).toContain('annual_income');
    expect(text).toContain('href="/incidents/inc-1"');
    expect((await world.call('/sessions?agent=nobody', { token: SECRETS.TOKEN_ANA })).text).toContain(
      'No session matches',
    );
  });
});

describe('validating sessions', () => {
  const validate = (body: object, token = SECRETS.TOKEN_ANA) =>
    world.call('/api/v1/sessions/validate', { body, token });

  it('learns the baseline from all that people said were good', async () => {
    const { sessions, spans, documents } = world.incidents.store;
    for (const id of ['g1', 'g2', 'g3']) {
      await spans.insert('loan-agent', goodSession(id).spans);
      await sessions.put([row(id)]);
    }
    await validate({ agent: 'loan-agent', sessions: ['g1'] });
    const { status, json } = await validate({ agent: 'loan-agent', sessions: ['g2', 'g3'] });
    expect([status, json]).toEqual([200, { agent: 'loan-agent', validated: 2, baseline: { sessions: 3 } }]);
    expect(Object.keys((await documents.get('profile', 'loan-agent')) as object)).toContain('tools');
    expect((await sessions.get('loan-agent', 'g1'))?.validatedAtMs).toBe(NOW);
    // What is seen of it later does not take the word back.
    await sessions.put([row('g1', { spans: 7 })]);
    expect((await sessions.get('loan-agent', 'g1'))?.validatedAtMs).toBe(NOW);
  });

  it.each([
    [{ agent: 'loan-agent', sessions: ['one', 'nobody'] }, SECRETS.TOKEN_ANA, 422, 'sessions'],
    [{ agent: 'loan-agent', sessions: ['one', 'bad'] }, SECRETS.TOKEN_ANA, 409, 'sessions'],
    [{ agent: 'who', sessions: ['one'] }, SECRETS.TOKEN_ANA, 422, 'agent'],
    [{ agent: 'loan-agent', sessions: [] }, SECRETS.TOKEN_ANA, 422, 'sessions'],
    [{ agent: 'loan-agent' }, SECRETS.TOKEN_ANA, 422, 'sessions'],
    [{ agent: 'loan-agent', sessions: ['one'] }, SECRETS.TOKEN_EVE, 403, undefined],
  ])('refuses %j of %s and validates nothing', async (body, token, status, field) => {
    await put();
    const answer = await validate(body, token);
    expect([answer.status, answer.json['field']]).toEqual([status, field]);
    expect(await world.incidents.store.sessions.validated('loan-agent')).toEqual([]);
  });
});

describe('sessions that show the pattern of an incident', () => {
  const drift = (id: string): Agent =>
    new Agent(id)
      .user('Please decide on applicant cus_5521.')
      .chat('I look up cus_5521.')
      .tool('get_income', { applicant_id: 'cus_5521' }, { gross_yearly: 52_000, currency: 'USD' })
      .end();
  const opened = async (): Promise<string> => {
    const { spans, sessions, documents } = world.incidents.store;
    const good = Array.from({ length: 10 }, (_, i) => `g${i}`);
    for (const id of good) {
      await spans.insert('loan-agent', goodSession(id).spans);
      await sessions.put([row(id)]);
    }
    await world.call('/api/v1/sessions/validate', {
      body: { agent: 'loan-agent', sessions: good },
      token: SECRETS.TOKEN_ANA,
    });
    expect(await documents.get('profile', 'loan-agent')).toBeTruthy();
    for (const id of ['d1', 'd2']) await spans.insert('loan-agent', drift(id).spans);
    const pattern = await patternOf('d1');
    const alert = {
      alertId: 'a1',
      source: 'live-detector',
      title: 'drift',
      sessionId: 'd1',
      firedAtMs: NOW,
      kind: 'semantic' as const,
      severity: 'sev2' as const,
      wrongValue: null,
      entityId: null,
      url: null,
    };
    const { incidentId } = await world.incidents.alert({
      agent: 'loan-agent',
      dedupKey: `pattern:${pattern}`,
      alert,
      by: { kind: 'source', id: 'live-detector' },
    });
    return incidentId;
  };
  const patternOf = async (sessionId: string): Promise<string> => {
    const { analyse } = await import('../../src/forensics/analyse.ts');
    const { createBaseline, readSession } = await import('../../src/activities/baseline.ts');
    const { store } = world.incidents;
    const profile = await createBaseline(store).profileFor('loan-agent');
    return analyse(await readSession(store.spans, sessionId, {}), { profile, tools: { tools: {} } })
      .failurePattern;
  };
  const hours = 24;
  beforeEach(async () => {
    await world.stop();
    world = await startWorld({}, () => START_MS + 3_600_000);
  });

  it('are found by analysis, and join when a person widens it', async () => {
    const incidentId = await opened();
    const { json } = await world.call(`/api/v1/incidents/${incidentId}/similar?hours=${hours}`, {
      token: SECRETS.TOKEN_ANA,
    });
    expect(json['looked']).toBe(11);
    expect(ids(json)).toEqual(['d2']);
    const printed = await cli('similar', incidentId, '--hours', String(hours), '--widen');
    expect(printed).toContain('1 of 11 other sessions show tool_misfire/drift/');
    expect(Object.keys(world.incidents.states.get(incidentId)?.sessions ?? {})).toEqual(['d1', 'd2']);
    expect(await cli('similar', incidentId, '--hours', String(hours))).toContain('0 of 10 other sessions');
  });

  it('are listed on the command line with how they ended', async () => {
    await put();
    const printed = await cli('--agent', 'loan-agent');
    expect(printed).toContain(
      'bad  not said  3 model and 2 tool calls  300 tokens  TOOL_SCHEMA_DRIFT  inc-1',
    );
    expect(printed).toContain('3 sessions: completed 33.3 %, tool error 33.3 %, none 33.3 %; flagged 33.3 %');
    await expect(cli('--outcome', 'fine')).rejects.toThrow(/outcome/);
  });
});

/** What a command line prints. */
async function cli(...args: string[]): Promise<string> {
  let output = '';
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    output += String(chunk);
    return true;
  });
  process.env['TOKEN_OF_ANA'] = SECRETS.TOKEN_ANA;
  try {
    const program = new Command().exitOverride();
    registerSessions(program);
    const [first] = args;
    const sub = first?.startsWith('-') ? ['list'] : [];
    await program.parseAsync(
      ['sessions', ...sub, ...args, '--url', world.url, '--token-env', 'TOKEN_OF_ANA'],
      {
        from: 'user',
      },
    );
    return output;
  } finally {
    write.mockRestore();
  }
}
