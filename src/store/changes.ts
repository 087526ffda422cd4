import pg from 'pg';
import { z } from 'zod';
import type { Change, Changes } from './port.ts';

const CHANNEL = 'holdpoint_incident';
const Told = z.object({ id: z.string(), seq: z.int() });

export interface ChangesOptions {
  url: string;
  /** How long after a lost connection the next is tried, ms. */
  retryMs?: number;
  /** How often the connection is asked whether it still answers, ms. */
  aliveMs?: number;
}

const read = (payload: string | undefined): Change => {
  try {
    const { id, seq } = Told.parse(JSON.parse(payload ?? ''));
    return { incidentId: id, seq };
  } catch {
    return { incidentId: null, seq: null };
  }
};

/**
 * Tells of every write of an incident's row, whichever process wrote. One connection of its own, opened with the first
 * listener and kept until closed; after it was lost, listeners hear of a change of no incident in particular.
 */
export function createChanges({ url, retryMs = 1_000, aliveMs = 15_000 }: ChangesOptions): Changes & {
  close(): Promise<void>;
} {
  const listeners = new Set<(change: Change) => void>();
  const tell = (change: Change): void => listeners.forEach((listener) => listener(change));
  let client: pg.Client | null = null;
  let opening: Promise<void> | null = null;
  let retry: NodeJS.Timeout | undefined;
  let alive: NodeJS.Timeout | undefined;
  let closed = false;

  const lost = (from: pg.Client): void => {
    if (client !== from) return;
    client = null;
    clearInterval(alive);
    from.end().catch(() => undefined);
    again();
  };
  const again = (): void => {
    if (closed || listeners.size === 0) return;
    clearTimeout(retry);
    retry = setTimeout(
      () => void ensure().then(() => client && tell({ incidentId: null, seq: null })),
      retryMs,
    );
    retry.unref();
  };
  const open = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString: url,
      application_name: 'holdpoint changes',
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
      keepAlive: true,
    });
    next.on('error', () => lost(next));
    next.on('end', () => lost(next));
    next.on('notification', ({ payload }) => tell(read(payload)));
    try {
      await next.connect();
      client = next;
      await next.query(`listen ${CHANNEL}`);
    } catch {
      client = null;
      await next.end().catch(() => undefined);
      again();
      return;
    }
    alive = setInterval(() => void next.query('select 1').catch(() => lost(next)), aliveMs);
    alive.unref();
    if (closed) lost(next);
  };
  const ensure = (): Promise<void> => {
    if (client || closed) return Promise.resolve();
    opening ??= open().finally(() => {
      opening = null;
    });
    return opening;
  };

  return {
    subscribe: async (listener) => {
      listeners.add(listener);
      await ensure();
      return () => void listeners.delete(listener);
    },
    close: async () => {
      closed = true;
      listeners.clear();
      clearTimeout(retry);
      clearInterval(alive);
      await opening;
      const last = client;
      client = null;
      await last?.end().catch(() => undefined);
    },
  };
}
