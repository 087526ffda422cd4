import type { Completeness } from '../../domain/session/session.ts';
import type { Step } from '../../domain/session/step.ts';
import { get, getText } from './attributes.ts';
import { inCausalOrder } from './causal-order.ts';
import { looksCut } from './json.ts';
import type { Ordered } from './order.ts';
import type { AttrValue, RawSpan } from './raw-span.ts';

/** What the report needs of a span beside its step. */
export interface SpanNote {
  namesSession: boolean;
  saysStatus: boolean;
  saysFields: boolean;
  /** A stop was noted on it. */
  isHalted: boolean;
  /** Attributes, events and links that the exporter says it dropped. */
  dropped: number;
  /** Names of attributes that were cut. */
  cut: string[];
}

type Check = { field: string; lacks: (step: Step, note: SpanNote) => boolean };
const sessionField: Check = { field: 'session_id', lacks: (_, note) => !note.namesSession };
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
  { field: 'tool.status', lacks: (_, note) => !note.saysStatus },
  // An answer without fields names none, which is said too.
  { field: 'tool.output_fields', lacks: (_, note) => !note.saysFields },
  { field: 'tool.latency_ms', lacks: (s) => (s.tool?.latencyMs ?? null) === null },
  { field: 'tool.output', lacks: (s) => s.tool?.result === undefined },
];
/** What an analysis cannot do without. The other fields are reported and do not make a session incomplete. */
const CONTENT = new Set(['prompt', 'completion', 'tool.input', 'tool.output']);

const NAMED_FIRST = 5;
const missingOf = (steps: Step[], notes: SpanNote[]): Completeness['missingFields'] => {
  const rows = new Map<string, Completeness['missingFields'][number]>();
  steps.forEach((step, i) => {
    const note = notes[i];
    const checks = step.kind === 'llm' ? MODEL_CALL : step.kind === 'tool' ? TOOL_CALL : [];
    for (const { field } of note ? checks.filter((c) => c.lacks(step, note)) : []) {
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
const isCut = (name: string, value: AttrValue): boolean =>
  typeof value === 'string' &&
  value.length > 40 &&
  (looksCut(value) || (value.length >= 1000 && CUT_MARK.test(value.slice(-20)) && !name.includes('summary')));

/** To be made right after the step of the span: what was parsed for it need not be parsed again. */
export const noteOf = ({ attributes, cut, dropped }: RawSpan): SpanNote => ({
  namesSession: getText(attributes, 'session') !== null,
  saysStatus: getText(attributes, 'toolStatus') !== null,
  saysFields: get(attributes, 'outputFields') !== undefined,
  isHalted: attributes['holdpoint.session.halted'] !== undefined,
  dropped,
  cut: Object.keys(attributes).filter((name) => cut?.includes(name) || isCut(name, attributes[name] ?? null)),
});

const list = (steps: number[]): string =>
  `${steps.slice(0, NAMED_FIRST).join(', ')}${steps.length > NAMED_FIRST ? ', …' : ''}`;

/** Ids of the calls that some step answers. Of a message that is heard again and again the same object is there. */
const answeredIn = (steps: Step[]): Set<string> => {
  const answered = new Set<string>();
  const enter = (callId: string | null | undefined): void => {
    if (typeof callId === 'string' && callId !== '') answered.add(callId);
  };
  for (const { tool, messagesIn } of steps) {
    enter(tool?.callId);
    for (const { toolResult } of messagesIn ?? []) enter(toolResult?.callId);
  }
  return answered;
};

const warningsOf = (
  steps: Step[],
  ordered: Omit<Ordered, 'spans'>,
  notes: SpanNote[],
  missing: Completeness['missingFields'],
): string[] => {
  const out = [...ordered.warnings];
  const open = steps.filter((s) => s.endedAtMs === null).map((s) => s.stepNumber);
  if (open.length > 0)
    out.push(
      `${open.length} steps have not ended (${list(open)}): the session may still be running or was cut off`,
    );
  const dropped = notes.flatMap((note, i) => (note.dropped > 0 ? [i + 1] : []));
  if (dropped.length > 0)
    out.push(`the exporter dropped attributes, events or links at steps ${list(dropped)}`);
  const skewed = steps
    .filter((s) => s.endedAtMs !== null && s.endedAtMs < s.startedAtMs)
    .map((s) => s.stepNumber);
  if (skewed.length > 0)
    out.push(`steps ${list(skewed)} end before they start: clocks disagree, so the order may be wrong`);
  const { moved } = inCausalOrder(steps);
  if (moved.length > 0)
    out.push(
      `tool calls at steps ${list(moved)} have times before they were asked for, or after their answer was told: clocks disagree`,
    );
  if (ordered.orphans.length > 0)
    out.push(`${ordered.orphans.length} spans name a parent that was not exported`);
  for (const m of missing.filter((x) => CONTENT.has(x.field)))
    out.push(`${m.field} was not captured at ${m.steps} ${m.kind} steps (${list(m.first)})`);
  const answered = answeredIn(steps);
  const silent = steps.filter((s) =>
    (s.messagesOut ?? []).some((m) =>
      (m.toolCalls ?? []).some((c) => c.callId !== null && !answered.has(c.callId)),
    ),
  );
  // A stop lands between a model call and its tool call: that call never happened, so no answer is missing.
  const halted = notes.some((note) => note.isHalted);
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
  ordered: Omit<Ordered, 'spans'>,
  /** A hole where a step has no span. */
  notes: SpanNote[],
  read: string[],
  limits: string[] = [],
): Completeness => {
  const missingFields = missingOf(steps, notes);
  const truncated = notes.flatMap((note, i) => note.cut.map((field) => ({ step: i + 1, field })));
  const warnings = [...new Set([...read, ...warningsOf(steps, ordered, notes, missingFields)])];
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
