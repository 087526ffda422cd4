import { z } from 'zod';
import type { Session } from '../domain/session/session.ts';
import { learnProfile, Profile } from '../forensics/learned/profile.ts';
import { sessionFromSpans } from '../forensics/read/session.ts';
import type { RawSpan } from '../forensics/read/raw-span.ts';
import type { Documents, SpanScope, SpanStore } from '../store/port.ts';

const Validated = z.object({ sessionIds: z.array(z.string()).max(1_000) });
const PAGE = 1_000;

/** A whole session out of our own span store; `scope`: of whom, for others may use the same session id. */
export async function readSession(
  spans: Pick<SpanStore, 'sessionSpans'>,
  sessionId: string,
  scope: SpanScope,
): Promise<Session> {
  const all: RawSpan[] = [];
  for (let after: string | null = null; ;) {
    const page = await spans.sessionSpans(sessionId, {
      after,
      limit: PAGE,
      ...scope,
    });
    all.push(...page.spans);
    if (page.next === null) return sessionFromSpans(all, { sessionId });
    after = page.next;
  }
}

/** What is normal for an agent: learned from validated sessions only, and kept with their ids. */
export interface Baseline {
  learn(agent: string, sessionIds: string[]): Promise<Profile>;
  profileFor(agent: string): Promise<Profile | null>;
  /** The validated sessions themselves: what a lesson must stay silent on. */
  cleanSessions(agent: string): Promise<Session[]>;
}

/** Of the requests that brought the clean sessions that are kept; the sessions take a few times as much of memory. */
const MOST_BYTES_KEPT = 8_000_000;

interface Kept {
  version: string;
  bytes: number;
  session: Session;
}

/** An agent's sessions by their ids: of what its key wrote, and the keys of its subagents in traces that it joined. Those that were read last are kept, and read again when the index says that they changed. */
function createReader(
  spans: Pick<SpanStore, 'readSessions'>,
  subagentsOf: (agent: string) => string[],
): (agent: string, ids: readonly string[]) => Promise<Session[]> {
  const kept = new Map<string, Kept>();
  const keyOf = (agent: string, id: string): string => JSON.stringify([agent, id]);
  const keep = (key: string, one: Kept): void => {
    kept.delete(key);
    kept.set(key, one);
  };
  const forget = (): void => {
    let bytes = [...kept.values()].reduce((sum, one) => sum + one.bytes, 0);
    for (const [id, one] of kept) {
      if (bytes <= MOST_BYTES_KEPT) return;
      kept.delete(id);
      bytes -= one.bytes;
    }
  };
  return async (agent, ids) => {
    const known = new Map(ids.map((id) => [id, kept.get(keyOf(agent, id))]));
    const versions = [...known].flatMap(([id, one]) => (one ? [[id, one.version] as const] : []));
    const scope = { agent, joinAgents: subagentsOf(agent) };
    const found = await spans.readSessions(ids, scope, new Map(versions));
    const sessions = [...found].map(([id, { version, bytes, spans: read }]) => {
      const before = known.get(id);
      const session = read || !before ? sessionFromSpans(read ?? [], { sessionId: id }) : before.session;
      keep(keyOf(agent, id), { version, bytes, session });
      return session;
    });
    forget();
    return sessions;
  };
}

export function createBaseline(deps: {
  spans: Pick<SpanStore, 'readSessions'>;
  documents: Documents;
  /** Agents whose spans in joined traces are an agent's own: `subagentsAllowed` of the configuration. */
  subagentsOf?: (agent: string) => string[];
}): Baseline {
  const validated = async (agent: string): Promise<string[]> => {
    const found = Validated.safeParse(await deps.documents.get('validated_sessions', agent));
    return found.success ? found.data.sessionIds : [];
  };
  const read = createReader(deps.spans, deps.subagentsOf ?? (() => []));
  /** The profiles that were read last, by their text: who keeps something beside one knows it by its object. */
  const profiles = new Map<string, { text: string; profile: Profile }>();
  return {
    async learn(agent, sessionIds) {
      const profile = learnProfile(await read(agent, sessionIds));
      await deps.documents.put('profile', agent, profile);
      await deps.documents.put('validated_sessions', agent, { sessionIds });
      return profile;
    },
    async profileFor(agent) {
      const value = await deps.documents.get('profile', agent);
      const text = JSON.stringify(value ?? null);
      const known = profiles.get(agent);
      if (known?.text === text) return known.profile;
      const found = Profile.safeParse(value);
      profiles.delete(agent);
      if (!found.success) return null;
      profiles.set(agent, { text, profile: found.data });
      return found.data;
    },
    cleanSessions: oneAtATime(async (agent) => read(agent, await validated(agent))),
  };
}

/**
 * The two proofs of a lesson, and those of other incidents of the agent, ask at the same moment; each reading for
 * itself, sixteen incidents kept every database connection busy for longer than others wait for one.
 */
function oneAtATime<T>(read: (agent: string) => Promise<T>): (agent: string) => Promise<T> {
  const underWay = new Map<string, Promise<T>>();
  return (agent) => {
    const found = underWay.get(agent);
    if (found) return found;
    const reading = read(agent).finally(() => underWay.delete(agent));
    underWay.set(agent, reading);
    return reading;
  };
}
