import type { Desk } from '../desk.ts';

/** A person asks for closure; the decider answers with what is open. */
export async function close(desk: Desk): Promise<void> {
  await desk.until(() => desk.hasEnded);
}
