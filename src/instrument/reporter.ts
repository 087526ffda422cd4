import type { AckState, SwitchClient } from './switch-client.ts';

export interface ReporterOptions {
  client: SwitchClient;
  /** True when nothing of the session is in flight: only then may a halt be reported. */
  quiet: () => boolean;
  /** Before a halt or the end is reported: spans must not wait behind it. */
  onHalt: (state: AckState) => Promise<void>;
  retryMs: number;
}

export interface Reporter {
  wanted(): AckState;
  /** Notes what is to be reported, at the highest seq seen, and reports it as soon as it is true. */
  want(state: AckState): Promise<void>;
  sawSeq(seq: number): void;
  /** Something came to rest: reports a halt that waited for it. */
  settle(): Promise<void>;
}

const MOST_TRIES = 5;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Tells Holdpoint what a session does, one report at a time. `paused` and `stopped` are told only while nothing is in
 * flight, so that a containment confirmed by them means that the session does nothing.
 */
export const createReporter = ({ client, quiet, onHalt, retryMs }: ReporterOptions): Reporter => {
  let wanted: AckState = 'running';
  let seq = 0;
  let reported: { state: AckState; seq: number } | null = null;
  let reporting: Promise<void> = Promise.resolve();

  const isReported = (): boolean => reported?.state === wanted && reported.seq >= seq;
  const isTrue = (): boolean => (wanted !== 'paused' && wanted !== 'stopped') || quiet();

  const reportNow = async (): Promise<void> => {
    for (let tries = 0; tries < MOST_TRIES && !isReported() && isTrue(); tries += 1) {
      const now = { state: wanted, seq };
      if (now.state !== 'running') await onHalt(now.state);
      if (wanted !== now.state || !isTrue()) continue; // it went on meanwhile
      if (await client.acknowledge(now.state, now.seq)) reported = now;
      else await sleep(retryMs);
    }
  };

  const settle = (): Promise<void> => {
    if (isReported() || !isTrue()) return Promise.resolve();
    reporting = reporting.then(reportNow);
    return reporting;
  };

  return {
    wanted: () => wanted,
    want: (state) => {
      wanted = state;
      return settle();
    },
    sawSeq: (seen) => (seq = Math.max(seq, seen)),
    settle,
  };
};
