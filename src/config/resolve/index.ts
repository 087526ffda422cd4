import { resolve } from 'node:path';
import type { ConfigFile } from '../schema/file.ts';
import type { Config } from '../types.ts';
import { resolveAgent, type Known } from './agents.ts';
import type { Findings } from './findings.ts';
import {
  checkDistribution,
  recipients,
  resolveDatabase,
  resolveKeys,
  resolveMail,
  resolveMasterKey,
  resolveAdvisor,
  resolvePager,
  resolveS3,
  resolveServer,
  resolveTemporal,
} from './outside.ts';
import { checkQuorum, resolvePeople, resolveSlack } from './people.ts';

/** Puts the file together with itself, other files and the environment; what is wrong goes into `findings`. */
export function resolveConfig(file: ConfigFile, folder: string, findings: Findings): Config {
  const people = resolvePeople(file, findings);
  const known: Known = {
    agents: Object.keys(file.agents),
    people: new Map(people.map(({ key, actorId }) => [key, actorId])),
    folder,
  };
  for (const [rank, names] of Object.entries(file.onCall))
    findings.names(['onCall', rank], names, [...known.people.keys()], 'people');
  checkQuorum(file, people, findings);
  checkDistribution(file, findings);
  const agents = Object.entries(file.agents).map(
    ([name, agent]) => [name, resolveAgent(name, agent, known, findings)] as const,
  );
  return {
    name: findings.source.name,
    server: resolveServer(file, people, findings),
    temporal: resolveTemporal(file, findings),
    database: resolveDatabase(findings),
    evidence: {
      dir: resolve(folder, findings.variable('HOLDPOINT_EVIDENCE_DIR') ?? file.evidence.dir),
      s3: resolveS3(file, findings),
      encrypt: file.evidence.encrypt,
    },
    retention: {
      evidenceMs: file.retention.evidence ?? null,
      wordsMs: file.retention.words ?? null,
    },
    masterKey: resolveMasterKey(file, findings),
    signing: { key: findings.optional('HOLDPOINT_SIGNING_KEY') },
    agents: Object.fromEntries(agents),
    keys: resolveKeys(file, findings),
    people,
    onCall: file.onCall,
    slack: resolveSlack(file, findings),
    mail: resolveMail(file, findings),
    pager: resolvePager(file, findings),
    advisor: resolveAdvisor(file, findings),
    distribution: {
      platform: recipients(file.distribution.platform),
      onCall: recipients(file.distribution.onCall),
    },
    breaker: { agents: file.breaker.agents, windowMs: file.breaker.window },
    metrics: { workerAddress: file.metrics.workerAddress ?? null },
    policy: file.policy,
    warnings: findings.warnings,
  };
}
