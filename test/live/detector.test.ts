import type { LiveConfig } from '../../src/config/types.ts';
import { LiveRule } from '../../src/forensics/live-rule.ts';
import type { RawSpan } from '../../src/forensics/read/raw-span.ts';
import { lexicalSimilarity } from '../../src/forensics/text/similarity.ts';
import { Detector, type DetectorDeps } from '../../src/live/detector.ts';
import type { Responder } from '../../src/live/respond.ts';
import type { Knowledge } from '../../src/live/session.ts';
import type { Signal } from '../../src/live/signal.ts';
import { testStore, type TestStore } from '../store/store.ts';
import { Agent, goodProfile, goodSession, INCOME, TOOLS } from './agent.ts';

const AGENT = 'loan-agent';
let db: TestStore;
beforeAll(async () => {
  db = await testStore();
});
afterAll(() => db.end());
beforeEach(() => db.query('truncate span_chunk, span_trace, span_session, span_link, session'));

const act: LiveConfig = { mode: 'act', alertFrom: 'warning', containFrom: 'critical', lessons: 'contain' };
const knowing = (over: Partial<Knowledge> = {}): Knowledge => ({
  context: { profile: goodProfile(), tools: TOOLS, tokenBudget: null, similarity: lexicalSimilarity },
  lessons: [],
  live: act,
  ...over,
});

/** Where responses go: what leaves the detector is its own port; the incident behind it is tried end to end. */
class Answers implements Responder {
  readonly contained: [sessionId: string, signal: Signal][] = [];
  readonly alerted: [sessionId: string, signal: Signal][] = [];
  failures = 0;
  contain(_agent: string, sessionId: string, signal: Signal): Promise<string> {
    if (this.failures > 0) {
      this.failures -= 1;
      return Promise.reject(new Error('nobody answers'));
    }
    this.contained.push([sessionId, signal]);
    return Promise.resolve(`incident-of-${signal.pattern}`);
  }
  alert(_agent: string, sessionId: string, signal: Signal): Promise<void> {
    this.alerted.push([sessionId, signal]);
    return Promise.resolve();
  }
}

let detectors: Detector[] = [];
afterEach(async () => {
  for (const one of detectors) await one.stop();
  detectors = [];
});

const detect = async (
  knowledge: Knowledge | (() => Knowledge),
  limits: DetectorDeps['limits'] = {},
  answers = new Answers(),
  log: DetectorDeps['log'] = () => undefined,
) => {
  const detector = new Detector({
    agents: [AGENT],
    spans: db.store.spans,
    sessions: db.store.sessions,
    knowledgeOf: () => Promise.resolve(typeof knowledge === 'function' ? knowledge() : knowledge),
    responder: answers,
    limits: { quietMs: 0, idleMs: 0, flushMs: 3_600_000, refreshMs: 3_600_000, ...limits },
    log,
  });
  detectors.push(detector);
  await detector.start();
  const send = async (spans: readonly RawSpan[]): Promise<void> => {
    for (const one of spans) {
      await db.store.spans.insert(AGENT, [one]);
      void detector.take(AGENT, [one]);
    }
  };
  return { detector, answers, send };
};
const until = async (holds: () => boolean): Promise<void> => {
  const deadline = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
const rowOf = (sessionId: string) => db.store.sessions.get(AGENT, sessionId);

const drifted = (session: string): Agent =>
  new Agent(session)
    .user('Please decide on applicant cus_5521.')
    .chat('I look up cus_5521.')
    .tool('get_income', { applicant_id: 'cus_5521' }, { gross_yearly: 52_000, currency: 'USD' });

describe('a session that goes wrong', () => {
  it('is stopped at the first drifted answer, once, with the pattern that a sealed session has', async () => {
    const { detector, answers, send } = await detect(knowing());
    const agent = drifted('s1');
    await send(agent.spans);
    await until(() => answers.contained.length > 0);
    await send(agent.spans);
    await send(
      agent
        .chat('I go on.')
        .tool('get_income', { applicant_id: 'cus_5521' }, { gross_yearly: 1, currency: 'EUR' }).spans,
    );
    await detector.flush();
    expect(answers.contained).toHaveLength(1);
    const [sessionId, signal] = answers.contained[0] ?? [];
    expect(sessionId).toBe('s1');
    expect(signal?.title).toMatch(/TOOL_SCHEMA_DRIFT: the field `annual_income` of `get_income` was renamed/);
    expect(signal?.pattern).toMatch(/^tool_misfire\/drift\//);
    const row = await rowOf('s1');
    expect(row?.response).toBe('contain');
    expect(row?.incidentId).toBe(`incident-of-${signal?.pattern}`);
    expect(row?.flags).toEqual(['TOOL_SCHEMA_DRIFT']);
  });

  it('is stopped too where the agent’s clock jumps an hour to and fro', async () => {
    const { detector, answers, send } = await detect(knowing());
    const skewed = (nanos: string, i: number): string =>
      String(BigInt(nanos) + (i % 2 === 0 ? 3_600n : -3_600n) * 1_000_000_000n);
    const spans = drifted('s1')
      .end()
      .spans.map((one, i) => ({
        ...one,
        startNano: skewed(one.startNano, i),
        endNano: one.endNano === null ? null : skewed(one.endNano, i + 1),
      }));
    await send(spans);
    await until(() => answers.contained.length === 1);
    await detector.flush();
    expect(await rowOf('s1')).toMatchObject({
      spans: spans.length,
      flags: expect.arrayContaining(['TOOL_SCHEMA_DRIFT']),
    });
  });

  it('is the same incident for every session of the pattern', async () => {
    const { answers, send } = await detect(knowing());
    for (const session of ['s1', 's2', 's3']) await send(drifted(session).spans);
    await until(() => answers.contained.length === 3);
    expect(new Set(answers.contained.map(([, { pattern }]) => pattern)).size).toBe(1);
  });

  it('is answered for again until somebody takes it', async () => {
    const answers = new Answers();
    answers.failures = 2;
    const { send } = await detect(knowing(), {}, answers);
    await send(drifted('s1').spans);
    await until(() => answers.contained.length === 1);
  });

  it('is only noted where the agent is observed', async () => {
    const { detector, answers, send } = await detect(knowing({ live: { ...act, mode: 'observe' } }));
    await send(drifted('s1').end().spans);
    await detector.flush();
    expect(answers.contained).toEqual([]);
    expect((await rowOf('s1'))?.response).toBe('note');
    expect((await rowOf('s1'))?.severity).toBe('critical');
  });

  it('is told to people where it is not bad enough to stop it', async () => {
    const { answers, send } = await detect(knowing({ live: { ...act, containFrom: 'never' } }));
    await send(drifted('s1').spans);
    await until(() => answers.alerted.length === 1);
    expect(answers.contained).toEqual([]);
  });
});

describe('whoever sent spans that call for a stop', () => {
  /** Nobody is stopped before `letGo`. */
  const slow = () => {
    const answers = new Answers();
    const contain = answers.contain.bind(answers);
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    answers.contain = async (...given) => {
      await gate;
      return await contain(...given);
    };
    return { answers, letGo };
  };
  const stored = async (agent: Agent): Promise<readonly RawSpan[]> => {
    await db.store.spans.insert(AGENT, agent.spans);
    return agent.spans;
  };

  it('goes on when it is set: asked next, the switch knows of it', async () => {
    const { answers, letGo } = slow();
    const { detector } = await detect(knowing(), { stopMs: 600_000 }, answers);
    const taken = detector.take(AGENT, await stored(drifted('s1')));
    expect(taken).not.toBeNull();
    letGo();
    await taken;
    expect(answers.contained).toHaveLength(1);
  });

  it('waits its turn behind other sessions', async () => {
    const { answers, letGo } = slow();
    const { detector } = await detect(knowing(), { stopMs: 600_000 }, answers);
    const sessions = Array.from({ length: 20 }, (_, i) => drifted(`s${i}`));
    const taken = [];
    for (const one of sessions) taken.push(detector.take(AGENT, await stored(one)));
    letGo();
    await taken.at(-1);
    expect(answers.contained.map(([sessionId]) => sessionId)).toContain('s19');
  });

  it('goes on without it after a while', async () => {
    const { answers, letGo } = slow();
    const { detector } = await detect(knowing(), { stopMs: 1 }, answers);
    await detector.take(AGENT, await stored(drifted('s1')));
    expect(answers.contained).toEqual([]);
    letGo();
    await until(() => answers.contained.length === 1);
  });

  it('is not kept waiting by spans that call for none', async () => {
    const { detector } = await detect(knowing());
    expect(detector.take(AGENT, await stored(goodSession('s1')))).toBeNull();
    const seen = await detect(knowing({ live: { ...act, mode: 'observe' } }));
    expect(seen.detector.take(AGENT, await stored(drifted('s2')))).toBeNull();
  });
});

describe('half a story', () => {
  // The applicant was named in the first spans alone: whoever misses them takes the id for an invention.
  const agent = () =>
    new Agent('s1')
      .user('Please decide on applicant cus_7788.')
      .chat('I begin with the customer that was named.');
  const rest = (begun: Agent): readonly RawSpan[] => {
    const known = begun.spans.length;
    return begun
      .tool('decide', { applicant_id: 'cus_7788', status: 'approved' }, { ok: true })
      .spans.slice(known);
  };

  it('stops nobody: what another process took is read before anything is done', async () => {
    const { detector, answers, send } = await detect(knowing());
    const begun = agent();
    await db.store.spans.insert(AGENT, begun.spans);
    await send(rest(begun));
    await detector.stop();
    expect(answers.contained).toEqual([]);
    expect((await rowOf('s1'))?.spans).toBe(2);
    expect((await rowOf('s1'))?.flags).toEqual([]);
  });

  it('stops nobody after a restart, nor after the session was forgotten to make room', async () => {
    const first = await detect(knowing());
    const begun = agent();
    await first.send(begun.spans);
    await first.detector.stop();
    const second = await detect(knowing(), { maxSessions: 1 });
    await second.send(rest(begun));
    await second.send(goodSession('s2').spans);
    await second.send(begun.chat('Done.').end().spans.slice(-2));
    await second.detector.flush();
    await second.detector.stop();
    expect(second.answers.contained).toEqual([]);
    expect(await rowOf('s1')).toMatchObject({ spans: 4, flags: [], outcome: 'completed', settled: true });
  });

  it('is told from a real invention, which is acted on', async () => {
    const { answers, send } = await detect(knowing());
    await send(agent().tool('decide', { applicant_id: 'cus_9911', status: 'approved' }, { ok: true }).spans);
    await until(() => answers.contained.length === 1);
    expect(answers.contained[0]?.[1].title).toMatch(/ENTITY_HALLUCINATION/);
  });

  it('of a session that no rule can judge ends nothing: it is said, and its spans are counted', async () => {
    const logged: string[] = [];
    const bad = knowing();
    Object.defineProperty(bad.context, 'similarity', {
      value: () => {
        throw new Error('a rule that fails');
      },
    });
    const { detector, send } = await detect(bad, {}, new Answers(), (entry) => logged.push(entry.message));
    const chat = (n: number) => ({ 'agent.objective': `objective ${n}` });
    const agent = new Agent('s1').user('Please decide on applicant cus_5521.').chat('I begin.');
    const [first] = agent.spans;
    if (first) Object.assign(first.attributes, chat(1));
    await send(agent.chat('I go on.').end().spans);
    await send(drifted('s2').spans);
    await detector.flush();
    expect(logged).toEqual(expect.arrayContaining(['live detector: session s1 cannot be judged further']));
    expect((await rowOf('s1'))?.narrowedAt).toBe(1);
    expect((await rowOf('s2'))?.spans).toBe(2);
  });

  it('of spans out of order is read again in order once the session is over', async () => {
    const { detector, answers, send } = await detect(knowing());
    const { spans } = goodSession('s1');
    await send([spans[3], spans[0], spans[2], spans[1], ...spans.slice(4)].flatMap((one) => one ?? []));
    await detector.stop();
    expect(answers.contained).toEqual([]);
    expect(await rowOf('s1')).toMatchObject({ spans: 6, findings: [], settled: true });
    expect(detector.load).toEqual({ sessions: 0, weight: 0, traces: 0 });
  });
});

describe('the budget', () => {
  it('pauses at 60 % and kills at 100 %, each once', async () => {
    const known = knowing();
    const { answers, send } = await detect({ ...known, context: { ...known.context, tokenBudget: 1_000 } });
    const agent = new Agent('s1')
      .user('Go.')
      .chat('a', 500)
      .chat('b', 150)
      .chat('c', 200)
      .chat('d', 200)
      .chat('e');
    await send(agent.spans);
    await until(() => answers.contained.length === 2);
    expect(answers.contained.map(([, { kind }]) => kind)).toEqual(['budget', 'cost']);
  });

  it('counts what was used before it was known', async () => {
    const { answers, send } = await detect(knowing());
    const agent = new Agent('s1').user('Go.').chat('a', 700);
    await send(agent.end({ 'holdpoint.session.token_budget': 1_000 }).spans);
    await until(() => answers.contained.length === 1);
    expect(answers.contained[0]?.[1].kind).toBe('budget');
  });
});

describe('a lesson', () => {
  const rule = LiveRule.parse({
    version: 1,
    pattern: 'tool_misfire/drift/0123456789',
    watch: { kind: 'flag', flag: 'TOOL_SCHEMA_DRIFT', tool: 'get_income' },
    action: 'pause',
    says: 'TOOL_SCHEMA_DRIFT in get_income',
  });

  it('acts for the pattern of its incident, also in sessions that began before it', async () => {
    let lessons: Knowledge['lessons'] = [];
    const live: LiveConfig = { ...act, alertFrom: 'never', containFrom: 'never' };
    const { detector, answers, send } = await detect(() => knowing({ lessons, live }));
    const begun = new Agent('s1').user('Please decide on applicant cus_5521.').chat('I look up cus_5521.');
    await send(begun.spans);
    lessons = [{ incidentId: 'loan-agent-1', rule }];
    await detector.refresh();
    await send(
      begun.tool('get_income', { applicant_id: 'cus_5521' }, { gross_yearly: 52_000 }).spans.slice(-1),
    );
    await until(() => answers.contained.length === 1);
    const [, signal] = answers.contained[0] ?? [];
    expect(signal).toMatchObject({ pattern: rule.pattern, taughtBy: 'loan-agent-1' });
  });

  it('is silent in good sessions', async () => {
    const { detector, answers, send } = await detect(knowing({ lessons: [{ incidentId: 'x', rule }] }));
    for (let i = 0; i < 5; i += 1) await send(goodSession(`s${i}`).spans);
    await detector.flush();
    expect(answers.contained).toEqual([]);
    expect((await db.store.sessions.rates({})).outcomes.completed).toBe(5);
  });
});

describe('memory', () => {
  it('keeps to its bounds, and writes down what it forgets', async () => {
    const { detector, send } = await detect(knowing(), {
      maxSessions: 3,
    });
    for (let i = 0; i < 12; i += 1) await send(goodSession(`s${i}`).spans);
    expect(detector.load.sessions).toBeLessThanOrEqual(3);
    await detector.flush();
    const rates = await db.store.sessions.rates({});
    expect([rates.sessions, rates.outcomes.completed]).toEqual([12, 12]);
  });

  it('says from which step on a session was too large to be judged by all rules', async () => {
    const { detector, answers, send } = await detect(knowing(), { maxSessionWeight: 20_000 });
    const agent = new Agent('s1').user('Please decide on applicant cus_5521.');
    for (let i = 0; i < 8; i += 1) agent.chat(`${'words and more words '.repeat(100)}${i}`);
    agent.tool('decide', { applicant_id: 'cus_1234', status: 'approved' }, { ok: true });
    agent.tool(
      'get_income',
      { applicant_id: 'cus_5521' },
      { gross_yearly: INCOME.annual_income, currency: 'USD' },
    );
    await send(agent.end().spans);
    await until(() => answers.contained.length === 1);
    await detector.flush();
    const row = await rowOf('s1');
    expect(row?.narrowedAt).toBeGreaterThan(1);
    expect(row?.flags).toEqual(['TOOL_SCHEMA_DRIFT']);
  });
});
