import { resolve } from 'node:path';
import type { Traces } from '../schema/traces.ts';
import type { Path } from '../source.ts';
import type { TracesConfig } from '../types.ts';
import type { Findings } from './findings.ts';

type Remote = Extract<Traces, { url: string }>;
type Keyed = Extract<Remote, { keyEnv?: string | undefined }>;

const remote = ({ url, retention, settleWithin }: Remote) => ({
  url,
  retentionMs: retention ?? null,
  settleWithinMs: settleWithin ?? null,
});

const keyed = (section: Keyed, path: Path, findings: Findings) => {
  if (section.user !== undefined && section.keyEnv === undefined)
    findings.say(
      [...path, 'user'],
      'keyEnv: the variable with the password of this user, too',
      'a user alone',
    );
  const key = section.keyEnv === undefined ? null : findings.secret(section.keyEnv, [...path, 'keyEnv'], 1);
  return { ...remote(section), key, user: section.user ?? null };
};

/** Where an agent's traces are, with the keys out of the environment. */
export function resolveTraces(section: Traces, path: Path, folder: string, findings: Findings): TracesConfig {
  switch (section.kind) {
    case 'store':
      return { kind: section.kind, retentionMs: section.retention ?? null };
    case 'file':
      return {
        kind: section.kind,
        path: resolve(folder, section.path),
        retentionMs: section.retention ?? null,
      };
    case 'phoenix':
      return { kind: section.kind, ...keyed(section, path, findings), project: section.project ?? null };
    case 'jaeger': {
      const { kind, services, lookback: lookbackMs, sessionAttributes } = section;
      return { kind, ...keyed(section, path, findings), services, lookbackMs, sessionAttributes };
    }
    case 'tempo': {
      const { kind, lookback: lookbackMs, sessionAttributes, maxAttributeBytes, maxTraceBytes } = section;
      const tenant = section.tenant ?? null;
      const search = { lookbackMs, sessionAttributes };
      return { kind, ...keyed(section, path, findings), ...search, tenant, maxAttributeBytes, maxTraceBytes };
    }
    case 'langfuse':
      return {
        kind: section.kind,
        ...remote(section),
        lookbackMs: section.lookback,
        publicKey: findings.secret(section.publicKeyEnv, [...path, 'publicKeyEnv'], 1),
        secretKey: findings.secret(section.secretKeyEnv, [...path, 'secretKeyEnv'], 1),
      };
  }
}
