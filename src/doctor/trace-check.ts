import { readSession } from '../activities/baseline.ts';
import type { Session } from '../domain/session/session.ts';
import type { StepKind } from '../domain/session/step.ts';
import type { SpanStore } from '../store/port.ts';
import type { TraceCheck } from './trace-check-answer.ts';

export { TraceCheck } from './trace-check-answer.ts';

const WEEK_MS = 7 * 86_400_000;
const FUTURE_MS = 60_000;

/** Null when the agent sent no session within seven days. */
export async function newestSession(
  spans: Pick<SpanStore, 'findSessions' | 'sessionSpans'>,
  agent: string,
  nowMs: number,
): Promise<Session | null> {
  const window = { fromMs: nowMs - WEEK_MS, toMs: nowMs + FUTURE_MS, entityId: null, limit: 1 };
  const [newest] = await spans.findSessions(agent, window);
  return newest ? readSession(spans, newest.sessionId, { agent }) : null;
}

export const checkOf = ({ sessionId, steps, outcome, tokenBudget, completeness }: Session): TraceCheck => {
  const count = (kind: StepKind): number => steps.filter((step) => step.kind === kind).length;
  return {
    sessionId,
    steps: steps.length,
    modelCalls: count('llm'),
    toolCalls: count('tool'),
    outcome,
    tokenBudget,
    missingFields: completeness.missingFields.map(({ field, kind, steps: n }) => ({ field, kind, steps: n })),
    warnings: completeness.warnings,
  };
};

/** What each missing field costs, and how it comes to be sent. */
const REMEDIES: Readonly<Record<string, string>> = {
  session_id: 'set session.id on every span: without it the session falls apart',
  'agent.step': 'steps are numbered by time instead',
  step_summary: "the model's first words are read instead",
  'gen_ai.request.model': 'set the exact model version',
  'gen_ai.usage.input_tokens':
    'without tokens there is no budget and no cost: ask the model client for usage',
  'gen_ai.usage.output_tokens':
    'without tokens there is no budget and no cost: ask the model client for usage',
  prompt: 'let the instrumentation record message content: nothing can be traced back without it',
  completion: 'let the instrumentation record message content: nothing can be traced back without it',
  'tool.name': 'without a name a tool counts as unknown and irreversible',
  'tool.input': 'let the instrumentation record arguments: reversals are made from them',
  'tool.output': 'let the instrumentation record results: a renamed field is seen in them',
  'tool.status': 'the status is read from the result instead',
  'tool.output_fields': 'the field names are read from the result instead',
  'tool.latency_ms': "the span's own duration is read instead",
};

/** The check as lines for a person. */
export const linesOf = (check: TraceCheck): string[] => {
  const { sessionId, steps, modelCalls, toolCalls, outcome, tokenBudget } = check;
  const counts = `${steps} steps, ${modelCalls} model calls, ${toolCalls} tool calls`;
  const lacking = check.missingFields.map(
    ({ field, kind, steps: n }) =>
      `lacks ${field} at ${n} ${kind === 'llm' ? 'model' : kind} calls: ${REMEDIES[field] ?? 'send it'}`,
  );
  return [
    `session ${sessionId}: ${counts}`,
    outcome === null ? 'no outcome yet: end the session with one of the five labels' : `outcome ${outcome}`,
    ...(tokenBudget === null ? ['no token budget: a cost runaway is seen against the baseline only'] : []),
    ...(toolCalls === 0 && modelCalls > 0 ? ['no tool calls: actions cannot be found or reversed'] : []),
    ...(lacking.length === 0 ? ['every required field is there'] : lacking),
    ...check.warnings,
  ];
};
