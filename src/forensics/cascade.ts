import type { Analysis } from '../domain/session/analysis.ts';
import { isWrite } from './flags/rule.ts';
import type { Observed } from './observe.ts';
import { normal, tokensOf } from './text/text.ts';
import { leavesOf } from './values/values.ts';

/** The last step where the session said or did something to the outside: where a person would notice. */
export const symptomOf = ({ byNumber, context }: Observed, origin: number | null): number | null => {
  const after = byNumber.filter((r) => origin === null || r.step.stepNumber >= origin);
  const wrote = after.findLast(
    (r) =>
      r.step.tool &&
      context.tools &&
      isWrite(context.tools, r.step.tool.name) &&
      r.step.tool.status !== 'error',
  );
  const spoke = after.findLast((r) => r.step.kind === 'llm' && r.said !== '');
  return (spoke ?? wrote ?? after.at(-1))?.step.stepNumber ?? null;
};

const MAX_PATH = 60;
/**
 * From the origin to the symptom: the steps that used something the origin brought in, the changes made on the way, and
 * the step where it shows. Increasing.
 */
export const cascadeOf = (
  observed: Observed,
  origin: number | null,
  symptom: number | null,
): Analysis['cascadePath'] => {
  if (origin === null || symptom === null) return [];
  const path = new Set([origin]);
  for (const { step, said, calls, modelStep } of observed.byNumber.slice(origin, symptom)) {
    const text = [said, ...calls.flatMap((c) => leavesOf(c.args).map((l) => String(l.value)))].join('\n');
    const uses = tokensOf(text).some(
      (t) => normal(t.text).length > 2 && observed.ledger.first(t.text)?.step === origin,
    );
    const changes =
      step.tool !== null && isWrite(observed.context.tools, step.tool.name) && step.tool.status !== 'error';
    if (uses || changes) path.add(step.stepNumber);
    if (changes && modelStep > origin) path.add(modelStep);
  }
  path.add(symptom);
  const steps = [...path].toSorted((a, b) => a - b);
  return steps.length <= MAX_PATH ? steps : [...steps.slice(0, MAX_PATH - 1), symptom];
};
