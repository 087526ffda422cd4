import type { z } from 'zod';
import type { Secret } from '../secret.ts';
import type { ConfigFile } from '../schema/file.ts';
import type { DistributionSection } from '../schema/people.ts';
import type {
  AdvisorConfig,
  Config,
  KeyConfig,
  PagerConfig,
  PersonConfig,
  RecipientConfig,
} from '../types.ts';
import { isLoopback } from '../words.ts';
import type { Findings } from './findings.ts';

type Recipients = z.infer<typeof DistributionSection>['platform'];

export const recipients = (section: Recipients): RecipientConfig[] =>
  section.map((entry) =>
    'mail' in entry ? { kind: 'mail', address: entry.mail } : { kind: 'channel', address: entry.channel },
  );

/** Each way of distribution that the lists name must be configured. */
export function checkDistribution(file: ConfigFile, findings: Findings): void {
  for (const team of ['platform', 'onCall'] as const) {
    file.distribution[team].forEach((entry, index) => {
      const path = ['distribution', team, index];
      if ('mail' in entry && !file.mail)
        findings.say(path, 'the section `mail` too: it says how mail is sent');
      if ('channel' in entry && !file.slack) findings.say(path, 'the section `slack` too, or a mail address');
    });
  }
}

export function resolveMail({ mail }: ConfigFile, findings: Findings): Config['mail'] {
  if (!mail) return null;
  const url = findings.secret(mail.urlEnv, ['mail', 'urlEnv'], 1);
  const value = url.reveal();
  if (value !== '' && !/^smtps?:\/\/[^/]+/i.test(value))
    findings.sayVariable(
      mail.urlEnv,
      'a value that is no SMTP address (not shown)',
      'smtps://user:password@mail.example.com:465',
    );
  return { from: mail.from, url };
}

export function resolveAdvisor({ advisor }: ConfigFile, findings: Findings): AdvisorConfig | null {
  if (!advisor) return null;
  const { url, model, keyEnv, timeout, usdPerMillionTokens } = advisor;
  const key = keyEnv === undefined ? null : findings.secret(keyEnv, ['advisor', 'keyEnv'], 1);
  return { url, model, key, timeoutMs: timeout, usdPerMillionTokens: usdPerMillionTokens ?? null };
}

export function resolvePager({ pager }: ConfigFile, findings: Findings): PagerConfig | null {
  if (!pager) return null;
  if (pager.kind === 'webhook')
    return {
      kind: 'webhook',
      url: pager.url,
      secret: findings.secret(pager.secretEnv, ['pager', 'secretEnv']),
    };
  const routingKey = findings.secret(pager.routingKeyEnv, ['pager', 'routingKeyEnv']);
  return { kind: 'pagerduty', routingKey, url: pager.url ?? null };
}

export function resolveKeys(file: ConfigFile, findings: Findings): KeyConfig[] {
  const agents = Object.keys(file.agents);
  const seen = new Map<string, string>();
  return Object.entries(file.keys).map(([id, key]) => {
    findings.names(['keys', id, 'agents'], key.agents, agents, 'agents');
    const secret = findings.secret(key.env, ['keys', id, 'env']);
    const other = seen.get(secret.reveal());
    if (other !== undefined && secret.reveal() !== '')
      findings.say(
        ['keys', id, 'env'],
        `a variable with a secret of its own; ${other} has the same`,
        'the same secret twice',
      );
    seen.set(secret.reveal(), id);
    if (key.kind === 'hmac' && key.may.some((use) => use !== 'alerts'))
      findings.say(['keys', id, 'may'], '[alerts]: agents send traces and ask the switch with a bearer key');
    return { id, kind: key.kind, secret, agents: key.agents, may: key.may };
  });
}

export function resolveS3({ evidence: { s3 } }: ConfigFile, findings: Findings): Config['evidence']['s3'] {
  if (!s3) return null;
  const at = ['evidence', 's3'];
  if (findings.variable('HOLDPOINT_SIGNING_KEY') === null)
    findings.warn(
      at,
      'set HOLDPOINT_SIGNING_KEY too: without it each machine makes a signing key of its own beside evidence.dir',
    );
  return {
    bucket: s3.bucket,
    region: s3.region,
    endpoint: s3.endpoint ?? null,
    prefix: s3.prefix ?? '',
    accessKeyId: findings.secret(s3.accessKeyIdEnv, [...at, 'accessKeyIdEnv'], 1),
    secretAccessKey: findings.secret(s3.secretAccessKeyEnv, [...at, 'secretAccessKeyEnv'], 8),
    sessionToken: findings.optional('AWS_SESSION_TOKEN'),
    lock: s3.lock ? { mode: s3.lock.mode, retainMs: s3.lock.for } : null,
  };
}

/** Addresses come from the environment before the file: the same file serves laptop and cluster. */
export function resolveServer(
  file: ConfigFile,
  people: PersonConfig[],
  findings: Findings,
): Config['server'] {
  const { server } = file;
  const host = findings.variable('HOLDPOINT_HOST') ?? server.host;
  const port = portOf(findings) ?? server.port;
  const proxy = server.proxy && {
    userHeader: server.proxy.userHeader,
    addresses: server.proxy.addresses,
    secretHeader: server.proxy.secretHeader,
    secret: findings.secret(server.proxy.secretEnv, ['server', 'proxy', 'secretEnv']),
  };
  if (!isLoopback(host)) checkPublic(file, people, host, findings);
  const shown = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const publicUrl = (server.publicUrl ?? `http://${shown}:${port}`).replace(/\/+$/, '');
  const { maxBodyBytes, localReads, viewersSeeTraces } = server;
  return {
    host,
    port,
    publicUrl,
    maxBodyBytes,
    bodyTimeoutMs: server.bodyTimeout,
    localReads,
    viewersSeeTraces,
    proxy: proxy ?? null,
  };
}

function portOf(findings: Findings): number | null {
  const text = findings.variable('HOLDPOINT_PORT');
  if (text === null) return null;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  findings.sayVariable('HOLDPOINT_PORT', JSON.stringify(text.slice(0, 20)), 'a port from 0 to 65535');
  return null;
}

/** A port that others reach needs keys for sources and a way for people to prove who they are. */
function checkPublic(file: ConfigFile, people: PersonConfig[], host: string, findings: Findings): void {
  const found = `${host}, which other machines can reach`;
  const at = ['server', 'host'];
  if (Object.keys(file.keys).length === 0)
    findings.say(at, '127.0.0.1, or keys for those who post alerts (section `keys`)', found);
  if (!file.server.proxy && people.every(({ token }) => token === null))
    findings.say(at, '127.0.0.1, or a way to sign in: people[].tokenEnv or server.proxy', found);
  if (file.server.localReads)
    findings.say(['server', 'localReads'], 'false: on this host everybody could read', `true, on ${host}`);
}

export function resolveTemporal(file: ConfigFile, findings: Findings): Config['temporal'] {
  const apiKey = findings.optional('TEMPORAL_API_KEY');
  return {
    address: findings.variable('TEMPORAL_ADDRESS') ?? '127.0.0.1:7233',
    namespace: findings.variable('TEMPORAL_NAMESPACE') ?? file.temporal.namespace,
    taskQueue: file.temporal.taskQueue,
    apiKey,
    tls: apiKey !== null || findings.variable('TEMPORAL_TLS') === 'true',
  };
}

export function resolveDatabase(findings: Findings): Config['database'] {
  const url: Secret | null = findings.optional('DATABASE_URL');
  if (url && !/^postgres(ql)?:\/\//.test(url.reveal()))
    findings.sayVariable(
      'DATABASE_URL',
      'a value that is no Postgres address (not shown)',
      'postgres://user:password@host:5432/holdpoint',
    );
  return { url };
}

/** Without one the keys of evidence stand beside what they are to protect in every backup of the database: that is said. */
export function resolveMasterKey(file: ConfigFile, findings: Findings): Secret | null {
  const key = findings.optional('HOLDPOINT_MASTER_KEY');
  if (key && Buffer.from(key.reveal(), 'base64').length !== 32)
    findings.sayVariable(
      'HOLDPOINT_MASTER_KEY',
      'something else',
      '32 random bytes in base64, for example from `openssl rand -base64 32`',
    );
  if (!key && file.evidence.encrypt && findings.variable('HOLDPOINT_SIGNING_KEY') !== null)
    findings.warn(
      ['evidence', 'encrypt'],
      'set HOLDPOINT_MASTER_KEY too: without it the keys of evidence stand in the database in the clear, and whoever has a backup of it has them',
    );
  return key;
}
