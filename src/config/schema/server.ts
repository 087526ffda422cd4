import { z } from 'zod';
import { TASK_QUEUE } from '../../workflows/ids.ts';
import { Duration } from '../duration.ts';
import { AddressBlock, CalledUrl, EnvName, Name } from '../words.ts';
import { write } from '../write.ts';

const DAY_MS = 86_400_000;

const Header = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{1,60}$/, {
    error: write('the name of an HTTP header, such as X-Forwarded-Email'),
  })
  .transform((name) => name.toLowerCase());

/** A proxy that signs people in and names them in a header; it proves itself by its address and by a second header with a secret. */
const Proxy = z.strictObject({
  userHeader: Header,
  /** Where it connects from; a header that comes from elsewhere names nobody. */
  addresses: z
    .array(AddressBlock)
    .min(1, { error: write('the addresses of the proxy, such as [10.0.0.0/8]; left out: this machine') })
    .max(100)
    .default(['127.0.0.0/8', '::1/128']),
  secretHeader: Header.default('x-holdpoint-proxy-secret'),
  secretEnv: EnvName,
});

export const ServerSection = z.strictObject({
  host: z.string().min(1).max(253).default('127.0.0.1'),
  port: z
    .int({ error: write('a port from 0 to 65535 (0: any free one)') })
    .min(0)
    .max(65_535)
    .default(7400),
  /** What links in cards and mails begin with. */
  publicUrl: z
    .url({
      protocol: /^https?$/,
      error: write('the address that people open, such as https://holdpoint.example.com'),
    })
    .optional(),
  maxBodyBytes: z.int().min(1_024).max(1_048_576).default(65_536),
  bodyTimeout: Duration.default(5_000),
  /** Whoever reaches the port on this machine may read incidents. Refused on any other bind. */
  localReads: z.boolean().default(false),
  /** Whether viewers see what comes out of traces; responders, approvers and auditors always do. */
  viewersSeeTraces: z.boolean().default(false),
  proxy: Proxy.optional(),
});

export const TemporalSection = z.strictObject({
  namespace: Name.default('default'),
  taskQueue: Name.default(TASK_QUEUE),
});

/** A bucket of Amazon S3 or of a server that speaks its language. */
const S3Section = z.strictObject({
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
    error: write('the name of a bucket: 3 to 63 lower-case letters, digits, dots or dashes'),
  }),
  region: z.string().regex(/^[a-z0-9-]{2,40}$/, { error: write('a region such as eu-central-1') }),
  /** Scheme and host of the server; Amazon's own when left out. */
  endpoint: CalledUrl.optional(),
  /** Below which every object lies. */
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/, {
      error: write('letters, digits, dashes and underscores, with single slashes between them'),
    })
    .max(200)
    .optional(),
  accessKeyIdEnv: EnvName.default('AWS_ACCESS_KEY_ID'),
  secretAccessKeyEnv: EnvName.default('AWS_SECRET_ACCESS_KEY'),
  /** How long the server itself refuses to replace or remove an object; for buckets with object lock. */
  lock: z
    .strictObject({
      mode: z.enum(['governance', 'compliance']),
      for: Duration.refine((ms) => ms >= DAY_MS, { error: write('one day or longer, such as 365d') }),
    })
    .optional(),
});

export const EvidenceSection = z.strictObject({
  /** A folder, relative to this file. */
  dir: z.string().min(1).max(1_000).default('evidence'),
  /** Instead of the folder. */
  s3: S3Section.optional(),
  /** What comes out of traces is encrypted with a key of its incident, so that it can be erased. */
  encrypt: z.boolean().default(false),
});

/** How long what is personal is kept after an incident's end; what is left out is kept until somebody erases it. */
export const RetentionSection = z.strictObject({
  /** What came out of traces, and the histories of the workflow. */
  evidence: Duration.refine((ms) => ms >= DAY_MS, {
    error: write('one day or longer, such as 365d'),
  }).optional(),
  /** What people wrote. */
  words: Duration.refine((ms) => ms >= DAY_MS, {
    error: write('one day or longer, such as 1095d'),
  }).optional(),
});

/** A key: what a source of alerts or an agent proves itself by, and the agents it may speak for. */
export const KeySection = z.strictObject({
  kind: z.enum(['bearer', 'hmac']).default('bearer'),
  env: EnvName,
  agents: z
    .array(Name)
    .min(1, { error: write('the agents that this key may speak for, such as [loan-agent]') })
    .max(200),
  may: z
    .array(z.enum(['alerts', 'traces', 'switch', 'metrics']))
    .min(1)
    .default(['alerts', 'traces', 'switch']),
});

/** Where the Temporal SDK of a worker tells its metrics to Prometheus. */
export const MetricsSection = z.strictObject({
  workerAddress: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,200}:\d{1,5}$/, { error: write('a host and a port, such as 127.0.0.1:9464') })
    .optional(),
});

/** Stops mass containment: more than `agents` within `window`, and a person decides. */
export const BreakerSection = z.strictObject({
  agents: z.int().positive().default(3),
  window: Duration.default(600_000),
});
