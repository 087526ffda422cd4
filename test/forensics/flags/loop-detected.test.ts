import { analyse } from '../../../src/forensics/analyse.ts';
import { LOAN_TOOLS, SessionBuilder } from '../session-builder.ts';

const found = (b: SessionBuilder) =>
  analyse(b.build(), { tools: LOAN_TOOLS }).findings.filter((f) => f.flag === 'LOOP_DETECTED');
const loud = (b: SessionBuilder) => found(b).filter((f) => f.severity !== 'info');
const start = () => new SessionBuilder().user('Check applicant APL-492653.');
const times = (n: number, each: (b: SessionBuilder, i: number) => unknown): SessionBuilder => {
  const b = start();
  for (let i = 0; i < n; i += 1) each(b, i);
  return b;
};
const ANSWER = { applicant: 'APL-492653', status: 'pending' };

describe('LOOP_DETECTED', () => {
  it('raises at the third equal call with an equal answer and names the first repetition', () => {
    expect(loud(times(2, (b) => b.use('verify', { applicant: 'APL-492653' }, ANSWER)))).toEqual([]);
    expect(loud(times(3, (b) => b.use('verify', { applicant: 'APL-492653' }, ANSWER)))[0]).toMatchObject({
      step: 4,
      severity: 'warning',
    });
  });

  it('sees through jitter: case, spaces and a field that hardly matters', () => {
    expect(
      loud(times(3, (b, i) => b.use('verify', { applicant: i % 2 ? 'apl-492653 ' : 'APL-492653' }, ANSWER))),
    ).toHaveLength(1);
    expect(
      loud(times(5, (b, i) => b.use('verify', { applicant: 'APL-492653', limit: 10 + i }, ANSWER))),
    ).toHaveLength(1);
  });

  it('takes a search for the same whose words come in another order, and for others those of other words', () => {
    const search = (queries: string[]) =>
      loud(
        times(queries.length, (b, i) =>
          b.use('verify', { query: queries[i] ?? '', language: 'en' }, { hits: 1 }),
        ),
      );
    expect(search(['bus pass refund', 'refund bus pass', 'pass refund bus'])).toHaveLength(1);
    expect(search(['bus pass refund', 'refund bus fare', 'bike pass price'])).toEqual([]);
  });

  it.each<[string, (i: number) => [unknown, unknown]]>([
    ['a moment', (i) => [{ applicant: 'APL-492653' }, { ...ANSWER, as_of: `2025-03-04T09:1${i}:00Z` }]],
    [
      'ids and times of the envelope',
      (i) => [
        { applicant: 'APL-492653' },
        { data: ANSWER, meta: { request_id: `r-${i}7`, took_ms: i * 31 } },
      ],
    ],
    ['an id of the request', (i) => [{ applicant: 'APL-492653', request_id: `rq-${i}123` }, ANSWER]],
    ['nothing but an empty envelope', () => [{ applicant: 'APL-492653' }, { status: 'ok', data: [] }]],
    ['an error', () => [{ applicant: 'APL-492653' }, 'Error: timed out']],
  ])('takes answers for the same that differ by %s', (_, pair) => {
    expect(
      loud(
        times(4, (b, i) => {
          const [args, result] = pair(i);
          return b.use('verify', args, result);
        }),
      ),
    ).toHaveLength(1);
  });

  it('leaves a failure that may pass its usual retries, and no other', () => {
    const failing = (n: number, text: string) =>
      loud(
        times(n, (b) => b.use('verify', { applicant: 'APL-492653' }, text)).use(
          'verify',
          { applicant: 'APL-492653' },
          ANSWER,
        ),
      );
    expect(failing(3, 'Error: 503 service unavailable')).toEqual([]);
    expect(failing(3, 'Error: upstream timed out')).toEqual([]);
    expect(failing(4, 'Error: 503 service unavailable')).toMatchObject([{ step: 4, severity: 'warning' }]);
    expect(failing(3, 'Error: applicant 5034 is locked')).toHaveLength(1);
  });

  it('sees two calls that alternate', () => {
    const b = times(3, (s) =>
      s
        .use('verify', { applicant: 'APL-492653' }, ANSWER)
        .use('find', { application: 'APP-731415' }, { status: 'pending' }),
    );
    expect(
      loud(b)
        .map((f) => f.subject?.tool)
        .toSorted(),
    ).toEqual(['find', 'verify']);
  });

  it('begins with the call before that had a setting less, or was worded otherwise', () => {
    const asked = { applicant: 'APL-492653', note: 'looking at the papers again' };
    const full = { ...ANSWER, papers: ['passport', 'statement of income', 'rental contract'] };
    const b = start().use('verify', { applicant: 'APL-492653' }, full);
    for (let i = 0; i < 3; i += 1) b.use('verify', asked, full);
    expect(loud(b)[0]).toMatchObject({ step: 4 });
  });

  it('begins a circle with the first call that repeats one, though a person spoke since', () => {
    const verify = (b: SessionBuilder) => b.use('verify', { applicant: 'APL-492653' }, ANSWER);
    const find = (b: SessionBuilder) => b.use('find', { application: 'APP-731415' }, { status: 'pending' });
    const b = find(verify(start()).user('And her application, APP-731415?'));
    for (let i = 0; i < 3; i += 1) find(verify(b));
    const a = analyse(b.build(), { tools: LOAN_TOOLS });
    expect(a.faultOrigin.candidates[0]?.step).toBe(5);
  });

  it('waits longer for what says that it is under way', () => {
    const asked = (state: string) =>
      loud(times(5, (b) => b.use('verify', { applicant: 'APL-492653' }, { job: 'J-4410', state, done: 0 })));
    expect(asked('running')).toEqual([]);
    expect(asked('pending')).toHaveLength(1);
  });

  it('does not take what a run says of itself beside its answer for progress', () => {
    const b = times(3, (s, i) =>
      s.use(
        'verify',
        { applicant: 'APL-492653' },
        { content: ANSWER, metadata: { cached: i > 0, run: `run-${i * 7919}` } },
      ),
    );
    expect(loud(b)).toHaveLength(1);
  });

  it('waits longer for what has moved before', () => {
    const seen = (counts: number[]) => {
      const b = start();
      for (const queue of counts) b.use('verify', { applicant: 'APL-492653' }, { ...ANSWER, queue });
      return loud(b);
    };
    expect(seen([4, 3, 3, 3, 3, 1])).toEqual([]);
    expect(seen([4, 3, 3, 3, 3, 3, 3])).toHaveLength(1);
  });

  it('sees through moments that are written as numbers, and raises no id for them', () => {
    const b = times(3, (s, i) =>
      s.use('verify', { applicant: 'APL-492653', asked_at: 1_716_000_000 + i * 97 }, ANSWER),
    );
    expect(loud(b)).toHaveLength(1);
    expect(
      analyse(b.build(), { tools: LOAN_TOOLS }).findings.filter((f) => f.flag !== 'LOOP_DETECTED'),
    ).toEqual([]);
    const counted = times(3, (s, i) =>
      s.use('verify', { applicant: 'APL-492653', account: 1_716_000_000 + i * 97 }, ANSWER),
    );
    expect(loud(counted)).toEqual([]);
  });

  it('reads a GraphQL answer without what the server adds about itself', () => {
    const query = { query: '{ applicant(id: "APL-492653") { status } }' };
    const asked = (answer: (i: number) => unknown) =>
      loud(times(3, (s, i) => s.use('verify', query, answer(i))));
    const extensions = (i: number) => ({ cost: { left: 1000 - i * 7 } });
    expect(asked((i) => ({ data: ANSWER, extensions: extensions(i) }))).toHaveLength(1);
    expect(asked((i) => ({ data: { ...ANSWER, queue: i }, extensions: extensions(i) }))).toEqual([]);
    // Beside anything but `data` it may be an answer like any other.
    expect(asked((i) => ({ ...ANSWER, extensions: extensions(i) }))).toEqual([]);
  });

  it('sees through as many numbers that change as there are arguments that do not, where the answer is full', () => {
    const FULL = { ...ANSWER, remark: 'the papers are complete since the second of May' };
    const asked = (more: (i: number) => object, answer: unknown = FULL) =>
      loud(
        times(5, (s, i) =>
          s.use('verify', { applicant: 'APL-492653', kind: 'wage', year: 'last', ...more(i) }, answer),
        ),
      );
    expect(asked((i) => ({ seed: 4711 * i, window: 3 + i, offset_m: 70 * i }))).toHaveLength(1);
    expect(asked((i) => ({ seed: 4711 * i, window: 3 + i, offset_m: 70 * i }), { ok: 1 })).toEqual([]);
    expect(asked((i) => ({ seed: 4711 * i, window: 3 + i, offset_m: 70 * i, floor: i }))).toEqual([]);
    expect(asked((i) => ({ colour: ['red', 'green', 'blue', 'white', 'grey'][i] }))).toEqual([]);
  });

  it('counts as the runbook words it, and no more, where the answer changes', () => {
    const b = times(4, (s, i) => s.use('verify', { applicant: 'APL-492653' }, { ...ANSWER, queue: i }));
    expect(found(b).map((f) => f.severity)).toEqual(['info']);
  });

  it.each([
    [
      'a person asks again',
      (b: SessionBuilder) =>
        b
          .use('verify', { applicant: 'APL-492653' }, ANSWER)
          .model({ text: 'Nothing has changed.' })
          .user('And now?'),
    ],
    [
      'something was changed in between',
      (b: SessionBuilder, i: number) =>
        b
          .use('verify', { applicant: 'APL-492653' }, ANSWER)
          .use('decide', { application: `APP-73141${i}`, status: 'x' }, { done: i }),
    ],
    ['the tool is one to poll', (b: SessionBuilder) => b.use('poll', { job: 'J-12345' }, ANSWER)],
    [
      'each call asks about another day, whatever the answer',
      (b: SessionBuilder, i: number) =>
        b.use(
          'find',
          { site: 'north', date: `2025-04-0${i + 1}` },
          { open: '09:00', close: '17:00', breaks: [] },
        ),
    ],
    [
      'searches stay empty, each for another day',
      (b: SessionBuilder, i: number) =>
        b.use('find', { site: 'north', kind: 'visit', date: `2025-04-0${i + 1}` }, { data: [], total: 0 }),
    ],
    [
      'the state moves on',
      (b: SessionBuilder, i: number) =>
        b.use('find', { job: 'J-12345' }, { job: 'J-12345', percent: 20 * i }),
    ],
    [
      'the pages differ',
      (b: SessionBuilder, i: number) =>
        b.use('find', { query: 'open', page: i }, { page: i, rows: [`APP-73${i}415`] }),
    ],
  ])('is silent when %s', (_, each) => {
    expect(loud(times(5, each))).toEqual([]);
  });
});
