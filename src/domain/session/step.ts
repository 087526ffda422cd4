import { z } from 'zod';

/** What a step is: one model call, tool call, retrieval or agent call. OpenTelemetry GenAI `gen_ai.operation.name`. */
export const StepKind = z.enum(['llm', 'tool', 'retrieval', 'agent', 'other']);
export type StepKind = z.infer<typeof StepKind>;

/** Runbook, required trace fields per tool call. `unknown`: no answer was captured, which never reads as clean. */
export const ToolStatus = z.enum(['ok', 'error', 'empty', 'schema_drift', 'unknown']);
export type ToolStatus = z.infer<typeof ToolStatus>;

/** A message as it was recorded; `content` is the text, tool calls and tool answers beside it. */
export const Message = z.object({
  role: z.string(),
  content: z.string(),
  toolCalls: z
    .array(z.object({ callId: z.string().nullable(), name: z.string(), args: z.unknown() }))
    .optional(),
  toolResult: z.object({ callId: z.string().nullable(), result: z.unknown() }).optional(),
});
export type Message = z.infer<typeof Message>;

/** The tool part of a tool step. `args` and `result` are parsed JSON where they parse, else the text as it was. */
export const ToolCall = z.object({
  name: z.string(),
  callId: z.string().nullable(),
  args: z.unknown(),
  result: z.unknown(),
  status: ToolStatus,
  outputFields: z.array(z.string()),
  latencyMs: z.number().nullable(),
  error: z.string().nullable(),
});
export type ToolCall = z.infer<typeof ToolCall>;

/**
 * A step of a session, neutral of the store it came from. Numbered from 1 over start time, a parent before its
 * children, then by span id; frozen with the span id when the session is sealed. Times in ms since the epoch.
 */
export const Step = z.object({
  sessionId: z.string(),
  stepNumber: z.int().positive(),
  spanId: z.string(),
  traceId: z.string(),
  parentSpanId: z.string().nullable(),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })),
  kind: StepKind,
  name: z.string(),
  agent: z.string().nullable(),
  model: z.string().nullable(),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  costUsd: z.number().nullable(),
  tool: ToolCall.nullable(),
  systemInstructions: z.string().nullable(),
  messagesIn: z.array(Message).nullable(),
  messagesOut: z.array(Message).nullable(),
  summary: z.string().nullable(),
  objective: z.string().nullable(),
  /** The agent's own `agent.step`, kept to compare; never trusted for numbering. */
  emittedStep: z.number().nullable(),
  /** The agent's own `agent.anomaly`; compared with our findings, never trusted. */
  emittedAnomaly: z.string().nullable(),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  error: z.string().nullable(),
});
export type Step = z.infer<typeof Step>;
