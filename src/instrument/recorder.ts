import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { Exporter } from './exporter.ts';
import type { Attributes, SpanLink } from './otlp.ts';

/** How a call came out. */
export type CallOutcome<T> = { ok: true; result: T; latencyMs: number } | { ok: false; error: unknown; latencyMs: number };

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

/** Turns the calls of one session into spans of one trace. */
export const createRecorder = (exporter: Exporter, { name: agent, common, links }: RecordedSession): Recorder => {
  const nowNs = createClock();
  const traceId = randomBytes(16).toString('hex');
  const root = { spanId: newSpanId(), startNs: nowNs(), state: 'waiting' as 'waiting' | 'open' | 'sent' };
  const current = new AsyncLocalStorage<string>();
  let steps = 1;

  const traced = async <T>(call: TracedCall<T>, fn: () => Promise<T>): Promise<T> => {
    steps += 1;
    const step = steps;
    const before = harmless(call.before);
    const span = { spanId: newSpanId(), parentSpanId: current.getStore() ?? root.spanId, startNs: nowNs() };
    const sinceMs = performance.now();
    const finish = (outcome: CallOutcome<T>): void => {
      const endNs = nowNs();
      const failed = harmless(() =>
        outcome.ok ? {} : { 'error.type': nameOf(outcome.error), message: call.errorText(outcome.error) },
      );
      const { message = 'failed', ...errorType } = failed;
      exporter.add({
        ...span,
        traceId,
        name: call.name,
        kind: call.kind,
        endNs,
        error: outcome.ok ? null : String(message),
        links: [],
        attributes: { ...common, 'agent.step': step, ...before, ...errorType, ...harmless(() => call.after(outcome)) },
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

  return {
    traceId,
    traced,
    begin: () => {
      root.startNs = nowNs();
      root.state = 'open';
    },
    finish: (describe) => {
      if (root.state === 'waiting') return;
      const attributes = harmless(describe);
      const shared = { traceId, kind: 'internal' as const, error: null, links: [] };
      if (root.state === 'open') {
        const { spanId, startNs } = root;
        const own = { spanId, startNs, parentSpanId: null, name: `invoke_agent ${agent}` };
        const all = { ...common, 'gen_ai.operation.name': 'invoke_agent', 'agent.step': 1, ...attributes };
        exporter.add({ ...shared, ...own, endNs: nowNs(), links: links === undefined ? [] : [links], attributes: all });
        root.state = 'sent';
      } else if (attributes['holdpoint.session.outcome'] !== undefined) {
        steps += 1;
        const own = { spanId: newSpanId(), parentSpanId: root.spanId, name: `end_session ${agent}` };
        const all = { ...common, 'agent.step': steps, ...attributes };
        exporter.add({ ...shared, ...own, startNs: nowNs(), endNs: nowNs(), attributes: all });
      }
    },
    steps: () => steps,
    currentStep: () => ({ traceId, spanId: current.getStore() ?? root.spanId }),
  };
};
