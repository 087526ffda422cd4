import { SessionOutcome } from '../../domain/session/outcome.ts';
import type { Session } from '../../domain/session/session.ts';
import { createAsked } from './asked.ts';
import { getNumber, getText } from './attributes.ts';
import { completenessOf } from './completeness.ts';
import { inStepOrder } from './order.ts';
import type { RawSpan } from './raw-span.ts';
import { stepOf } from './step.ts';

/**
 * All spans of a session, every trace of it, in any order → the session. Steps are numbered from 1 by start time, a
 * parent before its children, then by span id. `warnings` are those of reading the source, `limits` what it cannot keep;
 * both go into the report.
 */
export const sessionFromSpans = (
  spans: RawSpan[],
  options: { sessionId?: string; warnings?: string[]; limits?: string[] } = {},
): Session => {
  const ordered = inStepOrder(spans);
  const firstOf = <T extends string>(read: (span: RawSpan) => T | null): T | null => {
    for (const span of ordered.spans) {
      const value = read(span);
      if (value !== null) return value;
    }
    return null;
  };
  const sessionId =
    options.sessionId ??
    firstOf((s) => getText(s.attributes, 'conversation')) ??
    ordered.spans[0]?.traceId ??
    'unknown';
  const asked = createAsked();
  const steps = ordered.spans.map((span, i) => asked(stepOf(span, i + 1, sessionId)));
  const budgets = ordered.spans
    .map((s) => getNumber(s.attributes, 'budget'))
    .filter((b) => b !== null && b > 0);
  return {
    sessionId,
    agent:
      steps.find((s) => s.agent !== null)?.agent ??
      firstOf((s) => getText(s.resource, 'agent') ?? serviceOf(s)),
    steps,
    tokenBudget: budgets[0] ?? null,
    outcome: firstOf(outcomeOf),
    completeness: completenessOf(steps, ordered, options.warnings ?? [], options.limits),
  };
};

const outcomeOf = (span: RawSpan): Session['outcome'] =>
  SessionOutcome.safeParse(span.attributes['holdpoint.session.outcome']).data ?? null;

const serviceOf = (span: RawSpan): string | null => {
  const name = span.resource['service.name'];
  return typeof name === 'string' ? name : null;
};
