import { Analysis } from '../../src/domain/session/analysis.ts';
import { analyse } from '../../src/forensics/analyse.ts';
import { learnProfile, Profile } from '../../src/forensics/learned/profile.ts';
import { FIRM } from '../../src/forensics/weak-origins.ts';
import { cleanLoans, loanSession, LOAN_TOOLS, plainIncome, SessionBuilder } from './session-builder.ts';

const profile = learnProfile(cleanLoans());
const tools = LOAN_TOOLS;
const renamed = (n: number, to = 'gross_yearly') => {
  const { annual_income, ...rest } = plainIncome(50_000 + n, n) as { [key: string]: unknown };
  return loanSession(n, () => ({ ...rest, [to]: annual_income }), 'declined');
};

describe('the analysis of a session', () => {
  it('fits its schema, and the profile fits its own after a round trip', () => {
    expect(
      Analysis.parse(JSON.parse(JSON.stringify(analyse(renamed(60), { tools, profile })))),
    ).toBeDefined();
    expect(Profile.parse(JSON.parse(JSON.stringify(profile)))).toEqual(profile);
  });

  it('is the same each time', () => {
    expect(analyse(renamed(61), { tools, profile })).toEqual(analyse(renamed(61), { tools, profile }));
  });

  it('lists every change after the origin, resolves what undoes it and names the first irreversible one', () => {
    const a = analyse(renamed(62), { tools, profile });
    expect(a.blastRadius.actions).toMatchObject([
      {
        step: 6,
        tool: 'decide',
        target: 'APP-723286',
        reversible: true,
        outcome: 'done',
        unknownTool: false,
      },
      { step: 8, tool: 'mail', reversible: false, outcome: 'done', reversal: null },
    ]);
    expect(a.blastRadius.actions[0]?.reversal).toEqual({
      tool: 'decide',
      args: { application: 'APP-723286', status: 'pending' },
    });
    expect(a.faultOrigin).toMatchObject({ firstIrreversible: 8, symptom: 9 });
    expect(a.cascadePath[0]).toBe(4);
    expect(a.cascadePath.at(-1)).toBe(9);
    expect(a.cascadePath).toEqual(a.cascadePath.toSorted((x, y) => x - y));
  });

  it('counts a tool that the tools file does not know as an irreversible change', () => {
    const a = analyse(new SessionBuilder().user('x').use('mystery', { a: 1 }, { ok: true }).build(), {
      tools,
    });
    expect(a.blastRadius.actions).toMatchObject([{ tool: 'mystery', reversible: false, unknownTool: true }]);
  });

  it.each([
    ['Error: refused', 'attempted'],
    [undefined, 'uncertain'],
    [{ ok: true }, 'done'],
  ])('says what came of a call that answered %j', (result, outcome) => {
    const a = analyse(
      new SessionBuilder().user('x').use('mail', { applicant: 'APL-492653' }, result).build(),
      { tools },
    );
    expect(a.blastRadius.actions).toMatchObject([{ outcome }]);
  });

  it('claims nothing where there is nothing to say: candidates are where to read, below what counts as firm', () => {
    const a = analyse(loanSession(63), { tools, profile });
    expect(a.faultOrigin.candidates.every((c) => c.score < FIRM && c.reason.startsWith('read first'))).toBe(
      true,
    );
    expect(a.failureMode.mode).toBe('unknown');
    expect(a.cascadePath).toEqual([]);
    expect(a.blastRadius.actions.map((x) => x.step)).toEqual([6, 8]);
  });

  it.each([
    [6, true],
    [5, false],
    [4, false],
    [40, false],
  ])('finds a count that the answer does not have (%d stated)', (stated, wrong) => {
    const rows = [true, true, true, true, false].map((open, i) => ({ name: `row ${i}`, open }));
    const session = new SessionBuilder()
      .user('How many?')
      .use('find', { query: 'x' }, { rows })
      .model({ text: `There are ${stated} rows.` })
      .build();
    const found = analyse(session, { tools }).faultOrigin.candidates.find((c) => c.reason.includes('counts'));
    expect(found?.step).toBe(wrong ? 3 : undefined);
  });

  it('gives sessions that failed in the same way one pattern, and others another', () => {
    const [a, b] = [
      analyse(renamed(64, 'gross_yearly'), { tools, profile }),
      analyse(renamed(65, 'income_pa'), { tools, profile }),
    ];
    const loop = analyse(
      [1, 2, 3, 4]
        .reduce(
          (s) => s.use('verify', { applicant: 'APL-492653' }, { a: 1 }),
          new SessionBuilder().user('Check applicant APL-492653.'),
        )
        .build(),
      { tools },
    );
    expect(a.failurePattern).toBe(b.failurePattern);
    expect(loop.failurePattern).not.toBe(a.failurePattern);
    expect(loop.failureMode.mode).toBe('cost_runaway');
  });

  it('finds a call on another entity than the conversation agreed on', () => {
    const options = {
      'ITM-100001': { name: 'Lamp', color: 'silver', price: 120.5 },
      'ITM-100002': { name: 'Lamp', color: 'white', price: 99.25 },
      'ITM-100003': { name: 'Lamp', color: 'black', price: 80.75 },
    };
    const talk = (item: string) =>
      new SessionBuilder('w')
        .user('For application APP-731415 I want the silver lamp.')
        .use('find', { query: 'lamp' }, { variants: options })
        .model({ text: 'The silver lamp costs $120.50. Shall I order it?' })
        .user('Yes, please.')
        .use('decide', { application: 'APP-731415', item_id: item }, { ok: true })
        .model({ text: 'The silver lamp is on its way.' })
        .build();
    expect(
      analyse(talk('ITM-100001'), { tools }).faultOrigin.candidates.filter((c) => c.reason.includes('ITM')),
    ).toEqual([]);
    const wrong = analyse(talk('ITM-100002'), { tools }).faultOrigin.candidates.find((c) =>
      c.reason.includes('ITM-100002'),
    );
    expect(wrong).toMatchObject({ step: 4, reason: expect.stringContaining('speaks of ITM-100001') });
  });
});
