import { AsyncLocalStorage } from 'node:async_hooks';
import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type HrTime,
  type Link,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { createClock, present, type Attributes, type SpanLink } from './otel.ts';

/** How a call came out. */
export type CallOutcome<T> =
  | { ok: true; result: T; latencyMs: number }
  | { ok: false; error: unknown; latencyMs: number };

export interface TracedCall<T> {
  name: string;
  kind: 'internal' | 'client';
  before: () => Attributes;
  after: (outcome: CallOutcome<T>) => Attributes;
  /** Text of an error that may leave the agent. */
  errorText: (error: unknown) => string;
}

export interface Recorder {
  traceId(): string;
  traced<T>(call: TracedCall<T>, fn: () => Promise<T>): Promise<T>;
  /** The session begins now: its own span is step 1. */
  begin(): void;
  /** Ends the session's own span; once that is sent, what is said later goes into a step of its own. */
  finish(describe: () => Attributes): void;
  steps(): number;
  currentStep(): SpanLink;
}

/** Whatever goes wrong while a span is described, the agent goes on. */
const harmless = (describe: () => Attributes): Attributes => {
  try {
    return describe();
  } catch {
    return { 'holdpoint.instrument.error': 'this call could not be described' };
  }
};

const outcomeOf = async <T>(fn: () => Promise<T>): Promise<CallOutcome<T>> => {
  const sinceMs = performance.now();
  try {
    const result = await fn();
    return { ok: true, result, latencyMs: performance.now() - sinceMs };
  } catch (error) {
    return { ok: false, error, latencyMs: performance.now() - sinceMs };
  }
};

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'Error');

export interface RecordedSession {
  /** Name of the agent. */
  name: string;
  /** Goes on every span. */
  common: Attributes;
  /** The step of another session that spawned this one. */
  links: SpanLink | undefined;
}

const describeCall = <T>(call: TracedCall<T>, outcome: CallOutcome<T>): Attributes =>
  harmless(() => ({
    ...(outcome.ok ? {} : { 'error.type': nameOf(outcome.error) }),
    ...call.after(outcome),
  }));
const errorOf = <T>(call: TracedCall<T>, error: unknown): string =>
  String(harmless(() => ({ text: call.errorText(error) }))['text'] ?? 'failed');

const KINDS = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT } as const;
const linkTo = (to: SpanLink): Link => ({ context: { ...to, traceFlags: TraceFlags.SAMPLED } });

/** Turns the calls of one session into spans of one trace. */
export const createRecorder = (tracer: Tracer, session: RecordedSession): Recorder => {
  const { name: agent, common, links } = session;
  const now = createClock();
  const current = new AsyncLocalStorage<Span>();
  const startRoot = (startTime: HrTime): Span =>
    tracer.startSpan(
      `invoke_agent ${agent}`,
      { startTime, root: true, links: links === undefined ? [] : [linkTo(links)] },
      ROOT_CONTEXT,
    );
  let root: { span: Span; state: 'open' | 'sent' } | null = null;
  let steps = 1;

  const rootSpan = (): Span => (root ??= { span: startRoot(now()), state: 'open' }).span;
  const start = (name: string, kind: SpanKind, parent: Span): Span =>
    tracer.startSpan(name, { kind, startTime: now() }, trace.setSpan(ROOT_CONTEXT, parent));

  const traced = async <T>(call: TracedCall<T>, fn: () => Promise<T>): Promise<T> => {
    steps += 1;
    const described: Attributes = { ...common, 'agent.step': steps, ...harmless(call.before) };
    const span = start(call.name, KINDS[call.kind], current.getStore() ?? rootSpan());
    // Spans that the agent's own instrumentation makes inside the call become its children.
    const active = trace.setSpan(context.active(), span);
    const outcome = await outcomeOf(() => current.run(span, () => context.with(active, fn)));
    const endTime = now();
    span.setAttributes(present({ ...described, ...describeCall(call, outcome) }));
    if (!outcome.ok) span.setStatus({ code: SpanStatusCode.ERROR, message: errorOf(call, outcome.error) });
    span.end(endTime);
    if (outcome.ok) return outcome.result;
    throw outcome.error;
  };

  const sendRoot = (open: { span: Span; state: 'open' | 'sent' }, described: Attributes): void => {
    open.state = 'sent';
    open.span.setAttributes(
      present({ ...common, 'gen_ai.operation.name': 'invoke_agent', 'agent.step': 1, ...described }),
    );
    open.span.end(now());
  };
  const sendEnd = (described: Attributes): void => {
    steps += 1;
    const span = start(`end_session ${agent}`, SpanKind.INTERNAL, rootSpan());
    span.setAttributes(present({ ...common, 'agent.step': steps, ...described }));
    span.end(now());
  };
  const linkOf = (span: Span): SpanLink => {
    const { traceId, spanId } = span.spanContext();
    return { traceId, spanId };
  };

  return {
    traceId: () => linkOf(rootSpan()).traceId,
    traced,
    begin: () => void rootSpan(),
    finish: (describe) => {
      const described = harmless(describe);
      if (root?.state === 'open') sendRoot(root, described);
      else if (root?.state === 'sent' && described['holdpoint.session.outcome'] !== undefined)
        sendEnd(described);
    },
    steps: () => steps,
    currentStep: () => linkOf(current.getStore() ?? rootSpan()),
  };
};
