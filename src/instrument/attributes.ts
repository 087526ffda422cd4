import { toParts } from './messages.ts';
import { readModelAnswer, summaryOf, type ModelAnswer } from './model-answer.ts';
import type { SessionOutcome as Outcome } from '../domain/session/outcome-labels.ts';
import type { Attributes } from './otel.ts';
import type { CallOutcome } from './recorder.ts';
import { jsonText, redacted, type Redact } from './redact.ts';
import { contractBreaches, outputFields, statusOf, type ResultContract } from './tool-result.ts';

export interface ModelCall<T> {
  /** The exact model version asked for. */
  model: string;
  provider?: string | undefined;
  /** What the model is given, in OpenAI, Anthropic or semantic-convention form. */
  messages: readonly unknown[];
  system?: string | undefined;
  /** What the agent says that it is doing at this step, where that changes. Default: the session's objective. */
  objective?: string | undefined;
  /** What the agent remembers at this step: a plan, a scratchpad, variables. */
  state?: unknown;
  /** Reads an answer of another shape than OpenAI's or Anthropic's. */
  read?: ((answer: T) => ModelAnswer) | undefined;
}

export interface ToolCallInfo {
  name: string;
  args: unknown;
  callId?: string | undefined;
  /** What the agent remembers at this step. */
  state?: unknown;
  /** Overrides `stopSwitch.irreversibleTools` for this call. */
  irreversible?: boolean | undefined;
  /** The documented fields of the response; a breach is recorded as drift. */
  contract?: ResultContract | undefined;
}

interface ModelContext {
  redact: Redact | undefined;
  objective: string;
  tokenBudget: number | undefined;
}

const json = (
  redact: Redact | undefined,
  field: Parameters<Redact>[0],
  value: unknown,
  tool: string | null = null,
) => jsonText(redacted(redact, field, value, tool));

const stateOf = (redact: Redact | undefined, state: unknown, tool: string | null): string | undefined =>
  state === undefined ? undefined : json(redact, 'state', state, tool);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A model call that threw has no output, which is not the same as an output that was not recorded. */
const failedModel = (error: unknown, redact: Redact | undefined): Attributes => ({
  'gen_ai.output.messages': '[]',
  step_summary: `The model did not answer: ${String(redacted(redact, 'error', messageOf(error), null))}`,
  'agent.anomaly': '',
});

/** OpenTelemetry GenAI semantic conventions, and the runbook's required fields per LLM call. */
export const modelAttributes = {
  before: <T>(call: ModelCall<T>, { redact, objective, tokenBudget }: ModelContext): Attributes => {
    const { system, messages } = toParts(call.messages);
    const instructions = [
      ...(call.system === undefined ? [] : [{ type: 'text', content: call.system }]),
      ...system,
    ];
    return {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': call.provider ?? 'unknown',
      'gen_ai.request.model': call.model,
      'gen_ai.system_instructions':
        instructions.length > 0 ? json(redact, 'system', instructions) : undefined,
      'gen_ai.input.messages': json(redact, 'messages.in', messages),
      'agent.objective':
        call.objective === undefined
          ? objective
          : String(redacted(redact, 'objective', call.objective, null)),
      'agent.state': stateOf(redact, call.state, null),
      'holdpoint.session.token_budget': tokenBudget,
    };
  },
  after: <T>(call: ModelCall<T>, outcome: CallOutcome<T>, redact: Redact | undefined): Attributes => {
    if (!outcome.ok) return failedModel(outcome.error, redact);
    const answer = (call.read ?? readModelAnswer)(outcome.result);
    const finish = answer.finishReasons ?? [];
    return {
      'gen_ai.response.model': answer.model,
      'gen_ai.response.id': answer.responseId,
      'gen_ai.response.finish_reasons': finish.length > 0 ? finish : undefined,
      'gen_ai.usage.input_tokens': answer.inputTokens,
      'gen_ai.usage.output_tokens': answer.outputTokens,
      'gen_ai.usage.cache_read.input_tokens': answer.cachedInputTokens,
      'gen_ai.output.messages':
        answer.output === undefined ? undefined : json(redact, 'messages.out', answer.output),
      step_summary: String(redacted(redact, 'summary', summaryOf(answer), null)),
      'agent.anomaly': answer.anomaly ?? '',
    };
  },
};

/** A tool that threw answered with its error: that is the response which the model goes on from. */
const failedTool = (call: ToolCallInfo, error: unknown, redact: Redact | undefined): Attributes => {
  const text = redacted(redact, 'error', messageOf(error), call.name);
  return {
    'tool.status': 'error',
    'tool.output_fields': 'error',
    'gen_ai.tool.call.result': jsonText({ error: text }),
    'agent.anomaly': '',
  };
};

/** The same of a tool call: arguments and response with their field names, status and latency. */
export const toolAttributes = {
  before: (call: ToolCallInfo, redact: Redact | undefined): Attributes => ({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': call.name,
    'gen_ai.tool.call.id': call.callId,
    'gen_ai.tool.call.arguments': json(redact, 'tool.arguments', call.args, call.name),
    'agent.state': stateOf(redact, call.state, call.name),
  }),
  after: (call: ToolCallInfo, outcome: CallOutcome<unknown>, redact: Redact | undefined): Attributes => {
    const latency = { 'tool.latency_ms': Math.round(outcome.latencyMs * 100) / 100 };
    if (!outcome.ok) return { ...latency, ...failedTool(call, outcome.error, redact) };
    const { result } = outcome;
    const status = statusOf(result, call.contract);
    const breaches = call.contract === undefined ? null : contractBreaches(result, call.contract);
    return {
      ...latency,
      'tool.status': status,
      'tool.output_fields': outputFields(result).join(','),
      'tool.unexpected_fields': breaches?.unexpected.join(',') || undefined,
      'gen_ai.tool.call.result': json(redact, 'tool.result', result, call.name),
      'agent.anomaly': status === 'schema_drift' ? 'TOOL_SCHEMA_DRIFT' : '',
    };
  },
};

/** What the session's own span says; `halted` where Holdpoint paused or stopped it before its end. */
export const rootAttributes = (session: {
  objective: string;
  tokenBudget: number | undefined;
  outcome: Outcome | undefined;
  halted: 'paused' | 'stopped' | undefined;
}): Attributes => ({
  'agent.objective': session.objective,
  'agent.anomaly': '',
  'holdpoint.session.token_budget': session.tokenBudget,
  'holdpoint.session.outcome': session.outcome,
  'holdpoint.session.halted': session.halted,
});
