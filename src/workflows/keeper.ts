import { condition, log } from '@temporalio/workflow';
import type { Desk } from './desk.ts';
import { isPassing } from './stop.ts';

const FAILED_PAUSE_MS = 30_000;

interface Kept {
  name: string;
  pick: () => string[];
  work: (key: string) => Promise<void>;
}

/** The loop behind `desk.keep`: what is picked is worked on, each key once at a time, until the phases end. */
export async function keeper(desk: Desk, { name, pick, work }: Kept): Promise<void> {
  const running = new Set<string>();
  const doneAt = new Map<string, number>();
  const again = new Map<string, number>();
  const ready = (): string[] =>
    pick().filter((key) => !running.has(key) && doneAt.get(key) !== desk.state.seq);
  const runOne = async (key: string): Promise<void> => {
    running.add(key);
    const { seq } = desk.state;
    try {
      await desk.working(() => work(key));
    } catch (error) {
      if (isPassing(error)) return;
      log.error(`${name} failed; it begins again`, { key, error: String(error) });
      await condition(() => desk.isStopping, FAILED_PAUSE_MS);
      doneAt.delete(key);
      running.delete(key);
      return;
    }
    const times = again.get(key) ?? 0;
    if (desk.isOfSecondRelease && desk.state.seq !== seq && pick().includes(key)) {
      again.set(key, times + 1);
      if (times > 0) await condition(() => desk.isStopping, Math.min(500 * 2 ** times, FAILED_PAUSE_MS));
    } else {
      again.delete(key);
      doneAt.set(key, desk.state.seq);
    }
    running.delete(key);
  };
  for (;;) {
    await desk.until(() => ready().length > 0);
    for (const key of ready()) void runOne(key);
  }
}
