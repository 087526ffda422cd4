/** Time and waiting, given in so that tests need not wait. */
export interface Clock {
  nowMs(): number;
  sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** Looks until `done` or until `withinMs` are over, and returns the last look. */
export const lookUntil = async <T>(
  clock: Clock,
  look: () => Promise<T>,
  done: (value: T) => boolean,
  { withinMs, everyMs }: { withinMs: number; everyMs: number },
): Promise<T> => {
  const deadlineMs = clock.nowMs() + withinMs;
  for (;;) {
    const value = await look();
    if (done(value) || clock.nowMs() >= deadlineMs) return value;
    await clock.sleep(everyMs);
  }
};
