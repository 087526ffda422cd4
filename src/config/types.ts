import type { HttpToolConfig } from '../adapters/tools/http.ts';
import type { Role } from '../domain/incident/actor.ts';
import type { Policy } from '../domain/policy.ts';
import type { ToolManifest } from '../domain/tools.ts';
import type { Secret } from './secret.ts';

export type ContainmentConfig =
  | { kind: 'stop-switch'; leaseMs: number; confirmWithinMs: number }
  | { kind: 'webhook'; url: string; secret: Secret; timeoutMs: number }
  | { kind: 'temporal'; workflowId: string; namespace: string | null };

/** A trace store behind HTTP. `user`: basic authentication with the key as its password; else the key is a bearer token. */
interface RemoteTraces {
  url: string;
  retentionMs: number | null;
  /** Null: what is usual for the store. */
  settleWithinMs: number | null;
}
interface KeyedTraces extends RemoteTraces {
  key: Secret | null;
  user: string | null;
}
interface SearchedTraces extends KeyedTraces {
  lookbackMs: number;
  sessionAttributes: string[];
}

export type TracesConfig =
  | { kind: 'store'; retentionMs: number | null }
  | { kind: 'file'; path: string; retentionMs: number | null }
  | ({ kind: 'phoenix'; project: string | null } & KeyedTraces)
  | ({ kind: 'jaeger'; services: string[] } & SearchedTraces)
  | ({
      kind: 'tempo';
      tenant: string | null;
      maxAttributeBytes: number;
      maxTraceBytes: number;
    } & SearchedTraces)
  | ({ kind: 'langfuse'; lookbackMs: number; publicKey: Secret; secretKey: Secret } & RemoteTraces);

export interface ReversalConfig extends Omit<HttpToolConfig, 'headers'> {
  headers: Record<string, string>;
  secretHeaders: Record<string, Secret>;
}

/** What the live detector may do; severities from which it tells people, and from which it stops the agent. */
export interface LiveConfig {
  mode: 'act' | 'observe';
  alertFrom: 'warning' | 'critical' | 'never';
  containFrom: 'warning' | 'critical' | 'never';
  lessons: 'contain' | 'alert' | 'note';
}

export interface AgentConfig {
  name: string;
  /** Actor ids of the people who own it: they may not sign its reversals. */
  ownerIds: string[];
  containment: ContainmentConfig;
  subagentsAllowed: string[];
  traces: TracesConfig;
  /** Null: every tool is unknown, and an unknown tool counts as irreversible. */
  tools: ToolManifest | null;
  /** By the name of the tool that undoes. */
  reversals: Record<string, ReversalConfig>;
  tokenBudget: number | null;
  live: LiveConfig;
}

export interface PersonConfig {
  /** The name in the file, such as `ana`. */
  key: string;
  /** The stable actor id, the same in Slack, on the page and in the API: `slack:TEAM:USER`, or `person:ana`. */
  actorId: string;
  name: string;
  roles: Role[];
  slackUserId: string | null;
  login: string | null;
  token: Secret | null;
}

export type KeyUse = 'alerts' | 'traces' | 'switch' | 'metrics';

export interface KeyConfig {
  id: string;
  kind: 'bearer' | 'hmac';
  secret: Secret;
  agents: string[];
  may: KeyUse[];
}

export interface SlackConfig {
  teamId: string;
  channel: string;
  approverGroups: string[];
  botToken: Secret;
  /** Empty in Socket Mode, which needs none. */
  signingSecret: Secret;
  /** Null: Slack posts to our address. */
  appToken: Secret | null;
  room: 'thread' | 'channel';
  /** Null: Slack itself. */
  apiUrl: string | null;
}

export interface AdvisorConfig {
  url: string;
  model: string;
  key: Secret | null;
  timeoutMs: number;
  usdPerMillionTokens: { input: number; output: number } | null;
}
export type PagerConfig =
  | { kind: 'webhook'; url: string; secret: Secret }
  | { kind: 'pagerduty'; routingKey: Secret; url: string | null };

export interface S3Config {
  bucket: string;
  region: string;
  /** Null: Amazon's own of the region. */
  endpoint: string | null;
  prefix: string;
  accessKeyId: Secret;
  secretAccessKey: Secret;
  sessionToken: Secret | null;
  lock: { mode: 'governance' | 'compliance'; retainMs: number } | null;
}

export type RecipientConfig = { kind: 'mail' | 'channel'; address: string };

/** The configuration, checked, with the environment's secrets in it. */
export interface Config {
  /** What it was read from, for people. */
  name: string;
  server: {
    host: string;
    port: number;
    /** Without a slash at its end. */
    publicUrl: string;
    maxBodyBytes: number;
    bodyTimeoutMs: number;
    localReads: boolean;
    /** Whether viewers, and this machine where it reads without a person, see what comes out of traces. */
    viewersSeeTraces: boolean;
    /** `addresses`: blocks such as `10.0.0.0/8`. */
    proxy: { userHeader: string; addresses: string[]; secretHeader: string; secret: Secret } | null;
  };
  temporal: { address: string; namespace: string; taskQueue: string; apiKey: Secret | null; tls: boolean };
  /** Null: none is given; something embedded may take its place. */
  database: { url: Secret | null };
  /** `s3` takes the folder's place; null: the folder. */
  evidence: { dir: string; s3: S3Config | null; encrypt: boolean };
  /** How long after an incident's end, ms; null: until somebody erases it. */
  retention: { evidenceMs: number | null; wordsMs: number | null };
  /** Wraps the keys of encrypted evidence: 32 bytes in base64. Null: a key file, or none. */
  masterKey: Secret | null;
  /** `key`: the Ed25519 seed in base64. Null: a key file in the evidence folder's neighbourhood. */
  signing: { key: Secret | null };
  agents: Record<string, AgentConfig>;
  keys: KeyConfig[];
  people: PersonConfig[];
  /** Keys of people. */
  onCall: { primary: string[]; secondary: string[]; manager: string[] };
  slack: SlackConfig | null;
  mail: { from: string; url: Secret } | null;
  pager: PagerConfig | null;
  advisor: AdvisorConfig | null;
  distribution: { platform: RecipientConfig[]; onCall: RecipientConfig[] };
  breaker: { agents: number; windowMs: number };
  /** `workerAddress`: where a worker's Temporal SDK tells its metrics, `host:port`; null: it tells none. */
  metrics: { workerAddress: string | null };
  policy: Policy;
  /** What works but deserves a look, in sentences. */
  warnings: string[];
}
