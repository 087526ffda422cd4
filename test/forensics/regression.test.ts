import { analyse } from '../../src/forensics/analyse.ts';
import { applyVariant, EvalCase, makeEvalCase, runEvalCase } from '../../src/forensics/eval/eval-case.ts';
import { LiveRule, makeLiveRule, replayLiveRule } from '../../src/forensics/live-rule.ts';
import { learnProfile } from '../../src/forensics/learned/profile.ts';
import { cleanLoans, loanSession, LOAN_TOOLS, plainIncome, SessionBuilder } from './session-builder.ts';

const warmUp = cleanLoans();
const context = { tools: LOAN_TOOLS, profile: learnProfile(warmUp) };
const clean = [101, 102, 103, 104, 105].map((n) => loanSession(n));
const drifted = (() => {
  const { annual_income, ...rest } = plainIncome(55_000, 70) as { [key: string]: unknown };
  return loanSession(70, () => ({ ...rest, gross_income_yearly: annual_income }), 'declined');
})();
const looping = [1, 2, 3, 4, 5]
  .reduce(
    (s) => s.use('verify', { applicant: 'APL-492653' }, { a: 1 }),
    new SessionBuilder('loop').user('Check applicant APL-492653.'),
  )
  .model({ text: 'Still checking.' })
  .build();
const invented = new SessionBuilder('inv')
  .user('Decide application APP-731415 of applicant APL-492653.')
  .use('decide', { application: 'APP-739999', status: 'declined' }, { status: 'declined' })
  .model({ text: 'Done.' })
  .build();

describe('an eval case', () => {
  it.each([
    ['a drifted tool', drifted],
    ['a loop', looping],
    ['an invented id', invented],
  ])('made from %s fails on it and its variants and passes on clean sessions', (_, sealed) => {
    const evalCase = EvalCase.parse(
      JSON.parse(JSON.stringify(makeEvalCase(sealed, analyse(sealed, context), context))),
    );
    const result = runEvalCase(evalCase, { sealed, clean }, context);
    expect(result).toMatchObject({
      failsOnSealed: true,
      failsOnVariants: true,
      passesOnClean: true,
      passed: true,
    });
    expect(result.details.filter((d) => d.role === 'variant')).toHaveLength(3);
  });

  it('has variants that are other sessions: other ids, another new name', () => {
    const evalCase = makeEvalCase(drifted, analyse(drifted, context), context)!;
    const variants = evalCase.variants.map((v) => JSON.stringify(applyVariant(evalCase, v, drifted)));
    expect(new Set(variants).size).toBe(3);
    for (const v of variants) expect(v).not.toContain('gross_income_yearly');
    for (const v of variants) expect(v).not.toContain('APP-723710');
  });

  it('does not pass without a clean session, or when a clean session breaks it', () => {
    const evalCase = makeEvalCase(drifted, analyse(drifted, context), context)!;
    expect(runEvalCase(evalCase, { sealed: drifted, clean: [] }, context).passed).toBe(false);
    expect(runEvalCase(evalCase, { sealed: drifted, clean: [...clean, drifted] }, context)).toMatchObject({
      passesOnClean: false,
      passed: false,
    });
    expect(runEvalCase(evalCase, { sealed: clean[0]!, clean }, context)).toMatchObject({
      failsOnSealed: false,
      passed: false,
    });
  });

  it('is not made where there is no origin to assert', () => {
    expect(makeEvalCase(clean[0]!, analyse(clean[0]!, context), context)).toBeNull();
  });
});

describe('a live rule', () => {
  it.each([
    ['a drifted tool', drifted],
    ['a loop', looping],
    ['an invented id', invented],
  ])('made from %s fires at or before the origin and is silent on clean sessions', (_, sealed) => {
    const analysis = analyse(sealed, context);
    const made = makeLiveRule(sealed, analysis, { ...context, clean });
    expect(made?.inTime).toBe(true);
    const rule = LiveRule.parse(JSON.parse(JSON.stringify(made?.rule)));
    expect(replayLiveRule(rule, sealed, context).firedAtStep).toBeLessThanOrEqual(
      analysis.faultOrigin.candidates[0]!.step,
    );
    for (const session of clean)
      expect(replayLiveRule(rule, session, context)).toEqual({ firedAtStep: null });
  });

  it('is not made when every rule that would fire also fires on a clean session', () => {
    expect(makeLiveRule(drifted, analyse(drifted, context), { ...context, clean: [drifted] })).toBeNull();
  });
});
