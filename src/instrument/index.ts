/** What an agent imports: a session with traced model calls, traced tool calls and a stop switch. */
export { openSession, type AgentSession, type SessionOptions, type StopSwitchOptions } from './session.ts';
export { AgentStopped, SwitchUnreachable } from './gate-errors.ts';
export type { ModelCall, ToolCallInfo } from './attributes.ts';
export type { ModelAnswer } from './model-answer.ts';
export type { Redact, RedactedField } from './redact.ts';
export type { ResultContract } from './tool-result.ts';
export type { Outcome, SpanLink } from './otlp.ts';
export { isFromHoldpoint, type SignedCall } from './control-endpoint.ts';
