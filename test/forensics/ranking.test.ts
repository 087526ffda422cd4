import fc from 'fast-check';
import { longSession, toolsOf } from '../../bench/long-session.ts';
import { analyse, contextOf } from '../../src/forensics/analyse.ts';
import { observe } from '../../src/forensics/observe.ts';
import { hypotheses, NOTHING, type Hypothesis } from '../../src/forensics/origin.ts';
import { sessionFromSpans } from '../../src/forensics/read/session.ts';

const CLOSE = 0.15;
const empty = sessionFromSpans([]);
const observed = observe(empty, contextOf(empty, {}));
const hypothesis = ({ step, score }: { step: number; score: number }, i: number): Hypothesis => ({
  kind: 'drift',
  mode: 'tool_misfire',
  step,
  score,
  reason: `no. ${i}`,
  citations: [],
  subject: NOTHING,
});

/** The rule as it is said: of those about as likely as the best that is left, the earliest. */
const byTheRule = (all: Hypothesis[]): Hypothesis[] => {
  const rest = all.toSorted((a, b) => b.score - a.score || a.step - b.step);
  const out: Hypothesis[] = [];
  while (rest.length > 0) {
    const close = rest.filter(({ score }) => score >= (rest[0]?.score ?? 0) - CLOSE);
    const next = close.reduce((a, b) => (b.step < a.step ? b : a));
    rest.splice(rest.indexOf(next), 1);
    if (!out.some(({ step }) => step === next.step)) out.push(next);
  }
  return out;
};

it('ranks candidates by the rule, however many are about as likely', () => {
  const found = fc.record({
    step: fc.integer({ min: 1, max: 30 }),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(found, { maxLength: 60 }), (all) => {
      const given = all.map(hypothesis);
      expect(hypotheses(observed, [() => given])).toEqual(byTheRule(given));
    }),
  );
});

it('ranks tens of thousands of candidates', () => {
  const given = Array.from({ length: 90_000 }, (_, i) => hypothesis({ step: 90_000 - i, score: 0.92 }, i));
  const ranked = hypotheses(observed, [() => given]);
  expect(ranked).toHaveLength(90_000);
  expect(ranked.slice(0, 3).map(({ step }) => step)).toEqual([1, 2, 3]);
});

it('lists the first thousand findings of a flag and severity and counts the others', () => {
  const spans = longSession({ sessionId: 's', agent: 'a', steps: 4_000, actions: 40, tools: 4 });
  const session = sessionFromSpans([...spans]);
  const { findings, findingsLeftOut = 0 } = analyse(session, { tools: toolsOf(4) });
  const warned = findings.filter(({ severity }) => severity === 'warning');
  expect(warned).toHaveLength(1_000);
  expect(findings).toEqual(findings.toSorted((a, b) => a.step - b.step));
  expect(findings.filter(({ severity }) => severity === 'critical').length).toBeGreaterThan(0);
  const all = observe(session, contextOf(session, { tools: toolsOf(4) })).findings;
  expect(findings.length + findingsLeftOut).toBe(all.length);
});
