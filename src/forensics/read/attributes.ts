import type { Attributes, AttrValue } from './raw-span.ts';

/** Attribute names of one meaning, preferred first: OpenTelemetry GenAI (new, old), OpenInference, Langfuse, runbook. */
export const NAMES = {
  session: [
    'session.id',
    'gen_ai.conversation.id',
    'langfuse.session.id',
    'session_id',
    'traceloop.association.properties.session_id',
  ],
  conversation: [
    'gen_ai.conversation.id',
    'session.id',
    'langfuse.session.id',
    'session_id',
    'traceloop.association.properties.session_id',
  ],
  operation: ['gen_ai.operation.name'],
  otherKind: ['openinference.span.kind', 'langfuse.observation.type', 'traceloop.span.kind'],
  agent: ['gen_ai.agent.name', 'agent.name', 'graph.node.id'],
  model: [
    'gen_ai.response.model',
    'gen_ai.request.model',
    'llm.model_name',
    'langfuse.observation.model.name',
  ],
  inputTokens: [
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
    'llm.token_count.prompt',
    'llm.usage.prompt_tokens',
  ],
  outputTokens: [
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
    'llm.token_count.completion',
    'llm.usage.completion_tokens',
  ],
  cost: ['gen_ai.usage.cost', 'llm.cost.total', 'llm.usage.cost'],
  system: ['gen_ai.system_instructions', 'gen_ai.system.instructions'],
  input: [
    'gen_ai.input.messages',
    'gen_ai.prompt',
    'input.value',
    'langfuse.observation.input',
    'traceloop.entity.input',
  ],
  output: [
    'gen_ai.output.messages',
    'gen_ai.completion',
    'output.value',
    'langfuse.observation.output',
    'traceloop.entity.output',
  ],
  toolName: ['gen_ai.tool.name', 'tool.name', 'tool_call.function.name'],
  callId: ['gen_ai.tool.call.id', 'tool_call.id', 'tool.call_id', 'tool.id'],
  toolArgs: [
    'gen_ai.tool.call.arguments',
    'tool.input',
    'tool_call.function.arguments',
    'input.value',
    'langfuse.observation.input',
    'traceloop.entity.input',
    'tool.parameters',
  ],
  toolResult: [
    'gen_ai.tool.call.result',
    'tool.output',
    'tool.result',
    'output.value',
    'langfuse.observation.output',
    'traceloop.entity.output',
  ],
  toolStatus: ['tool.status'],
  outputFields: ['tool.output_fields'],
  latency: ['tool.latency_ms'],
  step: ['agent.step'],
  anomaly: ['agent.anomaly'],
  summary: ['step_summary', 'agent.step_summary'],
  objective: ['agent.objective', 'agent.goal'],
  budget: ['holdpoint.session.token_budget', 'session.token_budget'],
  error: ['error.type', 'exception.message', 'langfuse.observation.status_message'],
} as const;
export type Meaning = keyof typeof NAMES;

/** The first attribute of a meaning that is present. */
export const get = (attributes: Attributes, meaning: Meaning): AttrValue | undefined => {
  for (const name of NAMES[meaning]) {
    const value = attributes[name];
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
};

export const getText = (attributes: Attributes, meaning: Meaning): string | null => {
  const value = get(attributes, meaning);
  return typeof value === 'string' ? value || null : typeof value === 'number' ? String(value) : null;
};

export const getNumber = (attributes: Attributes, meaning: Meaning): number | null => {
  const value = get(attributes, meaning);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : null;
};
