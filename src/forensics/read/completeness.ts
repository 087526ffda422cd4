import type { Completeness } from '../../domain/session/session.ts';
import type { Step } from '../../domain/session/step.ts';
import { get, getText } from './attributes.ts';
import { looksCut } from './json.ts';
import type { Ordered } from './order.ts';
import type { RawSpan } from './raw-span.ts';

type Check = { field: string; lacks: (step: Step, span: RawSpan) => boolean };
const sessionField: Check = {
  field: 'session_id',
  lacks: (_, span) => getText(span.attributes, 'session') === null,
};
const stepField: Check = { field: 'agent.step', lacks: (s) => s.emittedStep === null };

/** Runbook, "Required trace fields per LLM call"; the content of the call is ours. `agent.anomaly` is null when clean. */
const MODEL_CALL: Check[] = [
  sessionField,
  stepField,
  { field: 'gen_ai.request.model', lacks: (s) => s.model === null },
  { field: 'gen_ai.usage.input_tokens', lacks: (s) => s.inputTokens === null },
  { field: 'gen_ai.usage.output_tokens', lacks: (s) => s.outputTokens === null },
  { field: 'step_summary', lacks: (s) => s.summary === null },
  { field: 'prompt', lacks: (s) => s.messagesIn === null },
  { field: 'completion', lacks: (s) => s.messagesOut === null },
];
/** Runbook, "Required trace fields per tool call". */
const TOOL_CALL: Check[] = [
  sessionField,
  stepField,
  { field: 'tool.name', lacks: (s) => (s.tool?.name ?? '') === '' },
  { field: 'tool.input', lacks: (s) => s.tool?.args === undefined },
  { field: 'tool.status', lacks: (_, span) => getText(span.attributes, 'toolStatus') === null },
  // An answer without fields names none, which is said too.
  { field: 'tool.output_fields', lacks: (_, span) => get(span.attributes, 'outputFields') === undefined },
  { field: 'tool.latency_ms', lacks: (s) => (s.tool?.latencyMs ?? null) === null },
  { field: 'tool.output', lacks: (s) => s.tool?.result === undefined },
];
/** What an analysis cannot do without. The other fields are reported and do not make a session incomplete. */
const CONTENT = new Set(['prompt', 'completion', 'tool.input', 'tool.output']);

const NAMED_FIRST = 5;
const missingOf = (steps: Step[], spans: RawSpan[]): Completeness['missingFields'] => {
  const rows = new Map<string, Completeness['missingFields'][number]>();
  steps.forEach((step, i) => {
    const span = spans[i];
    const checks = step.kind === 'llm' ? MODEL_CALL : step.kind === 'tool' ? TOOL_CALL : [];
    for (const { field } of span ? checks.filter((c) => c.lacks(step, span)) : []) {
      const key = `${step.kind}/${field}`;
      const row = rows.get(key) ?? { field, kind: step.kind, steps: 0, first: [] };
      row.steps += 1;
      if (row.first.length < NAMED_FIRST) row.first.push(step.stepNumber);
      rows.set(key, row);
    }
  });
  return [...rows.values()];
};

const CUT_MARK = /(?:\.\.\.|…|\[truncated\]|<truncated>|\(truncated\))\s*$/i;
const cutOf = (spans: RawSpan[]): Completeness['truncated'] =>
  spans.flatMap((span, i) =>
    Object.entries(span.attributes)
      .filter(
        ([key, v]) =>
          span.cut?.includes(key) ||
          (typeof v === 'string' &&
            v.length > 40 &&
            (looksCut(v) || (v.length >= 1000 && CUT_MARK.test(v.slice(-20)) && !key.includes('summary')))),
      )
      .map(([field]) => ({ step: i + 1, field })),
  );

const list = (steps: number[]): string =>
  `${steps.slice(0, NAMED_FIRST).join(', ')}${steps.length > NAMED_FIRST ? ', …' : ''}`;

const warningsOf = (steps: Step[], ordered: Ordered, missing: Completeness['missingFields']): string[] => {
  const out = [...ordered.warnings];
  const open = steps.filter((s) => s.endedAtMs === null).map((s) => s.stepNumber);
  if (open.length > 0)
    out.push(
      `${open.length} steps have not ended (${list(open)}): the session may still be running or was cut off`,
    );
  const dropped = ordered.spans.flatMap((s, i) => (s.dropped > 0 ? [i + 1] : []));
  if (dropped.length > 0)
    out.push(`the exporter dropped attributes, events or links at steps ${list(dropped)}`);
  const skewed = steps
    .filter((s) => s.endedAtMs !== null && s.endedAtMs < s.startedAtMs)
    .map((s) => s.stepNumber);
  if (skewed.length > 0)
    out.push(`steps ${list(skewed)} end before they start: clocks disagree, so the order may be wrong`);
  if (ordered.orphans.length > 0)
    out.push(`${ordered.orphans.length} spans name a parent that was not exported`);
  for (const m of missing.filter((x) => CONTENT.has(x.field)))
    out.push(`${m.field} was not captured at ${m.steps} ${m.kind} steps (${list(m.first)})`);
  const answered = new Set(
    steps
      .flatMap((s) => [s.tool?.callId, ...(s.messagesIn ?? []).map((m) => m.toolResult?.callId)])
      .filter(Boolean),
  );
  const silent = steps.filter((s) =>
    (s.messagesOut ?? []).some((m) =>
      (m.toolCalls ?? []).some((c) => c.callId !== null && !answered.has(c.callId)),
    ),
  );
  // A stop lands between a model call and its tool call: that call never happened, so no answer is missing.
  const halted = ordered.spans.some((s) => s.attributes['holdpoint.session.halted'] !== undefined);
  const last = halted ? steps.findLast((s) => s.kind === 'llm')?.stepNumber : undefined;
  const chats = silent.filter((s) => s.kind === 'llm' && s.stepNumber !== last).map((s) => s.stepNumber);
  if (chats.length > 0) out.push(`tool calls asked for at steps ${list(chats)} have no recorded answer`);
  if (steps.length === 0) out.push('the trace holds no spans');
  else if (!steps.some((s) => s.kind === 'llm')) out.push('the trace holds no model calls');
  return out;
};

/**
 * What is missing, cut or orphaned. `complete` means that nothing an analysis needs is known to be missing; what the
 * source cannot tell of any session stands in `limits`.
 */
export const completenessOf = (
  steps: Step[],
  ordered: Ordered,
  read: string[],
  limits: string[] = [],
): Completeness => {
  const missingFields = missingOf(steps, ordered.spans);
  const truncated = cutOf(ordered.spans);
  const warnings = [...new Set([...read, ...warningsOf(steps, ordered, missingFields)])];
  if (truncated.length > 0)
    warnings.push(`${truncated.length} attributes were cut (${list(truncated.map((t) => t.step))})`);
  return {
    complete: warnings.length === 0,
    steps: steps.length,
    missingFields,
    orphanSpans: ordered.orphans,
    duplicateSpans: ordered.duplicates,
    truncated,
    warnings,
    limits,
  };
};
