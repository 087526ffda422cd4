import { z } from 'zod';
import { Name } from '../words.ts';
import { write } from '../write.ts';
import { AgentSection } from './agent.ts';
import {
  AdvisorSection,
  DistributionSection,
  MailSection,
  OnCallSection,
  PagerSection,
  PersonSection,
  SlackSection,
} from './people.ts';
import { PolicySection } from './policy.ts';
import {
  BreakerSection,
  EvidenceSection,
  KeySection,
  MetricsSection,
  RetentionSection,
  ServerSection,
  TemporalSection,
} from './server.ts';

/** A name that is not one says so by its own rule. */
const byName = (remedy: string) => (issue: { code?: string | undefined }) =>
  issue.code === 'invalid_key' ? undefined : write(remedy);

/** `holdpoint.yaml`, whole. Secrets and addresses of servers come from the environment, never from here. */
export const ConfigFile = z.strictObject({
  server: ServerSection.prefault({}),
  temporal: TemporalSection.prefault({}),
  evidence: EvidenceSection.prefault({}),
  retention: RetentionSection.prefault({}),
  agents: z
    .record(Name, AgentSection, { error: byName('the agents by name: see holdpoint.example.yaml') })
    .refine((agents) => Object.keys(agents).length > 0, { error: write('at least one agent') }),
  keys: z.record(Name, KeySection).default({}),
  people: z.record(Name, PersonSection, { error: byName('the people by name: see holdpoint.example.yaml') }),
  onCall: OnCallSection,
  slack: SlackSection.optional(),
  mail: MailSection.optional(),
  pager: PagerSection.optional(),
  advisor: AdvisorSection.optional(),
  distribution: DistributionSection,
  breaker: BreakerSection.prefault({}),
  metrics: MetricsSection.prefault({}),
  policy: PolicySection.prefault({}),
});
export type ConfigFile = z.infer<typeof ConfigFile>;
