import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { SpanLink } from './otel.ts';
import type { Redact } from './redact.ts';

export interface StopSwitchOptions {
  /** What calls do while Holdpoint is out of reach. Tools named below are closed in any case. Default: open. */
  whenUnreachable?: 'open' | 'closed' | undefined;
  /** Tools whose effect cannot be undone: always asked for afresh, never called without an answer. */
  irreversibleTools?: readonly string[] | undefined;
  /** Longest time a verdict is acted on without asking again. Default 500 ms. */
  leaseMs?: number | undefined;
  pollMs?: number | undefined;
  /** How often the switch is read while no call asks for it. Default 1 s; 0 never. */
  watchMs?: number | undefined;
  timeoutMs?: number | undefined;
  /** How long a closed call waits for Holdpoint before it throws `SwitchUnreachable`. Default 30 s. */
  unreachableWaitMs?: number | undefined;
}

export interface SessionOptions {
  /** Base address of Holdpoint, or of any OTLP endpoint when `stopSwitch` is false. Default: `HOLDPOINT_URL`. */
  endpoint?: string | undefined;
  /** The agent's key. Default: `HOLDPOINT_KEY`. */
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
  /** Span processors of the OpenTelemetry SDK that get every span too, such as one for your own backend. */
  spanProcessors?: readonly SpanProcessor[] | undefined;
  /** How often what was recorded is sent; the sooner, the earlier a failure is caught. Default 0.2 s. */
  flushEveryMs?: number | undefined;
  /** Hears of what does not arrive, each trouble once. Default: a warning of the process. */
  onWarning?: ((message: string) => void) | undefined;
  onHold?: ((state: 'paused' | 'stopped' | 'resumed') => void) | undefined;
}

/** Where a session reports to; under `holdpoint eval run` its stage, whatever the code says. An empty variable counts as not set. */
export const addressOf = (options: SessionOptions): { endpoint: string; apiKey: string | undefined } => {
  const endpoint = stageUrl() ?? (options.endpoint || process.env['HOLDPOINT_URL']);
  if (!endpoint)
    throw new TypeError('endpoint: give the address of Holdpoint, or set HOLDPOINT_URL in the environment');
  if (!URL.canParse(endpoint))
    throw new TypeError(
      `endpoint: ${JSON.stringify(endpoint)} is no address; write one like http://127.0.0.1:8080`,
    );
  return { endpoint, apiKey: options.apiKey || process.env['HOLDPOINT_KEY'] || undefined };
};

/** The stage of `holdpoint eval run`, which plays tool answers back; null outside of it. */
export const stageUrl = (): string | null => process.env['HOLDPOINT_EVAL_URL'] || null;
