import { Connection } from '@temporalio/client';
import { createSmtpMailer } from '../adapters/mail/smtp.ts';
import { sessionFromFile } from '../adapters/traces/file.ts';
import { openEvidence } from '../compose/evidence.ts';
import { remoteTraces } from '../compose/remote-traces.ts';
import type { AgentConfig, Config } from '../config/types.ts';
import { createSlackClient } from '../slack/client.ts';
import { createStore } from '../store/create.ts';
import { lackingOf, missingFields } from './missing-fields.ts';

export interface Finding {
  name: string;
  ok: boolean;
  /** What was found, or what is wrong and what to do. */
  says: string;
}

const PATIENCE_MS = 8_000;

const late = (): Promise<never> =>
  new Promise((_resolve, reject) =>
    setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS).unref(),
  );

/** One try; its error becomes a sentence with the remedy, never a stack. */
async function attempt(name: string, remedy: string, work: () => Promise<string>): Promise<Finding> {
  try {
    return { name, ok: true, says: await Promise.race([work(), late()]) };
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { name, ok: false, says: `${why}. ${remedy}` };
  }
}

async function temporal({ temporal: { address, namespace, apiKey, tls } }: Config): Promise<string> {
  const key = apiKey?.reveal();
  const connection = await Connection.connect({
    address,
    tls,
    connectTimeout: PATIENCE_MS,
    ...(key ? { apiKey: key } : {}),
  });
  try {
    await connection.workflowService.describeNamespace({ namespace });
    return `${address}, namespace ${namespace}`;
  } finally {
    await connection.close();
  }
}

async function database({ database: { url } }: Config): Promise<string> {
  if (!url) throw new Error('no DATABASE_URL');
  const store = await createStore({ url: url.reveal(), poolSize: 1 });
  await store.close();
  return 'connected, tables up to date';
}

async function evidence(config: Config): Promise<string> {
  const { store, where } = openEvidence(config.evidence);
  const { uri } = await store.put(new TextEncoder().encode('holdpoint doctor'));
  const verdict = await store.verify(uri);
  if (!verdict.ok) throw new Error(verdict.problem);
  await store.name(['doctor'], uri);
  return `${where} can be written and read`;
}

const evidenceRemedy = ({ evidence: { s3 } }: Config): string =>
  s3
    ? 'Check evidence.s3 and the credentials in the environment.'
    : 'Make the folder evidence.dir writable for this user.';

async function mail(config: NonNullable<Config['mail']>): Promise<string> {
  const from = { name: 'Holdpoint', address: config.from };
  await createSmtpMailer({ url: config.url.reveal(), from, timeoutMs: PATIENCE_MS }).verify();
  return `the server accepts mail from ${config.from}`;
}

async function slack({ slack: settings }: Config): Promise<Finding[]> {
  if (!settings) return [];
  const client = createSlackClient({
    botToken: settings.botToken.reveal(),
    slackApiUrl: settings.apiUrl ?? undefined,
  });
  const token = await attempt('slack token', 'Set SLACK_BOT_TOKEN to the bot token of the app.', async () => {
    const { team_id: team, team: name } = await client.auth.test();
    if (team !== settings.teamId)
      throw new Error(`the token is of team ${team}, slack.team says ${settings.teamId}`);
    return `team ${name ?? team}`;
  });
  const channel = await attempt(
    'slack channel',
    `Invite the app to ${settings.channel}, and give it channels:read.`,
    async () => {
      const { channel: found } = await client.conversations.info({ channel: settings.channel });
      if (!found?.is_member) throw new Error('the app is not a member of the channel');
      return `#${found.name ?? settings.channel}`;
    },
  );
  const groups = settings.approverGroups.map((usergroup) =>
    attempt(
      `slack group ${usergroup}`,
      'Give the app usergroups:read, and check slack.approverGroups.',
      async () => {
        const { users = [] } = await client.usergroups.users.list({ usergroup });
        if (users.length < 2)
          throw new Error(`${users.length} members; an irreversible action needs two people`);
        return `${users.length} members`;
      },
    ),
  );
  return [token, channel, ...(await Promise.all(groups))];
}

async function webhook({ containment }: AgentConfig): Promise<string> {
  if (containment.kind !== 'webhook') return containment.kind;
  const answer = await fetch(containment.url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  return `${containment.url} answers (${answer.status})`;
}

const remedyOf = ({ name, traces: { kind } }: AgentConfig): string => {
  if (kind === 'store') return 'Send its spans to /v1/traces with its key.';
  const what = kind === 'file' ? 'the path' : 'the address and the key';
  return `Check ${what} in agents.${name}.traces.`;
};

/** Whether the store answers; of our own, and of a file, which required fields the newest session lacks. */
const tracesOf = async (config: Config, agent: AgentConfig): Promise<string> => {
  const { traces } = agent;
  if (traces.kind === 'store') return missingFields(config, agent);
  if (traces.kind === 'file') return lackingOf(await sessionFromFile(traces.path));
  return (await remoteTraces(traces).probe?.()) ?? traces.kind;
};

const agents = (config: Config): Promise<Finding[]> =>
  Promise.all(
    Object.values(config.agents).flatMap((agent) => [
      attempt(
        `${agent.name} containment`,
        'Check agents[].containment.url: the stop button must reach it.',
        () => webhook(agent),
      ),
      attempt(`${agent.name} traces`, remedyOf(agent), () => tracesOf(config, agent)),
    ]),
  );

/** Every connection of a configuration, tried. */
export async function examine(config: Config): Promise<Finding[]> {
  const { mail: mailConfig } = config;
  const first = await Promise.all([
    attempt(
      'temporal',
      'Set TEMPORAL_ADDRESS to a server that runs, and temporal.namespace to one it has.',
      () => temporal(config),
    ),
    attempt('database', 'Set DATABASE_URL to a Postgres that runs.', () => database(config)),
    attempt('evidence', evidenceRemedy(config), () => evidence(config)),
    ...(mailConfig ? [attempt('mail', 'Check the address in mail.urlEnv.', () => mail(mailConfig))] : []),
  ]);
  return [...first, ...(await slack(config)), ...(await agents(config))];
}
