/** What global set-up started and global tear-down ends; both run in jest's own process. */
export type Running = { dir: string; stop: (() => Promise<void>)[] };

const KEY = Symbol.for('holdpoint.test.running');
const store: Record<symbol, Running | undefined> = globalThis as never;

export function keepForTeardown(running: Running): void {
  store[KEY] = running;
}

export function takeForTeardown(): Running | undefined {
  return store[KEY];
}
