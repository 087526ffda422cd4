import type { AgentConfig } from '../config/types.ts';
import { LiveRule } from '../forensics/live-rule.ts';
import type { Profile } from '../forensics/learned/profile.ts';
import { lexicalSimilarity } from '../forensics/text/similarity.ts';
import type { Documents } from '../store/port.ts';
import type { Knowledge } from './session.ts';

export interface KnowledgeDeps {
  agents: Readonly<Record<string, AgentConfig>>;
  /** What is normal, learned from validated sessions only. */
  profileFor: (agent: string) => Promise<Profile | null>;
  documents: Pick<Documents, 'list'>;
}

/** What closed incidents of the agent left behind; a rule that cannot be read is no rule. */
const lessonsOf = async (
  documents: Pick<Documents, 'list'>,
  agent: string,
): Promise<Knowledge['lessons']> => {
  const rows = await documents.list('live_rule', `${agent}/`);
  return rows.flatMap(({ key, value }) => {
    const rule = LiveRule.safeParse(value);
    return rule.success ? [{ incidentId: key.slice(agent.length + 1), rule: rule.data }] : [];
  });
};

/** All that is known of an agent now: its configuration, what is normal, and the lessons of its incidents. */
export const createKnowledge =
  ({ agents, profileFor, documents }: KnowledgeDeps) =>
  async (agent: string): Promise<Knowledge | null> => {
    const config = Object.hasOwn(agents, agent) ? agents[agent] : undefined;
    if (!config) return null;
    const [profile, lessons] = await Promise.all([profileFor(agent), lessonsOf(documents, agent)]);
    return {
      context: {
        profile,
        tools: config.tools,
        tokenBudget: config.tokenBudget,
        similarity: lexicalSimilarity,
      },
      lessons,
      live: config.live,
    };
  };
