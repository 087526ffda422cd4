export interface DetectorLimits {
  /** Of everything that is remembered of running sessions, roughly, in bytes. */
  maxWeight: number;
  /** Of one session; above it only drift, loops and the budget are judged. */
  maxSessionWeight: number;
  maxSessions: number;
  /** How often what was seen is written down. */
  flushMs: number;
  /** A session that is over and silent for this long is settled; one that is not over, for `idleMs`. */
  quietMs: number;
  idleMs: number;
  /** How long early or disordered spans are waited for before something is done that rests on what was said before. */
  graceMs: number;
  /** How long the sender of spans waits for the stop that they call for. */
  stopMs: number;
  /** How often profiles and lessons are read again. */
  refreshMs: number;
}

export const DEFAULT_LIMITS: DetectorLimits = {
  maxWeight: 268_435_456,
  maxSessionWeight: 33_554_432,
  maxSessions: 50_000,
  flushMs: 500,
  quietMs: 2_000,
  idleMs: 60_000,
  graceMs: 500,
  stopMs: 1_000,
  refreshMs: 2_000,
};
