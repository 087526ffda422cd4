import { z } from 'zod';
import type { Session } from '../domain/session/session.ts';
import { learnProfile, Profile } from '../forensics/profile.ts';
import { sessionFromSpans } from '../forensics/read/session.ts';
import type { RawSpan } from '../forensics/read/raw-span.ts';
import type { Documents, SpanStore } from '../store/port.ts';

const Validated = z.object({ sessionIds: z.array(z.string()).max(1_000) });
const PAGE = 1_000;

/** A whole session out of our own span store; of one agent alone, where others may use the same session id. */
export async function readSession(
  spans: Pick<SpanStore, 'sessionSpans'>,
  sessionId: string,
  agent?: string,
): Promise<Session> {
  const all: RawSpan[] = [];
  for (let after: string | null = null; ;) {
    const page = await spans.sessionSpans(sessionId, {
      after,
      limit: PAGE,
      ...(agent === undefined ? {} : { agent }),
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

export function createBaseline(deps: { spans: SpanStore; documents: Documents }): Baseline {
  const validated = async (agent: string): Promise<string[]> => {
    const found = Validated.safeParse(await deps.documents.get('validated_sessions', agent));
    return found.success ? found.data.sessionIds : [];
  };
  /**
   * The two proofs of a lesson, and those of other incidents of the agent, ask at the same moment; each reading for
   * itself, sixteen incidents kept every database connection busy for longer than others wait for one.
   */
  const underWay = new Map<string, Promise<Session[]>>();
  const read = (ids: string[]): Promise<Session[]> =>
    Promise.all(ids.map((id) => readSession(deps.spans, id)));
  return {
    async learn(agent, sessionIds) {
      const profile = learnProfile(await read(sessionIds));
      await deps.documents.put('profile', agent, profile);
      await deps.documents.put('validated_sessions', agent, { sessionIds });
      return profile;
    },
    async profileFor(agent) {
      const found = Profile.safeParse(await deps.documents.get('profile', agent));
      return found.success ? found.data : null;
    },
    cleanSessions: (agent) => {
      const found = underWay.get(agent);
      if (found) return found;
      const reading = validated(agent)
        .then(read)
        .finally(() => underWay.delete(agent));
      underWay.set(agent, reading);
      return reading;
    },
  };
}
