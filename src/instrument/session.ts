import { randomBytes } from 'node:crypto';
import { createGate, type Gate } from './gate.ts';
import { AgentStopped } from './gate-errors.ts';
import {
  modelAttributes,
  rootAttributes,
  toolAttributes,
  type ModelCall,
  type ToolCallInfo,
} from './attributes.ts';
import type { SessionOutcome as Outcome } from '../domain/session/outcome-labels.ts';
import { addressOf, stageUrl, type SessionOptions } from './options.ts';
import { createTracer, harmlessProcessor, type SpanLink } from './otel.ts';
import { playedAnswer } from './played.ts';
import { createRecorder, type CallOutcome } from './recorder.ts';
import { redacted } from './redact.ts';
import { createSpanQueue } from './span-queue.ts';
import { createSwitchClient, type AckState } from './switch-client.ts';

export interface AgentSession {
  readonly sessionId: string;
  readonly traceId: string;
  /**
   * One model call: asks the stop switch, runs `fn`, records what went in and came out. Errors pass through. A stop
   * aborts the signal: hand it to the model's client, so that a long call does not hold the stop up.
   */
  tracedModelCall<T>(call: ModelCall<T>, fn: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** One tool call, in the same way. */
  tracedToolCall<T>(call: ToolCallInfo, fn: () => Promise<T>): Promise<T>;
  /** Ends the session with its outcome and waits, for a bounded time, until its spans are sent. */
  end(outcome?: Outcome): Promise<void>;
  /** Steps so far, this session's own root included. */
  steps(): number;
  /** The span of the call in flight: give it to a session that this one starts, as `spawnedBy`. */
  currentStep(): SpanLink;
}

const NEVER = new AbortController().signal;
const OPEN_GATE: Gate = {
  run: (_, fn) => fn(NEVER),
  open: () => Promise.resolve(),
  close: () => Promise.resolve(),
  stopped: () => false,
  isAway: () => false,
};

const gateOf = (
  options: SessionOptions & { endpoint: string },
  sessionId: string,
  onHalt: (state: AckState) => Promise<void>,
): Gate => {
  if (options.stopSwitch === false) return OPEN_GATE;
  const { whenUnreachable = 'open', leaseMs = 500, timeoutMs } = options.stopSwitch ?? {};
  const { pollMs = 250, watchMs = 1000, unreachableWaitMs = 30_000 } = options.stopSwitch ?? {};
  return createGate({
    client: createSwitchClient({ ...options, sessionId, timeoutMs, maxLeaseMs: leaseMs }),
    whenUnreachable,
    pollMs,
    watchMs,
    unreachableWaitMs,
    onHalt,
    onResume: () => safely(() => options.onHold?.('resumed')),
  });
};

const HALT_FLUSH_MS = 2000;
/** An irreversible call waits no longer than this for what came before it to arrive; longer than Holdpoint waits for a stop. */
const IRREVERSIBLE_FLUSH_MS = 1500;
/** One more try, where Holdpoint did not answer before. */
const AWAY_FLUSH_MS = 500;

/** A callback of the agent's own must not break it. */
const safely = (callback: () => void): void => {
  try {
    callback();
  } catch {
    // nobody is left to tell
  }
};
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Opens a session of an agent: waits while the agent is held, throws `AgentStopped` when it is stopped. Every span
 * carries the session id; steps are numbered from 1, the session's own span being step 1.
 */
export const openSession = async (options: SessionOptions): Promise<AgentSession> => {
  const { agent, sessionId = `${agent}-${randomBytes(8).toString('hex')}`, redact, tokenBudget } = options;
  const warn = options.onWarning ?? ((message: string) => process.emitWarning(message, 'HoldpointWarning'));
  const onWarning = (message: string): void => safely(() => warn(message));
  const { endpoint, apiKey } = addressOf(options);
  const stage = stageUrl();
  const queue = createSpanQueue({ endpoint, apiKey, flushEveryMs: options.flushEveryMs, onWarning });
  const tracer = createTracer(agent, [queue, ...(options.spanProcessors ?? []).map(harmlessProcessor)]);
  const common = { 'gen_ai.conversation.id': sessionId, 'session.id': sessionId, 'gen_ai.agent.name': agent };
  const recorder = createRecorder(tracer, { name: agent, common, links: options.spawnedBy });
  const irreversible = new Set(options.stopSwitch === false ? [] : options.stopSwitch?.irreversibleTools);
  const objective = String(redacted(redact, 'objective', options.objective, null));
  const errorText = (error: unknown): string => String(redacted(redact, 'error', messageOf(error), null));
  const facts = { objective, tokenBudget };
  let ended: Promise<void> | null = null;

  /** A halted session is whole for whoever seals it now: its own span does not wait for its end. */
  const gate = gateOf({ ...options, endpoint, apiKey, onWarning }, sessionId, async (state) => {
    if (state === 'paused' || state === 'stopped') {
      safely(() => options.onHold?.(state));
      recorder.finish(() => rootAttributes({ ...facts, halted: state, outcome: undefined }));
    }
    await queue.flush(HALT_FLUSH_MS);
  });
  await gate.open();
  recorder.begin();

  const endNow = async (outcome: Outcome | undefined): Promise<void> => {
    recorder.finish(() =>
      rootAttributes({ ...facts, halted: gate.stopped() ? 'stopped' : undefined, outcome }),
    );
    await queue.flush(gate.isAway() ? AWAY_FLUSH_MS : undefined);
    await gate.close();
  };

  return {
    sessionId,
    traceId: recorder.traceId(),
    tracedModelCall: <T>(call: ModelCall<T>, fn: (signal: AbortSignal) => Promise<T>) =>
      gate.run({ name: `model ${call.model}`, irreversible: false }, (signal) => {
        const before = () => modelAttributes.before(call, { redact, objective, tokenBudget });
        const after = (outcome: CallOutcome<T>) => modelAttributes.after(call, outcome, redact);
        const traced = { name: `chat ${call.model}`, kind: 'client', before, after, errorText } as const;
        return recorder.traced(traced, () => fn(signal));
      }),
    tracedToolCall: async <T>(call: ToolCallInfo, fn: () => Promise<T>) => {
      const isIrreversible = call.irreversible ?? irreversible.has(call.name);
      // What is asked for afresh is answered on everything up to here.
      if (isIrreversible && options.stopSwitch !== false && !gate.isAway())
        await queue.flush(IRREVERSIBLE_FLUSH_MS);
      return gate.run({ name: `tool ${call.name}`, irreversible: isIrreversible }, () => {
        const before = () => toolAttributes.before(call, redact);
        const after = (outcome: CallOutcome<unknown>) => toolAttributes.after(call, outcome, redact);
        // What a tool answered in the recorded session has the type that it has today, or is what is being tried.
        const play = stage === null ? fn : () => playedAnswer(stage, call.name, call.args) as Promise<T>;
        return recorder.traced(
          { name: `execute_tool ${call.name}`, kind: 'internal', before, after, errorText },
          play,
        );
      });
    },
    end: (outcome) => (ended ??= endNow(outcome)),
    steps: recorder.steps,
    currentStep: recorder.currentStep,
  };
};

/**
 * Runs one session from its beginning to its end: *completed* when `work` returns, unless it returns another outcome;
 * *timeout* or *tool error* when it throws, and the error passes through. A stop ends it without an outcome of its own.
 */
export const withSession = async (
  options: SessionOptions,
  work: (session: AgentSession) => Promise<Outcome | void>,
): Promise<void> => {
  const session = await openSession(options);
  try {
    await session.end((await work(session)) ?? 'completed');
  } catch (error) {
    await session.end(error instanceof AgentStopped ? undefined : outcomeOf(error));
    throw error;
  }
};

const outcomeOf = (error: unknown): Outcome =>
  error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'tool_error';
