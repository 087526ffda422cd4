import type { CommandType } from '../../../src/domain/incident/command.ts';
import { decisions } from '../../../src/domain/incident/decide.ts';
import type { DecisionTable } from '../../../src/domain/incident/decisions/table.ts';
import { refusal, refusalCodes } from '../../../src/domain/incident/refusal.ts';
import { distributionExamples, postmortemExamples, runningExamples } from './rules/closing.ts';
import type { Example } from './rules/example.ts';
import { analysis, opening } from './rules/opening.ts';
import { mappingExamples, reversalExamples, signOffExamples } from './rules/reversal.ts';

const examples: Example[] = [
  ...opening,
  ...analysis,
  ...mappingExamples,
  ...signOffExamples,
  ...reversalExamples,
  ...postmortemExamples,
  ...distributionExamples,
  ...runningExamples,
];

const types = Object.keys(decisions) as CommandType[];

/** Every rule of every decision: `signReversal / already-decided #2`. */
const rules = types.flatMap((type) => {
  const codes = decisions[type].rules.map((rule) => rule.code);
  return codes.map((code, index) => {
    const nth = codes.slice(0, index + 1).filter((one) => one === code).length;
    return { type, code, index, nth, name: `${type} / ${code} #${nth}` };
  });
});

/** The decisions with one rule less. */
const without = (type: CommandType, index: number): DecisionTable =>
  ({
    ...decisions,
    [type]: { ...decisions[type], rules: decisions[type].rules.filter((_rule, i) => i !== index) },
  }) as DecisionTable;

const outcome = (verdict: ReturnType<Example['decide']>): string =>
  verdict.ok ? `ok: ${verdict.events.map((event) => event.type).join(', ')}` : verdict.refusal.code;

it('has one example for every rule, and none for rules that are gone', () => {
  const named = examples.map(({ type, code, nth }) => `${type} / ${code} #${nth}`);
  expect([...named].sort()).toEqual(rules.map(({ name }) => name).sort());
});

describe.each(rules)('$name', ({ type, code, nth, index }) => {
  const example = examples.find((one) => one.type === type && one.code === code && one.nth === nth);

  it('refuses its example', () => {
    expect(example && outcome(example.decide())).toBe(code);
  });

  it('is the only reason: without exactly this rule the answer is another', () => {
    const answer = example && outcome(example.decide(without(type, index)));
    expect(answer).toBeDefined();
    if (nth === 1 && !rules.some((rule) => rule.type === type && rule.code === code && rule.nth === 2))
      expect(answer).not.toBe(code);
    else expect(answer).toMatch(/^ok: /);
  });
});

describe('the catalogue of refusals', () => {
  const gates = [
    'not-open',
    'already-ended',
    'engine-only',
    'person-only',
    'not-a-responder',
    'not-an-approver',
    'approvers-unknown',
  ];
  /** Given by the desk to a click that waited for a worker. */
  const late = ['waited-too-long'];

  it('has no code that nothing uses', () => {
    const used = new Set([...gates, ...late, ...rules.map(({ code }) => code)]);
    expect(refusalCodes.filter((code) => !used.has(code))).toEqual([]);
  });

  it.each(refusalCodes)('%s says what is wrong and what to do next, in whole sentences', (code) => {
    const { sentence, next } = refusal(code, '7');
    for (const words of [sentence, next]) {
      expect(words).toMatch(/^[A-Z0-9`].*[.7]$/);
      expect(words).not.toContain('{');
    }
  });

  it.each(
    examples.filter(({ type, code }) =>
      decisions[type].rules.some((rule) => rule.code === code && rule.detail),
    ),
  )('$type / $code fills in its detail', (example) => {
    const verdict = example.decide();
    const filled = verdict.ok ? '' : `${verdict.refusal.sentence} ${verdict.refusal.next}`;
    const empty = refusal(example.code);
    expect(filled).not.toBe(`${empty.sentence} ${empty.next}`);
  });
});
