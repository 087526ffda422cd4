import pg from 'pg';
import { z } from 'zod';
import type { Change, Changes } from './port.ts';

const INCIDENTS = 'holdpoint_incident';
const SESSIONS = 'holdpoint_session';
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
  const sessionListeners = new Set<() => void>();
  const tell = (change: Change): void => listeners.forEach((listener) => listener(change));
  const tellSessions = (): void => sessionListeners.forEach((listener) => listener());
  const heard = ({ channel, payload }: pg.Notification): void =>
    channel === SESSIONS ? tellSessions() : tell(read(payload));
  const gap = (): void => {
    tell({ incidentId: null, seq: null });
    tellSessions();
  };
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
    if (closed || listeners.size + sessionListeners.size === 0) return;
    clearTimeout(retry);
    retry = setTimeout(() => void ensure().then(() => client && gap()), retryMs);
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
    next.on('notification', heard);
    try {
      await next.connect();
      client = next;
      await next.query(`listen ${INCIDENTS}; listen ${SESSIONS}`);
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

  const join = async <L>(all: Set<L>, listener: L): Promise<() => void> => {
    all.add(listener);
    await ensure();
    return () => void all.delete(listener);
  };

  return {
    subscribe: (listener) => join(listeners, listener),
    subscribeSessions: (listener) => join(sessionListeners, listener),
    close: async () => {
      closed = true;
      listeners.clear();
      sessionListeners.clear();
      clearTimeout(retry);
      clearInterval(alive);
      await opening;
      const last = client;
      client = null;
      await last?.end().catch(() => undefined);
    },
  };
}
