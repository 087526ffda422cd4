import { SessionOutcome } from '../domain/session/outcome.ts';
import type { Step } from '../domain/session/step.ts';
import { compareNanos } from '../forensics/read/order.ts';
import type { RawSpan } from '../forensics/read/raw-span.ts';

export interface SessionTotals {
  startedAtMs: number;
  endedAtMs: number;
  spans: number;
  modelCalls: number;
  toolCalls: number;
  toolErrors: number;
  tokens: number;
  costUsd: number | null;
  outcome: SessionOutcome | null;
}

/** Counts a session's spans as they come, and sees whether they come in order and whether it is over. */
export interface Counter {
  count(span: RawSpan, step: Step): void;
  readonly totals: SessionTotals;
  readonly isInOrder: boolean;
  readonly isOver: boolean;
}

const outcomeOf = ({ attributes }: RawSpan): SessionOutcome | null => {
  const said = attributes['holdpoint.session.outcome'];
  return said === undefined ? null : (SessionOutcome.safeParse(said).data ?? null);
};

export const createCounter = (): Counter => {
  const totals: SessionTotals = {
    startedAtMs: Infinity,
    endedAtMs: 0,
    spans: 0,
    modelCalls: 0,
    toolCalls: 0,
    toolErrors: 0,
    tokens: 0,
    costUsd: null,
    outcome: null,
  };
  let [isInOrder, isOver, latestStart] = [true, false, '0'];

  const addCall = (step: Step): void => {
    if (step.kind === 'llm') {
      totals.modelCalls += 1;
      totals.tokens += (step.inputTokens ?? 0) + (step.outputTokens ?? 0);
      if (step.costUsd !== null) totals.costUsd = (totals.costUsd ?? 0) + step.costUsd;
    }
    if (step.tool) {
      totals.toolCalls += 1;
      if (step.tool.status === 'error') totals.toolErrors += 1;
    }
  };

  return {
    totals,
    count: (span, step) => {
      totals.spans += 1;
      totals.startedAtMs = Math.min(totals.startedAtMs, step.startedAtMs);
      totals.endedAtMs = Math.max(totals.endedAtMs, step.endedAtMs ?? step.startedAtMs);
      addCall(step);
      const said = outcomeOf(span);
      totals.outcome ??= said;
      if (said !== null || (span.parentSpanId === null && span.endNano !== null)) isOver = true;
      // An agent's own span encloses its steps and ends last; its place says nothing about them.
      if (step.kind === 'agent' && step.messagesIn === null && step.messagesOut === null) return;
      const order = compareNanos(span.startNano, latestStart);
      if (order < 0) isInOrder = false;
      if (order > 0) latestStart = span.startNano;
    },
    get isInOrder() {
      return isInOrder;
    },
    get isOver() {
      return isOver;
    },
  };
};
