import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { configFrom } from '../../config.ts';
import type { Config } from '../../config/types.ts';
import { CHANNELS, PEOPLE, TEAM_ID, USER_GROUPS } from '../slack/sample-workspace.ts';

export const AGENT = 'loan-agent';

const Secrets = z.object({
  HOLDPOINT_SAMPLE_KEY: z.string().min(20),
  SLACK_BOT_TOKEN: z.string().min(10),
  SLACK_SIGNING_SECRET: z.string().min(20),
});
export type Secrets = z.infer<typeof Secrets>;

const random = (): string => randomBytes(24).toString('hex');

/** Secrets of the sample, made at its first start and kept in a file that only its owner can read. */
export function sampleSecrets(dir: string): Secrets {
  const file = join(dir, 'sample-secrets.json');
  if (existsSync(file)) return Secrets.parse(JSON.parse(readFileSync(file, 'utf8')));
  const secrets = {
    HOLDPOINT_SAMPLE_KEY: random(),
    SLACK_BOT_TOKEN: `xoxb-sample-${random()}`,
    SLACK_SIGNING_SECRET: random(),
  };
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}

const TOOLS = fileURLToPath(new URL('../../../examples/loan-agent/tools.yaml', import.meta.url));

const person = (name: string, slack: string, roles: string[]) => ({ name, slack, roles });

export interface SampleParts {
  dir: string;
  port: number;
  slackApiUrl: string;
  smtpUrl: string;
  databaseUrl: string;
  temporalAddress: string;
  secrets: Secrets;
  /** The section `agents`. */
  agents: Record<string, unknown>;
  /** Other sections, such as `breaker`. */
  more?: Record<string, unknown> | undefined;
}

/** The loan agent: stopped by its switch; its application store undoes its own status changes. */
export function loanAgent(
  applicationsUrl: string,
  lessons: 'contain' | 'note' = 'note',
): Record<string, unknown> {
  const application = `${applicationsUrl}/applications/{application_id}`;
  return {
    owners: ['dana'],
    containment: { kind: 'stop-switch', lease: '250ms' },
    traces: { kind: 'store', retention: '24h' },
    // Nobody acts on a flag here, so that the failure does harm; with `--again` the lesson it left acts.
    live: { alertFrom: 'never', containFrom: 'never', lessons },
    tools: TOOLS,
    reversals: {
      set_application_status: {
        url: `${application}/status`,
        method: 'PUT',
        body: { status: '{status}', reason: 'Reversed by Holdpoint' },
        verify: { url: application, path: 'status', equals: '{status}' },
      },
    },
  };
}

/** What the `holdpoint.yaml` of the sample would say: five people, everything on loopback. With its environment. */
export function sampleSettings(parts: SampleParts): {
  value: Record<string, unknown>;
  env: Record<string, string>;
} {
  const { ana, ben, chidi, dana, eve } = PEOPLE;
  const value = {
    server: { port: parts.port, localReads: true, viewersSeeTraces: true },
    evidence: { dir: join(parts.dir, 'evidence') },
    agents: parts.agents,
    keys: { sample: { env: 'HOLDPOINT_SAMPLE_KEY', agents: Object.keys(parts.agents) } },
    people: {
      ana: person('Ana Ruiz', ana, ['responder', 'approver']),
      ben: person('Ben Okafor', ben, ['responder', 'approver']),
      chidi: person('Chidi Lindqvist', chidi, ['responder', 'approver']),
      dana: person('Dana Weiss', dana, ['responder']),
      eve: person('Eve Marsh', eve, ['viewer']),
    },
    onCall: { primary: ['ana'], secondary: ['ben'], manager: ['chidi'] },
    slack: {
      team: TEAM_ID,
      channel: CHANNELS.incidents,
      approverGroups: [USER_GROUPS.incidentApprovers],
      apiUrl: parts.slackApiUrl,
    },
    mail: { from: 'holdpoint@example.com' },
    distribution: {
      platform: [{ mail: 'platform@example.com' }, { channel: CHANNELS.platform }],
      onCall: [{ mail: 'on-call@example.com' }, { channel: CHANNELS.onCall }],
    },
    ...parts.more,
  };
  const env = {
    ...parts.secrets,
    SMTP_URL: parts.smtpUrl,
    DATABASE_URL: parts.databaseUrl,
    TEMPORAL_ADDRESS: parts.temporalAddress,
  };
  return { value, env };
}

export function sampleConfig(parts: SampleParts): Config {
  const { value, env } = sampleSettings(parts);
  return configFrom(value, { name: 'the sample', folder: parts.dir, env });
}
