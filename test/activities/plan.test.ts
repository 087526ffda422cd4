import { type Located, Plan, planClasses } from '../../src/activities/plan.ts';
import { ActionClass } from '../../src/domain/incident/vocabulary.ts';

const action = (step: number, change: Partial<Located> = {}): Located => ({
  sessionId: 's-1',
  step,
  tool: 'set',
  target: `T-${step}`,
  effect: 'write',
  reversible: true,
  outcome: 'done',
  unknownTool: false,
  args: { id: step },
  reversal: { tool: 'set', args: { id: step, back: true } },
  reversalWindowMs: null,
  atMs: step * 1_000,
  ...change,
});

it('groups by tool and strategy; what cannot be undone, or is not known, is irreversible', () => {
  const classes = planClasses('inc-1', [
    action(1),
    action(2),
    action(3, { reversal: null }),
    action(4, { tool: 'mail', reversible: false, reversal: null }),
    action(5, { tool: 'odd', reversible: false, reversal: null, unknownTool: true }),
  ]);
  expect(classes.map(({ spec }) => [spec.tool, spec.kind, spec.count, spec.unknownTool])).toEqual([
    ['set', 'reversible', 2, false],
    ['set', 'irreversible', 1, false],
    ['mail', 'irreversible', 1, false],
    ['odd', 'irreversible', 1, true],
  ]);
});

it('can be read again when the arguments of a call were not captured', () => {
  const [only] = planClasses('inc-1', [action(1, { args: undefined, reversal: null })]);
  const read = Plan.parse(JSON.parse(new TextDecoder().decode(only?.bytes)));
  expect(read.actions[0]?.args).toBeUndefined();
});

it('leaves refused calls out and keeps uncertain ones, counted', () => {
  const [only] = planClasses('inc-1', [
    action(1, { outcome: 'attempted' }),
    action(2, { outcome: 'uncertain' }),
    action(3),
  ]);
  expect(only?.spec).toMatchObject({ count: 2, uncertain: 1 });
  expect(planClasses('inc-1', [action(1, { outcome: 'attempted' })])).toEqual([]);
});

it('gives the same list the same id and digest, and any other list another', () => {
  const first = planClasses('inc-1', [action(1), action(2)])[0]?.spec;
  expect(planClasses('inc-1', [action(1), action(2)])[0]?.spec).toEqual(first);
  for (const other of [
    [action(1)],
    [action(1), action(3)],
    [action(1), action(2, { reversal: { tool: 'set', args: { id: 2, back: false } } })],
  ]) {
    const spec = planClasses('inc-1', other)[0]?.spec;
    expect(spec?.classId).not.toBe(first?.classId);
    expect(spec?.planSha256).not.toBe(first?.planSha256);
  }
});

it('knows when the first window closes, and writes what the signer will see', () => {
  const [only] = planClasses('inc-1', [
    action(1, { reversalWindowMs: 60_000 }),
    action(2, { reversalWindowMs: 1_000 }),
  ]);
  expect(only?.spec.windowClosesAtMs).toBe(3_000);
  const plan = Plan.parse(JSON.parse(new TextDecoder().decode(only?.bytes)));
  expect(plan.actions.map(({ index, target }) => [index, target])).toEqual([
    [0, 'T-1'],
    [1, 'T-2'],
  ]);
  expect(ActionClass.safeParse({ ...only?.spec, planUri: 'sha256:0' }).success).toBe(true);
});

it('keeps 5,000 actions in 40 classes small where the workflow sees them', () => {
  const many = Array.from({ length: 5_000 }, (_, i) => action(i + 1, { tool: `tool-${i % 40}` }));
  const classes = planClasses('inc-1', many);
  expect(classes).toHaveLength(40);
  expect(JSON.stringify(classes.map(({ spec }) => spec)).length).toBeLessThan(64_000);
});
