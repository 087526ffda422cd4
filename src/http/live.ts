import type { Context, Hono } from 'hono';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import type { Changes, Lists } from '../store/port.ts';
import type { PeopleGate } from './auth/people.ts';
import { Problem } from './problem.ts';

export interface LiveOptions {
  changes: Changes;
  lists: Pick<Lists, 'version'>;
  /** Open streams of this process; more are answered 503, and the page reloads itself instead. */
  most?: number;
  heartbeatMs?: number;
  /** Changes within this time are told once. */
  quietMs?: number;
}

interface Listener {
  incidentId: string | null;
  tell: (version: string) => void;
  end: () => void;
}

/** The open streams of this process. A stream tells that something changed, never what. */
export interface Live {
  routes(app: Hono, people: PeopleGate): void;
  /** Open streams. */
  readonly open: number;
  /** Ends every stream; a server closes after this. */
  close(): void;
}

const ALL = Symbol('all');

export function createLive(options: LiveOptions): Live {
  const { changes, lists, most = 500, heartbeatMs = 15_000, quietMs = 150 } = options;
  const listeners = new Set<Listener>();
  const waiting = new Map<string | typeof ALL, number | null>();
  let subscribed: Promise<() => void> | null = null;
  let timer: NodeJS.Timeout | null = null;

  const flush = async (): Promise<void> => {
    timer = null;
    const changed = new Map(waiting);
    waiting.clear();
    const everything = changed.has(ALL);
    const overall = [...listeners].some(({ incidentId }) => incidentId === null)
      ? await lists.version().catch(() => '')
      : '';
    for (const { incidentId, tell } of listeners) {
      if (incidentId === null) tell(overall);
      else if (everything || changed.has(incidentId)) tell(String(changed.get(incidentId) ?? ''));
    }
  };
  const hear = async (): Promise<void> => {
    subscribed ??= changes.subscribe(({ incidentId, seq }) => {
      waiting.set(incidentId ?? ALL, seq);
      timer ??= setTimeout(() => void flush(), quietMs);
    });
    await subscribed;
  };

  const run = (context: Context, incidentId: string | null, seen: string): Response =>
    streamSSE(context, async (stream) => {
      let end = (): void => undefined;
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const listener = { incidentId, tell: (version: string) => void told(stream, version), end };
      listeners.add(listener);
      stream.onAbort(end);
      const beat = setInterval(() => void stream.write(': alive\n\n').catch(end), heartbeatMs);
      try {
        await stream.write('retry: 2000\n\n');
        await hear();
        // What was written between the page and this stream, or while the stream was lost.
        const now = await versionOf(incidentId);
        if (now !== null && now !== seen) await told(stream, now);
        await ended;
      } finally {
        clearInterval(beat);
        listeners.delete(listener);
      }
    });
  const versionOf = (incidentId: string | null): Promise<string | null> =>
    lists.version(incidentId ?? undefined).catch(() => null);

  return {
    get open() {
      return listeners.size;
    },
    routes: (app, people) => {
      app.get('/live', (context) => {
        people.reader(context);
        const { incident, seen = '' } = context.req.query();
        if (listeners.size >= most)
          throw new Problem({
            status: 503,
            code: 'too-many-streams',
            detail: 'Too many pages are open here.',
            remedy: 'The page is the same without; reload it.',
            headers: { 'retry-after': '60' },
          });
        const last = context.req.header('last-event-id') ?? seen;
        return run(context, incident ? incident.slice(0, 200) : null, last);
      });
    },
    close: () => {
      if (timer) clearTimeout(timer);
      void subscribed?.then((stop) => stop());
      for (const { end } of listeners) end();
      listeners.clear();
    },
  };
}

/** `id` is what was seen with it: a browser sends it when the stream breaks and comes back. */
const told = async (stream: SSEStreamingApi, version: string): Promise<void> => {
  await stream.writeSSE({ event: 'changed', id: version, data: '' }).catch(() => undefined);
};
