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

/** What a page shows: all incidents, one of them, or sessions. */
type Topic = { of: 'incidents' } | { of: 'incident'; incidentId: string } | { of: 'sessions' };

interface Listener {
  topic: Topic;
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

/** Sessions are written every second while agents run. */
const SESSIONS_QUIET_MS = 500;

/** Runs once for all calls within a time. */
function once(work: () => void, quietMs: number): { soon(): void; stop(): void } {
  let timer: NodeJS.Timeout | null = null;
  return {
    soon: () => {
      timer ??= setTimeout(() => {
        timer = null;
        work();
      }, quietMs);
    },
    stop: () => {
      if (timer) clearTimeout(timer);
    },
  };
}

export function createLive(options: LiveOptions): Live {
  const { changes, lists, most = 500, heartbeatMs = 15_000, quietMs = 150 } = options;
  const listeners = new Set<Listener>();
  /** Incidents that changed since the last telling; null: nobody knows which. */
  let changed = new Map<string | null, number | null>();
  let subscribed: Promise<(() => void)[]> | null = null;

  const tellIncidents = async (): Promise<void> => {
    const seqs = changed;
    changed = new Map();
    const wantsAll = [...listeners].some(({ topic }) => topic.of === 'incidents');
    const overall = wantsAll ? await lists.version().catch(() => '') : '';
    for (const { topic, tell } of listeners) {
      if (topic.of === 'incidents') tell(overall);
      else if (topic.of === 'incident' && (seqs.has(null) || seqs.has(topic.incidentId)))
        tell(String(seqs.get(topic.incidentId) ?? ''));
    }
  };
  const incidents = once(() => void tellIncidents(), quietMs);
  const sessions = once(() => {
    for (const { topic, tell } of listeners) if (topic.of === 'sessions') tell('');
  }, SESSIONS_QUIET_MS);

  const hear = async (): Promise<void> => {
    subscribed ??= Promise.all([
      changes.subscribe(({ incidentId, seq }) => {
        changed.set(incidentId, seq);
        incidents.soon();
      }),
      changes.subscribeSessions(() => sessions.soon()),
    ]);
    await subscribed;
  };

  /** Null where it cannot be read now. Sessions have none: a page that shows them is told once at the beginning. */
  const versionOf = (topic: Topic): Promise<string | null> =>
    topic.of === 'sessions'
      ? Promise.resolve('now')
      : lists.version(topic.of === 'incident' ? topic.incidentId : undefined).catch(() => null);

  const run = (context: Context, topic: Topic, seen: string): Response =>
    streamSSE(context, async (stream) => {
      let end = (): void => undefined;
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const listener = { topic, tell: (version: string) => void told(stream, version), end };
      listeners.add(listener);
      stream.onAbort(end);
      const beat = setInterval(() => void stream.write(': alive\n\n').catch(end), heartbeatMs);
      try {
        await stream.write('retry: 2000\n\n');
        await hear();
        // What was written between the page and this stream, or while the stream was lost.
        const now = await versionOf(topic);
        if (now !== null && now !== seen) await told(stream, now);
        await ended;
      } finally {
        clearInterval(beat);
        listeners.delete(listener);
      }
    });

  return {
    get open() {
      return listeners.size;
    },
    routes: (app, people) => {
      app.get('/live', (context) => {
        people.reader(context);
        if (listeners.size >= most)
          throw new Problem({
            status: 503,
            code: 'too-many-streams',
            detail: 'Too many pages are open here.',
            remedy: 'The page is the same without; reload it.',
            headers: { 'retry-after': '60' },
          });
        const { seen = '' } = context.req.query();
        return run(context, topicOf(context), context.req.header('last-event-id') ?? seen);
      });
    },
    close: () => {
      incidents.stop();
      sessions.stop();
      void subscribed?.then((stops) => stops.forEach((stop) => stop()));
      for (const { end } of listeners) end();
      listeners.clear();
    },
  };
}

const topicOf = (context: Context): Topic => {
  const { incident, of } = context.req.query();
  if (incident) return { of: 'incident', incidentId: incident.slice(0, 200) };
  return of === 'sessions' ? { of } : { of: 'incidents' };
};

/** `id` is what was seen with it: a browser sends it when the stream breaks and comes back. */
const told = async (stream: SSEStreamingApi, version: string): Promise<void> => {
  await stream.writeSSE({ event: 'changed', id: version, data: '' }).catch(() => undefined);
};
