import { createHash, createHmac } from 'node:crypto';
import type { KeyConfig, KeyUse } from '../../config/types.ts';
import { Problem } from '../problem.ts';
import { bearerOf, digestOf, findByDigest, sameDigest } from './compare.ts';

/** Who posts: the key, and of signed requests what tells a repeated one from a new one. */
export interface Source {
  key: KeyConfig;
  /** Digest of key, time and signature; null for a bearer key. */
  requestId: string | null;
}

export type HeaderOf = (name: string) => string | undefined;

export interface KeyRing {
  /** A bearer key, without a body: the stop switch and traces. */
  bearer(header: HeaderOf): Source;
  /** A bearer key or a signature over the raw body. */
  source(header: HeaderOf, body: Uint8Array): Source;
  /** A bearer key, or null where it is none of ours: it may be a person's token. */
  known(header: HeaderOf): KeyConfig | null;
  /** A key that came in the body, as PagerDuty's `routing_key` does. */
  token(token: string): Source;
}

/** How far a signed request's time may be from ours, both ways. */
const WINDOW_MS = 5 * 60_000;

const unauthenticated = (detail: string, remedy: string, field = 'authorization'): Problem =>
  new Problem({
    status: 401,
    code: 'not-authenticated',
    field,
    detail,
    remedy,
    headers: { 'www-authenticate': 'Bearer' },
  });

const NO_KEY =
  'Send `Authorization: Bearer <key>`, or sign the body: X-Holdpoint-Timestamp and X-Holdpoint-Signature.';

/** Keys that sources and agents prove themselves by. Comparisons take the same time, right or wrong. */
export function createKeyRing(keys: readonly KeyConfig[], nowMs: () => number): KeyRing {
  const bearers = keys
    .filter(({ kind }) => kind === 'bearer')
    .map((key) => ({ key, digest: digestOf(key.secret.reveal()) }));
  const signers = keys.filter(({ kind }) => kind === 'hmac');

  const token = (given: string): Source => {
    const found = findByDigest(bearers, given);
    if (!found)
      throw unauthenticated(
        'This key is not known here.',
        'Use a key of the section `keys` in holdpoint.yaml.',
      );
    return { key: found.key, requestId: null };
  };

  const known = (header: HeaderOf): KeyConfig | null =>
    findByDigest(bearers, bearerOf(header('authorization')) ?? '')?.key ?? null;

  const bearer = (header: HeaderOf): Source => {
    const given = bearerOf(header('authorization'));
    if (given === null) throw unauthenticated('No key was sent.', 'Send `Authorization: Bearer <key>`.');
    return token(given);
  };

  const signed = (given: SignedHeaders, body: Uint8Array): Source => {
    let found: KeyConfig | null = null;
    for (const key of signers) {
      const expected = given.expected(key.secret.reveal(), given.timestamp, body);
      if (sameDigest(digestOf(expected), digestOf(given.signature))) found = key;
    }
    if (!found)
      throw unauthenticated(
        'The signature is not that of a known key over this body.',
        given.remedy,
        given.field,
      );
    const ageMs = nowMs() - Number(given.timestamp) * 1_000;
    if (!(Math.abs(ageMs) <= WINDOW_MS)) {
      const detail = `The request was signed ${Math.abs(Math.round(ageMs / 1_000))} s ${ageMs > 0 ? 'ago' : 'in the future'}; 300 s are allowed.`;
      throw unauthenticated(
        detail,
        'Sign it anew, and look at the clock of the sender.',
        given.timestampField,
      );
    }
    const requestId = createHash('sha256')
      .update(`${found.id}\n${given.timestamp}\n${given.signature}`)
      .digest('hex');
    return { key: found, requestId };
  };

  return {
    bearer,
    known,
    token,
    source: (header, body) => {
      const given = signedHeaders(header);
      if (given) return signed(given, body);
      if (bearerOf(header('authorization')) === null)
        throw unauthenticated('No key and no signature was sent.', NO_KEY);
      return bearer(header);
    },
  };
}

interface SignedHeaders {
  timestamp: string;
  signature: string;
  field: string;
  timestampField: string;
  remedy: string;
  expected: (secret: string, timestamp: string, body: Uint8Array) => string;
}

const hmac = (secret: string, prefix: string, body: Uint8Array): string =>
  createHmac('sha256', secret).update(prefix).update(body).digest('hex');

/** Our own signature, or that of Grafana's contact points with a timestamp header, or of Langfuse's webhooks. */
function signedHeaders(header: HeaderOf): SignedHeaders | null {
  const ours = header('x-holdpoint-signature');
  if (ours !== undefined)
    return {
      timestamp: timestampOf(header, 'x-holdpoint-timestamp'),
      signature: ours,
      field: 'x-holdpoint-signature',
      timestampField: 'x-holdpoint-timestamp',
      remedy:
        'Sign `<timestamp>.<raw body>` with HMAC-SHA256 and send `v1=<hex>`; docs/api.md has an example.',
      expected: (secret, timestamp, body) => `v1=${hmac(secret, `${timestamp}.`, body)}`,
    };
  const langfuse = header('x-langfuse-signature');
  if (langfuse !== undefined) return langfuseHeaders(langfuse);
  const grafana = header('x-grafana-alerting-signature');
  if (grafana === undefined) return null;
  return {
    timestamp: timestampOf(header, 'x-grafana-alerting-timestamp'),
    signature: grafana,
    field: 'x-grafana-alerting-signature',
    timestampField: 'x-grafana-alerting-timestamp',
    remedy: 'Set the same secret in the contact point, with the header X-Grafana-Alerting-Signature.',
    expected: (secret, timestamp, body) => hmac(secret, `${timestamp}:`, body),
  };
}

/** `t=<seconds>,v1=<hex>`, in one header; older versions wrote `s=` for the signature. */
function langfuseHeaders(value: string): SignedHeaders {
  const name = 'x-langfuse-signature';
  const parts = Object.fromEntries(value.split(',').map((part) => part.trim().split('=', 2)));
  return {
    timestamp: timestampOf(() => parts['t'], name),
    signature: parts['v1'] ?? parts['s'] ?? '',
    field: name,
    timestampField: name,
    remedy: 'Put the secret that Langfuse shows for this webhook into the environment variable of the key.',
    expected: (secret, timestamp, body) => hmac(secret, `${timestamp}.`, body),
  };
}

function timestampOf(header: HeaderOf, name: string): string {
  const text = header(name) ?? '';
  if (/^\d{10}$/.test(text)) return text;
  throw unauthenticated(
    'A signed request carries its time.',
    `Send ${name}: the Unix time in seconds.`,
    name,
  );
}

/** Whether the key may do this at all. */
export function allowUse(key: KeyConfig, use: KeyUse): void {
  if (key.may.includes(use)) return;
  throw new Problem({
    status: 403,
    code: 'key-not-for-this',
    detail: `The key ${key.id} is not for ${use}.`,
    remedy: `Add ${use} to keys.${key.id}.may in holdpoint.yaml, or use another key.`,
  });
}

/** Whether the key may speak for the agent. */
export function allowAgent(key: KeyConfig, agent: string): void {
  if (key.agents.includes(agent)) return;
  throw new Problem({
    status: 403,
    code: 'key-for-other-agents',
    field: 'agent',
    detail: `The key ${key.id} may not speak for ${agent.slice(0, 100)}.`,
    remedy: `It may for ${key.agents.join(', ')}; add the agent to keys.${key.id}.agents in holdpoint.yaml.`,
  });
}
