import { Connection } from '@temporalio/client';
import { createSmtpMailer } from '../adapters/mail/smtp.ts';
import { sessionFromFile } from '../adapters/traces/session-file.ts';
import { openEvidence } from '../compose/evidence.ts';
import { remoteTraces } from '../compose/remote-traces.ts';
import type { AgentConfig, Config } from '../config/types.ts';
import { createStore } from '../store/create.ts';
import { examineMasterKey, masterKeyRemedy } from './master-key.ts';
import { lackingOf, missingFields } from './missing-fields.ts';

import { attempt, PATIENCE_MS, type Finding } from './attempt.ts';
import { examineSlack } from './slack.ts';

export type { Finding } from './attempt.ts';

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
    attempt('master key', masterKeyRemedy(config), () => examineMasterKey(config)),
    ...(mailConfig ? [attempt('mail', 'Check the address in mail.urlEnv.', () => mail(mailConfig))] : []),
  ]);
  return [...first, ...(await examineSlack(config)), ...(await agents(config))];
}
