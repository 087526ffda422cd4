import type { Session } from '../../domain/session/session.ts';
import type { Step } from '../../domain/session/step.ts';
import { completenessOf, noteOf, type SpanNote } from '../../forensics/read/completeness.ts';
import { inStepOrder } from '../../forensics/read/order.ts';
import type { RawSpan } from '../../forensics/read/raw-span.ts';
import { sessionFromSpans } from '../../forensics/read/session.ts';

const keyOf = ({ traceId, spanId }: { traceId: string; spanId: string }): string => `${traceId}/${spanId}`;

/**
 * The session of a seal. Numbers that an earlier seal gave stand, whatever arrives later; new steps get the numbers
 * after them, in step order. A step that the source has lost since is kept as it was sealed.
 */
export const numberSteps = (
  spans: readonly RawSpan[],
  options: { sessionId: string; warnings: string[]; limits?: string[] },
  earlier: Session | null,
): Session => {
  const session = sessionFromSpans([...spans], options);
  if (!earlier) return session;
  const frozen = new Map(earlier.steps.map((step) => [keyOf(step), step.stepNumber]));
  const highest = earlier.steps.reduce((most, { stepNumber }) => Math.max(most, stepNumber), 0);
  let next = highest;
  const numbered = new Map(
    session.steps.map((step) => [keyOf(step), frozen.get(keyOf(step)) ?? (next += 1)]),
  );
  const lost = earlier.steps.filter((step) => !numbered.has(keyOf(step)));
  const steps = [
    ...session.steps.map((step) => ({ ...step, stepNumber: numbered.get(keyOf(step)) ?? 0 })),
    ...lost,
  ];
  steps.sort((a, b) => a.stepNumber - b.stepNumber);
  const warnings = lost.length > 0 ? [...options.warnings, lostSentence(lost)] : options.warnings;
  return { ...session, steps, completeness: completenessAs(steps, spans, warnings, options.limits) };
};

const lostSentence = (lost: readonly Step[]): string =>
  `${lost.length} steps of an earlier seal (first: ${lost[0]?.stepNumber}) are no longer in the source and stand as they were sealed`;

/** The report counts places in the list: spans stand where their steps do. Lost steps leave holes, which it skips. */
const completenessAs = (
  steps: Step[],
  raw: readonly RawSpan[],
  warnings: string[],
  limits?: string[],
): Session['completeness'] => {
  const ordered = inStepOrder([...raw]);
  const placeOf = new Map(steps.map((step, place) => [keyOf(step), place]));
  const notes = new Array<SpanNote>(steps.length);
  for (const span of ordered.spans) {
    const place = placeOf.get(keyOf(span));
    if (place !== undefined) notes[place] = noteOf(span);
  }
  return completenessOf(steps, ordered, notes, warnings, limits);
};
