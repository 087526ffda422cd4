export type Verdict = 'go' | 'hold' | 'stop';
/** What the agent tells Holdpoint of itself; `ended` is a session that came to its own end. */
export type AckState = 'running' | 'paused' | 'stopped' | 'ended';

export interface SwitchReading {
  verdict: Verdict;
  /** How long the verdict may be acted on without asking again. */
  leaseMs: number;
  seq: number;
  /** Whether the verdict is for this session or for every session of the agent. */
  scope: 'session' | 'agent';
  reason: string;
}

export interface SwitchClientOptions {
  endpoint: string;
  apiKey?: string | undefined;
  agent: string;
  sessionId: string;
  timeoutMs?: number | undefined;
  /** Never trust a verdict for longer than this, whatever lease the server gives. */
  maxLeaseMs?: number | undefined;
  onWarning?: ((message: string) => void) | undefined;
}

export interface SwitchClient {
  /** The present verdict, or null where Holdpoint cannot be reached. `fresh` ignores the lease. */
  ask(fresh: boolean): Promise<SwitchReading | null>;
  /** Whether the last question had no answer. */
  isAway(): boolean;
  /** What was wrong with the last answer that was none. */
  problem(): string;
  /** True when Holdpoint took the acknowledgement. */
  acknowledge(state: AckState, seq: number): Promise<boolean>;
}

/** An address that swallows questions must not slow every call down: so long nobody asks again but the watch. */
const AWAY_MS = 5_000;
const VERDICTS = new Set<unknown>(['go', 'hold', 'stop']);

/** Null for anything that is not a reading: then the switch counts as out of reach. */
const parseReading = (value: unknown): SwitchReading | null => {
  if (typeof value !== 'object' || value === null) return null;
  const { verdict, leaseMs, seq, scope, reason } = value as Record<string, unknown>;
  if (!VERDICTS.has(verdict) || typeof seq !== 'number' || typeof leaseMs !== 'number') return null;
  return {
    verdict: verdict as Verdict,
    leaseMs: Math.max(0, leaseMs),
    seq,
    scope: scope === 'agent' ? 'agent' : 'session',
    reason: typeof reason === 'string' ? reason : '',
  };
};

export const createSwitchClient = (options: SwitchClientOptions): SwitchClient => {
  const { timeoutMs = 1000, maxLeaseMs = 500, onWarning = () => undefined } = options;
  const base = `${options.endpoint.replace(/\/+$/, '')}/api/v1/agents/${encodeURIComponent(options.agent)}/switch`;
  const headers = {
    accept: 'application/json',
    ...(options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` }),
  };
  let last: { reading: SwitchReading | null; untilMs: number } | null = null;
  let asking: Promise<SwitchReading | null> | null = null;
  let warned = false;
  let isAway = false;

  let problem = 'the stop switch was not asked';
  const warnOnce = (message: string): void => {
    problem = message;
    if (!warned) onWarning(message);
    warned = true;
  };

  const request = async (): Promise<SwitchReading | null> => {
    try {
      const response = await fetch(`${base}?session=${encodeURIComponent(options.sessionId)}`, {
        headers,
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'error',
      });
      const reading = response.ok ? parseReading(await response.json()) : null;
      if (reading === null)
        warnOnce(`the stop switch answered ${response.status} without a verdict (${base})`);
      else warned = false;
      return reading;
    } catch {
      warnOnce(`the stop switch cannot be reached (${base})`);
      return null;
    }
  };

  const askNow = async (): Promise<SwitchReading | null> => {
    const reading = await request();
    // Out of reach, a hold or a stop that was already given stays in force.
    const kept = reading ?? (last?.reading && last.reading.verdict !== 'go' ? last.reading : null);
    isAway = reading === null;
    const leaseMs = kept === null ? AWAY_MS : Math.min(kept.leaseMs, maxLeaseMs);
    last = { reading: kept, untilMs: Date.now() + leaseMs };
    return kept;
  };

  const startAsking = (): Promise<SwitchReading | null> => {
    const asked: Promise<SwitchReading | null> = askNow().finally(() => {
      if (asking === asked) asking = null;
    });
    asking = asked;
    return asked;
  };

  return {
    ask: (fresh) => {
      if (fresh) return startAsking(); // an answer already on its way may be older than the question
      if (last !== null && Date.now() < last.untilMs) return Promise.resolve(last.reading);
      return asking ?? startAsking();
    },
    isAway: () => isAway,
    problem: () => problem,
    acknowledge: async (state, seq) => {
      try {
        const response = await fetch(`${base}/ack`, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify({ sessionId: options.sessionId, seq, state, pid: process.pid }),
          signal: AbortSignal.timeout(timeoutMs),
          redirect: 'error',
        });
        await response.arrayBuffer();
        return response.ok;
      } catch {
        return false;
      }
    },
  };
};
