import { z } from 'zod';
import { iso, Moment } from './fields.ts';
import type { AgentIncidents, Lists, OpenIncident } from '../../store/port.ts';

/** What is known of an agent's sessions: outcomes and flags. */
export const SessionCounts = z.object({
  sessions: z.int(),
  steps: z.int(),
  outcomes: z.record(z.string(), z.int()).describe('session outcome → sessions'),
  flags: z.record(z.string(), z.int()).describe('flag → findings that raise something'),
});
export type SessionCounts = z.infer<typeof SessionCounts>;

export const AgentView = z.object({
  agent: z.string(),
  configured: z.boolean().describe('false: it has incidents, and no entry in holdpoint.yaml (any more)'),
  incidents: z.object({
    total: z.int(),
    open: z.int(),
    closed: z.int(),
    dismissed: z.int(),
    resolvedAsBug: z.int(),
    merged: z.int(),
    lastOpenedAt: Moment.nullable(),
  }),
  held: z.boolean().describe('it starts no new session'),
  heldBy: z.array(z.string()).describe('open incidents that hold it; a person releases it there'),
  openIncidents: z.array(z.string()).describe('the newest'),
  baseline: z
    .object({ validatedSessions: z.int() })
    .nullable()
    .describe('null: nothing was learned; an unknown baseline counts as a reason for a full postmortem'),
  sessions: SessionCounts.nullable().describe('null: none on record'),
  flagsPerThousandSteps: z.record(z.string(), z.number()).nullable(),
});
export type AgentView = z.infer<typeof AgentView>;

export const AgentsView = z.object({ agents: z.array(AgentView) });
export type AgentsView = z.infer<typeof AgentsView>;

export interface AgentsDeps {
  lists: Pick<Lists, 'agents' | 'openByAgent'>;
  /** Names of configured agents. */
  configured: readonly string[];
  /** How many validated sessions an agent's baseline was learned from; null without one. */
  validatedSessions: (agent: string) => Promise<number | null>;
  sessionCounts: (agent: string) => Promise<SessionCounts | null>;
}

const MOST_OPEN = 50;
const NONE = { total: 0, open: 0, closed: 0, dismissed: 0, resolvedAsBug: 0, merged: 0 };

const perThousand = ({ steps, flags }: SessionCounts): Record<string, number> =>
  Object.fromEntries(
    Object.entries(flags).map(([flag, n]) => [
      flag,
      steps === 0 ? 0 : Math.round((n / steps) * 100_000) / 100,
    ]),
  );

async function agentView(
  deps: AgentsDeps,
  agent: string,
  counts: AgentIncidents | undefined,
  open: readonly OpenIncident[],
): Promise<AgentView> {
  const [validated, sessions] = await Promise.all([deps.validatedSessions(agent), deps.sessionCounts(agent)]);
  const { agent: _agent, lastOpenedAt, ...totals } = counts ?? { agent, ...NONE, lastOpenedAt: null };
  const heldBy = open.filter(({ held }) => held).map(({ incidentId }) => incidentId);
  return {
    agent,
    configured: deps.configured.includes(agent),
    incidents: { ...totals, lastOpenedAt: lastOpenedAt === null ? null : iso(lastOpenedAt) },
    held: heldBy.length > 0,
    heldBy,
    openIncidents: open.slice(0, MOST_OPEN).map(({ incidentId }) => incidentId),
    baseline: validated === null ? null : { validatedSessions: validated },
    sessions,
    flagsPerThousandSteps: sessions && perThousand(sessions),
  };
}

/** Every agent that is configured or has an incident, those with open incidents first. */
export async function agentsView(deps: AgentsDeps): Promise<AgentsView> {
  const [all, open] = await Promise.all([deps.lists.agents(), deps.lists.openByAgent(MOST_OPEN)]);
  const counts = new Map(all.map((one) => [one.agent, one]));
  const names = [...new Set([...deps.configured, ...counts.keys()])];
  const agents = await Promise.all(
    names.map((agent) =>
      agentView(
        deps,
        agent,
        counts.get(agent),
        open.filter((one) => one.agent === agent),
      ),
    ),
  );
  return {
    agents: agents.sort((a, b) => b.incidents.open - a.incidents.open || a.agent.localeCompare(b.agent)),
  };
}
