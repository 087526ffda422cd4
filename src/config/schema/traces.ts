import { z } from 'zod';
import { Duration } from '../duration.ts';
import { CalledUrl, EnvName } from '../words.ts';
import { write } from '../write.ts';

const WEEK_MS = 7 * 86_400_000;

/** An attribute as a query language takes it without quotes. */
const AttributeName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*$/, {
  error: write('the name of a span attribute, such as session.id'),
});
const SESSION_ATTRIBUTES = ['session.id', 'gen_ai.conversation.id', 'session_id'];

/** What every store behind HTTP has. */
const remote = {
  url: CalledUrl,
  /** How long it keeps traces, counted from the session's own time. */
  retention: Duration.optional(),
  /** Longest wait for spans that are still arriving. */
  settleWithin: Duration.optional(),
};
/** A bearer token, or with `user` the password of basic authentication. */
const keyed = { keyEnv: EnvName.optional(), user: z.string().min(1).max(200).optional() };
const searched = {
  /** How far back a session is looked for. */
  lookback: Duration.default(WEEK_MS),
  /** Span attributes that may hold the session's id. */
  sessionAttributes: z.array(AttributeName).min(1).max(10).default(SESSION_ATTRIBUTES),
};

/** Where an agent's traces are, and how long they stay there, counted from the session's own time. */
export const Traces = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('store'), retention: Duration.optional() }),
  z.strictObject({
    kind: z.literal('file'),
    path: z.string().min(1).max(1_000),
    retention: Duration.optional(),
  }),
  z.strictObject({
    kind: z.literal('phoenix'),
    ...remote,
    ...keyed,
    /** Without it every project is asked. */
    project: z.string().min(1).max(200).optional(),
  }),
  z.strictObject({
    kind: z.literal('jaeger'),
    ...remote,
    ...keyed,
    ...searched,
    /** Without them every service is asked. */
    services: z.array(z.string().min(1).max(200)).max(100).default([]),
  }),
  z.strictObject({
    kind: z.literal('tempo'),
    ...remote,
    ...keyed,
    ...searched,
    /** `X-Scope-OrgID` of a server with tenants. */
    tenant: z
      .string()
      .regex(/^[A-Za-z0-9!\-_.*'()|]{1,150}$/, { error: write('the name of a tenant') })
      .optional(),
    /** The server's `max_attribute_bytes` and `max_bytes_per_trace`. */
    maxAttributeBytes: z.int().positive().default(2_048),
    maxTraceBytes: z.int().positive().default(5_000_000),
  }),
  z.strictObject({
    kind: z.literal('langfuse'),
    ...remote,
    lookback: Duration.default(WEEK_MS),
    publicKeyEnv: EnvName,
    secretKeyEnv: EnvName,
  }),
]);
export type Traces = z.infer<typeof Traces>;
