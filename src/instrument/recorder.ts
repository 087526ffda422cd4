import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { Exporter } from './exporter.ts';
import type { Attributes, SpanLink } from './otlp.ts';

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
  readonly traceId: string;
  traced<T>(call: TracedCall<T>, fn: () => Promise<T>): Promise<T>;
  /** The session begins now: its own span is step 1. */
  begin(): void;
  /** Ends the session's own span; once that is sent, what is said later goes into a step of its own. */
  finish(describe: () => Attributes): void;
  steps(): number;
  currentStep(): SpanLink;
}

/** Nanoseconds since the epoch at microsecond steps; never twice the same, so that steps keep their order. */
const createClock = (): (() => bigint) => {
  let lastUs = 0;
  return () => {
    lastUs = Math.max(lastUs + 1, Math.floor((performance.timeOrigin + performance.now()) * 1000));
    return BigInt(lastUs) * 1000n;
  };
};

/** Whatever goes wrong while a span is described, the agent goes on. */
const harmless = (describe: () => Attributes): Attributes => {
  try {
    return describe();
  } catch {
    return { 'holdpoint.instrument.error': 'this call could not be described' };
  }
};

const newSpanId = (): string => randomBytes(8).toString('hex');
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
const errorOf = <T>(call: TracedCall<T>, outcome: CallOutcome<T>): string | null =>
  outcome.ok ? null : String(harmless(() => ({ text: call.errorText(outcome.error) }))['text'] ?? 'failed');

/** Turns the calls of one session into spans of one trace. */
export const createRecorder = (exporter: Exporter, session: RecordedSession): Recorder => {
  const { name: agent, common, links } = session;
  const nowNs = createClock();
  const traceId = randomBytes(16).toString('hex');
  const root = { spanId: newSpanId(), startNs: nowNs(), state: 'waiting' as 'waiting' | 'open' | 'sent' };
  const current = new AsyncLocalStorage<string>();
  let steps = 1;

  const traced = async <T>(call: TracedCall<T>, fn: () => Promise<T>): Promise<T> => {
    steps += 1;
    const numbered = { ...common, 'agent.step': steps };
    const before = harmless(call.before);
    const span = { spanId: newSpanId(), parentSpanId: current.getStore() ?? root.spanId, startNs: nowNs() };
    const sinceMs = performance.now();
    const finish = (outcome: CallOutcome<T>): void => {
      const endNs = nowNs();
      const attributes = { ...numbered, ...before, ...describeCall(call, outcome) };
      const { name, kind } = call;
      exporter.add({
        ...span,
        traceId,
        name,
        kind,
        endNs,
        error: errorOf(call, outcome),
        links: [],
        attributes,
      });
    };
    try {
      const result = await current.run(span.spanId, fn);
      finish({ ok: true, result, latencyMs: performance.now() - sinceMs });
      return result;
    } catch (error) {
      finish({ ok: false, error, latencyMs: performance.now() - sinceMs });
      throw error;
    }
  };

  const sendRoot = (described: Attributes): void => {
    const { spanId, startNs } = root;
    root.state = 'sent';
    const own = { spanId, startNs, endNs: nowNs(), parentSpanId: null, name: `invoke_agent ${agent}` };
    const attributes = { ...common, 'gen_ai.operation.name': 'invoke_agent', 'agent.step': 1, ...described };
    const to = links === undefined ? [] : [links];
    exporter.add({ ...own, traceId, kind: 'internal', error: null, links: to, attributes });
  };
  const sendEnd = (described: Attributes): void => {
    steps += 1;
    const own = { spanId: newSpanId(), parentSpanId: root.spanId, name: `end_session ${agent}` };
    const times = { startNs: nowNs(), endNs: nowNs() };
    const attributes = { ...common, 'agent.step': steps, ...described };
    exporter.add({ ...own, ...times, traceId, kind: 'internal', error: null, links: [], attributes });
  };

  return {
    traceId,
    traced,
    begin: () => {
      root.startNs = nowNs();
      root.state = 'open';
    },
    finish: (describe) => {
      const described = harmless(describe);
      if (root.state === 'open') sendRoot(described);
      else if (root.state === 'sent' && described['holdpoint.session.outcome'] !== undefined)
        sendEnd(described);
    },
    steps: () => steps,
    currentStep: () => ({ traceId, spanId: current.getStore() ?? root.spanId }),
  };
};
