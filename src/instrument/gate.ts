import { AgentStopped, SwitchUnreachable } from './gate-errors.ts';
import { createFlights } from './flights.ts';
import { createReporter } from './reporter.ts';
import type { AckState, SwitchClient, SwitchReading } from './switch-client.ts';

export interface GateOptions {
  client: SwitchClient;
  /** What to do when Holdpoint is out of reach; irreversible tools are always closed. */
  whenUnreachable: 'open' | 'closed';
  pollMs: number;
  /** How often the switch is read while no call asks, so that an idle or long-thinking agent answers too; 0 never. */
  watchMs: number;
  /** How long a closed call waits for Holdpoint before it fails. */
  unreachableWaitMs: number;
  onHalt: (state: AckState) => Promise<void>;
  onResume: () => void;
}

export interface GatedCall {
  name: string;
  irreversible: boolean;
}

export interface Gate {
  /** Waits while held, throws `AgentStopped` when stopped, else runs `fn`; a stop aborts the signal. */
  run<T>(call: GatedCall, fn: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Lets a new session begin: waits while held, throws `AgentStopped`, reports `running`. */
  open(): Promise<void>;
  /** Reports the end of the session. */
  close(): Promise<void>;
  stopped(): boolean;
  /** Whether Holdpoint did not answer the last time. */
  isAway(): boolean;
}

/** The end of a session waits no longer than this for Holdpoint to hear of it. */
const CLOSE_MS = 2_000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Stands before every call of a session, and reads the switch beside them. */
export const createGate = (options: GateOptions): Gate => {
  const { client, whenUnreachable, pollMs, watchMs, unreachableWaitMs, onHalt, onResume } = options;
  const flights = createFlights();
  const abort = new AbortController();
  const reporter = createReporter({ client, quiet: flights.quiet, onHalt, retryMs: Math.min(pollMs, 200) });
  let stopped: AgentStopped | null = null;
  let watch: NodeJS.Timeout | null = null;

  /** Takes a verdict in; never waits on anything but the report, so that no call slips through behind a halt. */
  const heed = (reading: SwitchReading): Promise<void> => {
    reporter.sawSeq(reading.seq);
    if (reading.verdict === 'stop') {
      stopped ??= new AgentStopped(reading);
      abort.abort(stopped);
      return reporter.want('stopped');
    }
    if (reading.verdict === 'hold') return reporter.want('paused');
    if (reporter.wanted() !== 'paused') return Promise.resolve();
    onResume();
    return reporter.want('running');
  };

  const halt = (reading: SwitchReading): Promise<void> =>
    flights.parked(async () => {
      await heed(reading);
      if (stopped === null) await sleep(pollMs);
    });

  const pass = async (call: GatedCall): Promise<void> => {
    const startedAtMs = Date.now();
    for (let isWaiting = false; ;) {
      if (stopped !== null) throw stopped;
      const reading = await client.ask(call.irreversible || isWaiting);
      if (reading === null) {
        isWaiting = true;
        if (whenUnreachable === 'open' && !call.irreversible) return undefined;
        const waitedMs = Date.now() - startedAtMs;
        if (waitedMs >= unreachableWaitMs) throw new SwitchUnreachable(call.name, waitedMs, client.problem());
        await sleep(Math.min(pollMs, unreachableWaitMs));
      } else if (reading.verdict === 'go') {
        return void heed(reading);
      } else {
        await halt(reading);
      }
    }
  };

  const look = async (): Promise<void> => {
    const reading = stopped === null ? await client.ask(client.isAway()) : null;
    if (reading !== null && watch !== null) await heed(reading);
  };

  return {
    run: async (call, fn) => {
      await pass(call);
      try {
        return await flights.fly(() => fn(abort.signal));
      } catch (error) {
        throw stopped !== null && isAbort(error, stopped) ? stopped : error;
      } finally {
        void reporter.settle();
      }
    },
    open: async () => {
      await pass({ name: 'this session', irreversible: false });
      void reporter.want('running');
      if (watchMs > 0) watch = setInterval(() => void look(), watchMs).unref();
    },
    close: async () => {
      if (watch !== null) clearInterval(watch);
      watch = null;
      const told = stopped === null ? reporter.want('ended') : reporter.settle();
      await Promise.race([told, new Promise((over) => setTimeout(over, CLOSE_MS).unref())]);
    },
    stopped: () => stopped !== null,
    isAway: client.isAway,
  };
};

/** An error that says no more than that the call was aborted by the stop. */
const isAbort = (error: unknown, stopped: AgentStopped): boolean =>
  error === stopped || (error instanceof Error && error.name === 'AbortError');
