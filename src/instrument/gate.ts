import { AsyncLocalStorage } from 'node:async_hooks';
import type { AckState, SwitchClient, SwitchReading } from './switch-client.ts';

/** Holdpoint stopped this session (or the agent): no further call may be made in it. */
export class AgentStopped extends Error {
  override readonly name = 'AgentStopped';
  readonly scope: 'session' | 'agent';
  readonly reason: string;
  constructor(reading: Pick<SwitchReading, 'scope' | 'reason'>) {
    super(`Holdpoint stopped this ${reading.scope}${reading.reason === '' ? '' : `: ${reading.reason}`}`);
    this.scope = reading.scope;
    this.reason = reading.reason;
  }
}

/** The switch could not be read, and this call may not be made without its word. */
export class SwitchUnreachable extends Error {
  override readonly name = 'SwitchUnreachable';
  constructor(call: string, waitedMs: number) {
    super(`${call} was not made: the stop switch could not be read for ${waitedMs} ms and is closed without it`);
  }
}

export interface GateOptions {
  client: SwitchClient;
  /** What to do when Holdpoint is out of reach; irreversible tools are always closed. */
  whenUnreachable: 'open' | 'closed';
  pollMs: number;
  /** How long a closed call waits for Holdpoint before it fails. */
  unreachableWaitMs: number;
  /** Before `paused` or `stopped` is reported, and whenever else spans should not wait. */
  onHalt: (state: AckState) => Promise<void>;
  onResume?: (() => void) | undefined;
}

export interface Gate {
  /** Waits while held, throws `AgentStopped` when stopped, else runs `fn` as a call in flight. */
  run<T>(call: { name: string; irreversible: boolean }, fn: () => Promise<T>): Promise<T>;
  /** Lets a new session begin: waits while held, throws `AgentStopped`, reports `running`. */
  open(): Promise<void>;
  /** Reports the end of the session. */
  close(): Promise<void>;
  stopped(): boolean;
}

interface Flight {
  parent: Flight | null;
  /** How many calls inside this one wait at the gate: while any does, this one does nothing itself. */
  parked: number;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const ACK_TRIES = 5;

/**
 * Stands before every call of a session. It reports `paused` or `stopped` only when nothing is in flight any more, so
 * that a containment confirmed by it means that the session does nothing.
 */
export const createGate = ({ client, whenUnreachable, pollMs, unreachableWaitMs, onHalt, onResume }: GateOptions): Gate => {
  const flights = new Set<Flight>();
  const here = new AsyncLocalStorage<Flight>();
  let seq = 0;
  let stopped: AgentStopped | null = null;
  let wanted: AckState = 'running';
  let reported: { state: AckState; seq: number } | null = null;
  let reporting: Promise<void> = Promise.resolve();

  const quiet = (): boolean => [...flights].every((flight) => flight.parked > 0);
  const isReported = (): boolean => reported?.state === wanted && reported.seq >= seq;

  const reportNow = async (): Promise<void> => {
    for (let tries = 0; tries < ACK_TRIES && !isReported(); tries += 1) {
      const now = { state: wanted, seq };
      if (now.state !== 'running') await onHalt(now.state);
      if (await client.acknowledge(now.state, now.seq)) reported = now;
      else await sleep(Math.min(pollMs, 200));
    }
  };

  /** One report at a time; a halt is reported only once nothing is in flight. */
  const report = (): Promise<void> => {
    const halting = wanted === 'paused' || wanted === 'stopped';
    if (isReported() || (halting && !quiet())) return Promise.resolve();
    reporting = reporting.then(reportNow);
    return reporting;
  };

  const park = (by: 1 | -1): void => {
    for (let flight = here.getStore() ?? null; flight !== null; flight = flight.parent) flight.parked += by;
  };

  const halt = async (reading: SwitchReading): Promise<void> => {
    wanted = reading.verdict === 'stop' ? 'stopped' : 'paused';
    if (reading.verdict === 'stop') stopped = new AgentStopped(reading);
    park(1);
    try {
      await report();
      if (stopped === null) await sleep(pollMs);
    } finally {
      park(-1);
    }
  };

  const goOn = async (): Promise<void> => {
    if (wanted !== 'paused') return;
    wanted = 'running';
    onResume?.();
    await report();
  };

  const pass = async (call: { name: string; irreversible: boolean }): Promise<void> => {
    const startedAtMs = Date.now();
    for (;;) {
      if (stopped !== null) throw stopped;
      const reading = await client.ask(call.irreversible);
      if (reading === null) {
        if (whenUnreachable === 'open' && !call.irreversible) return;
        const waitedMs = Date.now() - startedAtMs;
        if (waitedMs >= unreachableWaitMs) throw new SwitchUnreachable(call.name, waitedMs);
        await sleep(Math.min(pollMs, unreachableWaitMs));
        continue;
      }
      seq = Math.max(seq, reading.seq);
      if (reading.verdict === 'go') return goOn();
      await halt(reading);
    }
  };

  return {
    run: async (call, fn) => {
      await pass(call);
      const flight: Flight = { parent: here.getStore() ?? null, parked: 0 };
      flights.add(flight);
      try {
        return await here.run(flight, fn);
      } finally {
        flights.delete(flight);
        void report();
      }
    },
    open: async () => {
      await pass({ name: 'this session', irreversible: false });
      void report();
    },
    close: async () => {
      if (stopped === null) wanted = 'ended';
      await report();
    },
    stopped: () => stopped !== null,
  };
};
