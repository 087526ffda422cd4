import { randomBytes } from 'node:crypto';
import { createExporter, type Exporter } from './exporter.ts';
import { createGate, type Gate } from './gate.ts';
import { modelAttributes, rootAttributes, toolAttributes, type ModelCall, type ToolCallInfo } from './attributes.ts';
import type { Outcome, SpanLink } from './otlp.ts';
import { createRecorder, type CallOutcome } from './recorder.ts';
import { redacted, type Redact } from './redact.ts';
import { createSwitchClient } from './switch-client.ts';

export interface StopSwitchOptions {
  /** What calls do while Holdpoint is out of reach. Tools named below are closed in any case. Default: open. */
  whenUnreachable?: 'open' | 'closed' | undefined;
  /** Tools whose effect cannot be undone: always asked for afresh, never called without an answer. */
  irreversibleTools?: readonly string[] | undefined;
  /** Longest time a verdict is acted on without asking again. Default 500 ms. */
  leaseMs?: number | undefined;
  pollMs?: number | undefined;
  timeoutMs?: number | undefined;
  /** How long a closed call waits for Holdpoint before it throws `SwitchUnreachable`. Default 30 s. */
  unreachableWaitMs?: number | undefined;
}

export interface SessionOptions {
  /** Base address of Holdpoint, or of any OTLP endpoint when `stopSwitch` is false. */
  endpoint: string;
  apiKey?: string | undefined;
  agent: string;
  /** Default: a fresh one. */
  sessionId?: string | undefined;
  /** What this session is for, in plain words. */
  objective: string;
  tokenBudget?: number | undefined;
  stopSwitch?: StopSwitchOptions | false | undefined;
  redact?: Redact | undefined;
  /** The step of another session that started this one. */
  spawnedBy?: SpanLink | undefined;
  onWarning?: ((message: string) => void) | undefined;
  onHold?: ((state: 'paused' | 'stopped' | 'resumed') => void) | undefined;
}

export interface AgentSession {
  readonly sessionId: string;
  readonly traceId: string;
  /** One model call: asks the stop switch, runs `fn`, records what went in and came out. Errors pass through. */
  tracedModelCall<T>(call: ModelCall<T>, fn: () => Promise<T>): Promise<T>;
  /** One tool call, in the same way. */
  tracedToolCall<T>(call: ToolCallInfo, fn: () => Promise<T>): Promise<T>;
  /** Ends the session with its outcome and waits, for a bounded time, until its spans are sent. */
  end(outcome?: Outcome): Promise<void>;
  /** Steps so far, this session's own root included. */
  steps(): number;
  /** The span of the call in flight: give it to a session that this one starts, as `spawnedBy`. */
  currentStep(): SpanLink;
}

const OPEN_GATE: Gate = {
  run: (_, fn) => fn(),
  open: () => Promise.resolve(),
  close: () => Promise.resolve(),
  stopped: () => false,
};

const gateOf = (options: SessionOptions, sessionId: string, exporter: Exporter): Gate => {
  if (options.stopSwitch === false) return OPEN_GATE;
  const { whenUnreachable = 'open', leaseMs = 500, pollMs = 250, timeoutMs, unreachableWaitMs = 30_000 } = options.stopSwitch ?? {};
  return createGate({
    client: createSwitchClient({ ...options, sessionId, timeoutMs, maxLeaseMs: leaseMs }),
    whenUnreachable,
    pollMs,
    unreachableWaitMs,
    onHalt: async (state) => {
      if (state === 'paused' || state === 'stopped') options.onHold?.(state);
      await exporter.flush(2000);
    },
    onResume: () => options.onHold?.('resumed'),
  });
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Opens a session of an agent: waits while the agent is held, throws `AgentStopped` when it is stopped. Every span
 * carries the session id; steps are numbered from 1, the session's own span being step 1.
 */
export const openSession = async (options: SessionOptions): Promise<AgentSession> => {
  const { agent, sessionId = `${agent}-${randomBytes(8).toString('hex')}`, redact, tokenBudget } = options;
  const { endpoint, apiKey, onWarning } = options;
  const exporter = createExporter({ endpoint, apiKey, onWarning, resource: { 'service.name': agent } });
  const gate = gateOf(options, sessionId, exporter);
  await gate.open();

  const common = { 'gen_ai.conversation.id': sessionId, 'session.id': sessionId, 'gen_ai.agent.name': agent };
  const recorder = createRecorder(exporter, common);
  const irreversible = new Set(options.stopSwitch === false ? [] : options.stopSwitch?.irreversibleTools);
  const objective = String(redacted(redact, 'objective', options.objective, null));
  const errorText = (error: unknown): string => String(redacted(redact, 'error', messageOf(error), null));
  let ended: Promise<void> | null = null;

  const endNow = async (outcome: Outcome | undefined): Promise<void> => {
    const facts = { objective, tokenBudget, outcome, steps: recorder.steps(), stopped: gate.stopped() };
    const links = options.spawnedBy === undefined ? [] : [options.spawnedBy];
    recorder.finishRoot(`invoke_agent ${agent}`, () => rootAttributes(facts), links);
    await exporter.flush();
    await gate.close();
  };

  return {
    sessionId,
    traceId: recorder.traceId,
    tracedModelCall: <T>(call: ModelCall<T>, fn: () => Promise<T>) =>
      gate.run({ name: `model ${call.model}`, irreversible: false }, () => {
        const before = () => modelAttributes.before(call, { redact, objective, tokenBudget });
        const after = (outcome: CallOutcome<T>) => modelAttributes.after(call, outcome, redact);
        return recorder.traced({ name: `chat ${call.model}`, kind: 'client', before, after, errorText }, fn);
      }),
    tracedToolCall: <T>(call: ToolCallInfo, fn: () => Promise<T>) =>
      gate.run({ name: `tool ${call.name}`, irreversible: call.irreversible ?? irreversible.has(call.name) }, () => {
        const before = () => toolAttributes.before(call, redact);
        const after = (outcome: CallOutcome<unknown>) => toolAttributes.after(call, outcome, redact);
        return recorder.traced({ name: `execute_tool ${call.name}`, kind: 'internal', before, after, errorText }, fn);
      }),
    end: (outcome) => (ended ??= endNow(outcome)),
    steps: recorder.steps,
    currentStep: recorder.currentStep,
  };
};
