import { rmSync } from 'node:fs';
import { takeForTeardown } from './running.ts';

/** Ends what global set-up started and removes its folder. */
export default async function globalTeardown(): Promise<void> {
  const running = takeForTeardown();
  if (!running) return;
  await Promise.all(running.stop.map((stop) => stop()));
  rmSync(running.dir, { recursive: true, force: true });
}
