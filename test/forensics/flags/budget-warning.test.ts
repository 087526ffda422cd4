import { analyse } from '../../../src/forensics/analyse.ts';
import { SessionBuilder } from '../session-builder.ts';

const calls = (...tokens: number[]) => {
  const b = new SessionBuilder().user('Go on.');
  for (const t of tokens) b.model({ text: 'x', tokens: t });
  return b.build();
};
const steps = (...tokens: number[]) =>
  analyse(calls(...tokens), { tokenBudget: 1000 }).findings.map((f) => [f.step, f.severity]);

describe('BUDGET_WARNING', () => {
  it('warns at 60 % of the budget and is critical at 100 %', () => {
    expect(steps(300, 299)).toEqual([]);
    expect(steps(300, 300)).toEqual([[2, 'warning']]);
    expect(steps(300, 300, 300, 100)).toEqual([
      [2, 'warning'],
      [4, 'critical'],
    ]);
  });

  it('starts where the budget went, not where a little more was used than a text needs', () => {
    const b = new SessionBuilder().user('Go on.');
    for (const tokens of [200, 220, 1900, 210, 60_000, 61_000]) b.model({ text: 'x', tokens });
    const a = analyse(b.build(), { tokenBudget: 130_000 });
    expect(a.faultOrigin.candidates[0]?.step).toBe(5);
  });

  it('says nothing without a budget', () => {
    expect(analyse(calls(1e6, 1e6)).findings).toEqual([]);
  });

  it('counts model calls of every trace and not the agent steps that repeat them', () => {
    const session = calls(300, 200);
    const [first] = session.steps;
    const agent = { ...first!, kind: 'agent' as const, stepNumber: 3, inputTokens: 500, outputTokens: 0 };
    const sub = { ...first!, traceId: 'b'.repeat(32), stepNumber: 4, inputTokens: 100, outputTokens: 0 };
    expect(analyse({ ...session, steps: [...session.steps, agent] }, { tokenBudget: 1000 }).findings).toEqual(
      [],
    );
    expect(
      analyse({ ...session, steps: [...session.steps, agent, sub] }, { tokenBudget: 1000 }).findings,
    ).toMatchObject([{ step: 4, severity: 'warning' }]);
  });
});
