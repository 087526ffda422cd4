import fc from 'fast-check';
import { analyse } from '../../../src/forensics/analyse.ts';
import { learnProfile } from '../../../src/forensics/learned/profile.ts';
import { cleanLoans, loanSession, LOAN_TOOLS, plainIncome, SessionBuilder } from '../session-builder.ts';

const profile = learnProfile(cleanLoans());
const tools = LOAN_TOOLS;
const drifted = (shape: (income: number, n: number) => unknown) =>
  analyse(loanSession(99, shape, 'declined'), { tools, profile });
const loud = (a: ReturnType<typeof analyse>) => a.findings.filter((f) => f.severity !== 'info');

type Answer = ReturnType<typeof plainIncome> & { [key: string]: unknown };
const without = (value: Answer, key: string): Answer =>
  Object.fromEntries(Object.entries(value).filter(([k]) => k !== key)) as Answer;

describe('TOOL_SCHEMA_DRIFT', () => {
  it('is silent on sessions with the shape that good sessions had', () => {
    expect(loud(analyse(loanSession(77), { tools, profile }))).toEqual([]);
  });

  it('says which field was renamed to which, for any field and any new name', () => {
    const name = fc
      .stringMatching(/^[a-z][a-z_]{2,14}$/)
      .filter(
        (n) => !['applicant', 'annual_income', 'employment', 'verified', 'employer', 'since'].includes(n),
      );
    fc.assert(
      fc.property(fc.constantFrom('annual_income', 'employment', 'verified'), name, (from, to) => {
        const a = drifted((income, n) =>
          Object.fromEntries(
            Object.entries(plainIncome(income, n) as Answer).map(([k, v]) => [k === from ? to : k, v]),
          ),
        );
        const [first] = a.faultOrigin.candidates;
        expect(first?.step).toBe(4);
        expect(first?.reason).toBe(`the field \`${from}\` of \`verify\` was renamed to \`${to}\``);
        expect(a.failureMode.mode).toBe('tool_misfire');
      }),
      { numRuns: 60 },
    );
  });

  it('tells two renamed fields apart by value and type, not by the likeness of names', () => {
    const a = drifted((income, n) => {
      const { annual_income, verified, ...rest } = plainIncome(income, n) as Answer;
      return { ...rest, verified_amount: annual_income, income_flag: verified };
    });
    const messages = loud(a).map((f) => f.message);
    expect(messages).toContain('the field `annual_income` of `verify` was renamed to `verified_amount`');
    expect(messages).toContain('the field `verified` of `verify` was renamed to `income_flag`');
  });

  it('finds a nested rename', () => {
    const a = drifted((income, n) => ({
      ...(plainIncome(income, n) as Answer),
      employment: { company: 'Acme', since: '2019-04-01' },
    }));
    expect(loud(a)[0]).toMatchObject({
      flag: 'TOOL_SCHEMA_DRIFT',
      step: 4,
      severity: 'critical',
      subject: { tool: 'verify', path: 'employment.employer', becomes: 'employment.company' },
    });
  });

  it('tells names with digits from ids as keys', () => {
    const shares = (last: string) => (income: number, n: number) => ({
      ...(plainIncome(income, n) as Answer),
      spread: { q10: income - n, [last]: income + n },
    });
    const learned = learnProfile(Array.from({ length: 25 }, (_, i) => loanSession(i + 1, shares('q90'))));
    const a = analyse(loanSession(97, shares('upper')), { tools, profile: learned });
    expect(loud(a)[0]).toMatchObject({ subject: { path: 'spread.q90', becomes: 'spread.upper' } });
    expect(loud(analyse(loanSession(96, shares('q90')), { tools, profile: learned }))).toEqual([]);
  });

  it('finds a field that moved a level', () => {
    const a = drifted((income, n) => ({
      ...without(plainIncome(income, n) as Answer, 'annual_income'),
      income: { annual_income: income, currency: 'USD' },
    }));
    expect(loud(a)[0]).toMatchObject({ step: 4, severity: 'critical', subject: { path: 'annual_income' } });
  });

  it.each<[string, (income: number) => unknown, string]>([
    ['a number as text', (income: number) => `${income}`, 'type'],
    ['null where there never was null', () => null, 'type'],
    ['cents for dollars', (income: number) => income * 100, 'order of size'],
  ])('finds %s', (_, change) => {
    const a = drifted((income, n) => ({
      ...(plainIncome(income, n) as Answer),
      annual_income: change(income),
    }));
    expect(loud(a)[0]).toMatchObject({
      flag: 'TOOL_SCHEMA_DRIFT',
      step: 4,
      subject: { tool: 'verify', path: 'annual_income' },
    });
  });

  it('finds an object that comes as its JSON text, where it never did', () => {
    const inText = (income: number, n: number): unknown => ({
      ...(plainIncome(income, n) as Answer),
      employment: JSON.stringify({ employer: 'Acme', since: '2019-04-01' }),
    });
    expect(loud(drifted(inText))[0]).toMatchObject({ step: 4, subject: { path: 'employment' } });
    const always = learnProfile(Array.from({ length: 25 }, (_, i) => loanSession(i + 1, inText)));
    expect(loud(analyse(loanSession(99, inText), { tools, profile: always }))).toEqual([]);
  });

  it('records an additional field as the runbook words it, and raises nothing', () => {
    const a = drifted((income, n) => ({ ...(plainIncome(income, n) as Answer), note: 'manual review' }));
    expect(loud(a)).toEqual([]);
    expect(a.findings).toContainEqual(
      expect.objectContaining({ flag: 'TOOL_SCHEMA_DRIFT', severity: 'info', step: 4 }),
    );
  });

  it('does not take an optional field, an empty list or another map key for drift', () => {
    const odd = (income: number, n: number) => ({
      ...(plainIncome(income, n) as Answer),
      ...(n % 2 ? { phone: '555' } : {}),
      loans: n % 3 ? [{ id: 1 }] : [],
      accounts: { [`acc_${1000 + n}`]: { balance: n } },
    });
    const learned = learnProfile(Array.from({ length: 25 }, (_, i) => loanSession(i + 1, odd)));
    expect(loud(analyse(loanSession(98, odd), { tools, profile: learned }))).toEqual([]);
  });

  it('takes one odd entry of a map for an addition, and a map that changed as a whole for drift', () => {
    const kinds = (change: (map: Answer) => unknown) => (income: number, n: number) => ({
      ...(plainIncome(income, n) as Answer),
      rates: change({ [`r_${100 + n}`]: 0.1, [`r_${200 + n}`]: 0.2, [`r_${300 + n}`]: 0.3 } as Answer),
    });
    const learned = learnProfile(
      Array.from({ length: 25 }, (_, i) =>
        loanSession(
          i + 1,
          kinds((map) => map),
        ),
      ),
    );
    const judge = (change: (map: Answer) => unknown) =>
      loud(analyse(loanSession(97, kinds(change)), { tools, profile: learned }));
    expect(judge((map) => ({ ...map, notes: ['of the bank'] }))).toEqual([]);
    expect(
      judge((map) => Object.fromEntries(Object.entries(map).map(([k, v]) => [k, String(v)])))[0],
    ).toMatchObject({ flag: 'TOOL_SCHEMA_DRIFT', severity: 'critical' });
  });

  it('counts errors and empty answers apart', () => {
    expect(loud(drifted(() => 'Error: the service is down'))).toEqual([]);
    expect(loud(drifted(() => ({})))).toEqual([]);
  });

  it('needs no profile when a tool changes its answers within the session', () => {
    const clean = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => loanSession(n));
    const all = {
      ...clean[0]!,
      steps: [
        ...clean,
        loanSession(9, (i, n) => {
          const { annual_income, ...rest } = plainIncome(i, n) as Answer;
          return { ...rest, gross: annual_income };
        }),
      ]
        .flatMap((s) => s.steps)
        .map((s, i) => ({ ...s, stepNumber: i + 1 })),
    };
    const found = loud(analyse(all, { tools }));
    expect(found.find((f) => f.flag === 'TOOL_SCHEMA_DRIFT')?.subject).toMatchObject({
      tool: 'verify',
      path: 'annual_income',
      becomes: 'gross',
    });
  });

  it('sees another unit in a small factor, where a field never strayed far, and no customer who is only larger', () => {
    const weather = (n: number, degrees: number) =>
      new SessionBuilder(`w${n}`)
        .user('How cold is it?')
        .use('sensor', { place: 'hall' }, { degrees, at: 'hall' })
        .model({ text: 'I have looked.' })
        .build();
    const cool = learnProfile(Array.from({ length: 24 }, (_, i) => weather(i, 2 + (i % 13) / 2)));
    const said = (degrees: number) => loud(analyse(weather(99, degrees), { tools, profile: cool }));
    expect(said(44.6)).toMatchObject([
      { flag: 'TOOL_SCHEMA_DRIFT', message: expect.stringContaining('degrees') },
    ]);
    for (const degrees of [7.5, 12, 19]) expect(said(degrees)).toEqual([]);
  });

  const csv = (income: number, n: number, column = 'income') =>
    `applicant;${column};since\nAPL-${n};${income};2019-04-01\nAPL-${n + 1};${income / 8};2020-01-01`;
  const xml = (income: number, n: number, name = 'Income') =>
    `<Person id="APL-${n}"><Work><${name} unit="year">${income}</${name}></Work></Person>`;
  it.each<[string, (income: number, n: number, name?: string) => string, string, string]>([
    ['column of a table', csv, 'pay', '`[].income` of `verify` was renamed to `[].pay`'],
    [
      'element of XML',
      xml,
      'Pay',
      '`Person[].Work[].Income` of `verify` was renamed to `Person[].Work[].Pay`',
    ],
  ])('sees that a %s was renamed', (_, form, to, what) => {
    const learned = learnProfile(
      Array.from({ length: 12 }, (_x, i) => loanSession(i + 1, (m, n) => form(m, n))),
    );
    const judged = (shape: (income: number, n: number) => unknown, by = learned) =>
      analyse(loanSession(99, shape), { tools, profile: by });
    expect(loud(judged((m, n) => form(m, n)))).toEqual([]);
    expect(judged((m, n) => form(m, n, to)).faultOrigin.candidates[0]?.reason).toContain(what);
    // A profile that knew only text says nothing of it.
    const asText = JSON.parse(JSON.stringify(learned)) as typeof learned;
    if (asText.tools['verify']) asText.tools['verify'].result = { count: 12, types: { string: 12 } };
    expect(loud(judged((m, n) => form(m, n, to), asText))).toEqual([]);
  });

  it('tells a decimal comma from a decimal point, but not in profiles that never did', () => {
    const written = (mark: string) => (income: number, n: number) => ({
      ...(plainIncome(income, n) as Answer),
      bonus: `${n}${mark}50`,
    });
    const learned = learnProfile(Array.from({ length: 12 }, (_, i) => loanSession(i + 1, written('.'))));
    const reasons = (mark: string, by = learned) =>
      loud(analyse(loanSession(99, written(mark)), { tools, profile: by })).map((f) => f.message);
    expect(reasons('.')).toEqual([]);
    expect(reasons(',')[0]).toContain('decimal with a comma');
    const old = JSON.parse(
      JSON.stringify(learned).replaceAll('decimal with a point', 'decimal'),
    ) as typeof learned;
    expect(reasons(',', old)).toEqual([]);
  });

  it('takes a sum with a fraction among whole ones for a sum, and a fraction of zeros for another format', () => {
    const asked = (n: number, sum: string) =>
      new SessionBuilder(`s-${n}`)
        .user(`What is due for J-${1000 + n}?`)
        .use('poll', { job: `J-${1000 + n}` }, { due: sum })
        .model({ text: 'Done.' })
        .build();
    const among = (sums: (n: number) => string) => {
      const learned = learnProfile(Array.from({ length: 20 }, (_, i) => asked(i + 1, sums(i))));
      return (sum: string) =>
        loud(analyse(asked(90, sum), { tools, profile: learned })).map((f) => f.message);
    };
    const whole = among((i) => String(600 + (i % 9)));
    expect(whole('655.70')).toEqual([]);
    expect(whole('655.00')).toHaveLength(1);
    expect(whole('655,70')).toHaveLength(1);
    expect(among((i) => `60${i % 4}.${i % 2 ? '5' : '25'}`)('655')).toEqual([]);
    expect(among((i) => `60${i % 4}.25`)('655')).toHaveLength(1);
  });

  describe('an optional field', () => {
    const PAYS = [
      { id: 'PM-1', brand: 'visa' },
      { id: 'PM-2', owner: 'Lind' },
      { id: 'PM-3', brand: 'maestro' },
    ];
    const wallet = (n: number, pays: unknown[]) =>
      new SessionBuilder(`wallet-${n}`)
        .user(`How can APL-${5000 + n} pay?`)
        .use('find', { applicant: `APL-${5000 + n}` }, { applicant: `APL-${5000 + n}`, pays })
        .model({ text: 'By card.' })
        .build();
    const known = learnProfile(Array.from({ length: 16 }, (_, i) => wallet(i, PAYS)));
    const drifts = (pays: unknown[]) =>
      loud(analyse(wallet(90, pays), { tools, profile: known })).map((f) => f.message);

    it('that goes by another name is recognised by the words that it is always written in', () => {
      expect(drifts([{ id: 'PM-1', scheme: 'visa' }, PAYS[1]])).toEqual([
        'the field `pays[].brand` of `find` was renamed to `pays[].scheme`',
      ]);
    });

    it.each<[string, unknown[]]>([
      ['is left out', [PAYS[1]]],
      ['stands beside a new one that has its word', [{ id: 'PM-1', brand: 'visa', network: 'visa' }]],
      ['is absent beside a new one with other words', [{ id: 'PM-2', owner: 'Lind', region: 'north' }]],
      ['is absent beside a new one that is no text', [{ id: 'PM-2', owner: 'Lind', limit: 400 }]],
    ])('is silent where it %s', (_, pays) => {
      expect(drifts(pays)).toEqual([]);
    });
  });
});
