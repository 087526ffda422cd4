/** What an agent imports: a session with traced model calls, traced tool calls and a stop switch. */
export { openSession, withSession, type AgentSession } from './session.ts';
export type { SessionOptions, StopSwitchOptions } from './options.ts';
export { AgentStopped, SwitchUnreachable } from './gate-errors.ts';
export type { ModelCall, ToolCallInfo } from './attributes.ts';
export type { ModelAnswer } from './model-answer.ts';
export type { Redact, RedactedField } from './redact.ts';
export type { ResultContract } from './tool-result.ts';
export type { SessionOutcome as Outcome } from '../domain/session/outcome-labels.ts';
export type { SpanLink } from './otel.ts';
export { isFromHoldpoint, type SignedCall } from './control-endpoint.ts';
