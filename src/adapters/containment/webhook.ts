import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { AddressRefused, type Resolve } from '../tools/address-guard.ts';
import { guardedRequest, RequestFailed } from '../tools/guarded-request.ts';
import { lookUntil, systemClock, type Clock } from './clock.ts';
import type { ContainmentAdapter, ContainmentOrder, ContainmentResult } from './port.ts';

/** An agent's control endpoint, from the configuration only. */
export interface WebhookTarget {
  /** Takes the orders (POST) and tells the state (GET with `session`, or without for the agent as a whole). */
  url: string;
  /** Shared with the agent: what signs each call. */
  secret: string;
}

export interface WebhookOptions {
  /** By agent. */
  targets: Readonly<Record<string, WebhookTarget>>;
  timeoutMs?: number;
  /** How long `contain` asks for the state after an order was accepted. Default 3 s. */
  confirmWithinMs?: number;
  pollMs?: number;
  clock?: Clock;
  resolve?: Resolve;
}

/** What the control endpoint answers to GET, and may answer to POST. */
export const ControlState = z.object({ state: z.enum(['running', 'paused', 'stopped', 'ended']) });
export type ControlState = z.infer<typeof ControlState>;

const OBEYED: Record<ContainmentOrder['action'], ReadonlySet<ControlState['state']>> = {
  pause: new Set(['paused', 'stopped']),
  kill: new Set(['stopped']),
};
const MOST_SAID = 200;

/** `X-Holdpoint-Signature`: HMAC-SHA256 over `${timestamp}.${body}`, hex, with its version before it. */
export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

type Reply = { ok: true; status: number; body: string } | { ok: false; refused: boolean; why: string };

interface SignedCall {
  method: 'GET' | 'POST';
  body: string;
  key: string | null;
}

const signedCall = async (
  { url, secret }: WebhookTarget,
  { method, body, key }: SignedCall,
  { timeoutMs = 5000, clock = systemClock, resolve }: WebhookOptions,
): Promise<Reply> => {
  const timestamp = String(Math.floor(clock.nowMs() / 1000));
  const headers: Record<string, string> = {
    accept: 'application/json',
    'x-holdpoint-timestamp': timestamp,
    'x-holdpoint-signature': signatureOf(secret, timestamp, body),
    ...(key === null ? {} : { 'content-type': 'application/json', 'idempotency-key': key }),
  };
  try {
    const answer = await guardedRequest({
      url,
      method,
      headers,
      timeoutMs,
      resolve,
      ...(body === '' ? {} : { body }),
    });
    return { ok: true, ...answer };
  } catch (error) {
    if (error instanceof AddressRefused) return { ok: false, refused: true, why: error.message };
    if (error instanceof RequestFailed) return { ok: false, refused: false, why: error.message };
    throw error;
  }
};

type Found = Omit<ContainmentResult, 'atMs'>;
const found = (status: ContainmentResult['status'], evidence: string): Found => ({ status, evidence });
const endpointOf = ({ agent }: ContainmentOrder): string => `The control endpoint of ${agent}`;
const noEndpoint = ({ agent }: ContainmentOrder): Found =>
  found('refused', `No control endpoint is configured for ${agent}: add one to holdpoint.yaml.`);

const judge = (order: ContainmentOrder, { state }: ControlState): Found => {
  const what = order.sessionId === null ? order.agent : `session ${order.sessionId}`;
  if (state === 'ended') return found('already_ended', `${endpointOf(order)} says that ${what} had ended.`);
  const status = OBEYED[order.action].has(state) ? 'confirmed' : 'unconfirmed';
  return found(status, `${endpointOf(order)} says that ${what} is ${state}.`);
};

const askState = async (order: ContainmentOrder, options: WebhookOptions): Promise<Found> => {
  const target = options.targets[order.agent];
  if (target === undefined) return noEndpoint(order);
  const url = new URL(target.url);
  if (order.sessionId !== null) url.searchParams.set('session', order.sessionId);
  const call = { method: 'GET', body: '', key: null } as const;
  const reply = await signedCall({ ...target, url: url.href }, call, options);
  const where = endpointOf(order);
  if (!reply.ok) {
    return found(reply.refused ? 'refused' : 'unconfirmed', `${where} could not be asked: ${reply.why}.`);
  }
  if (reply.status !== 200) return found('unconfirmed', `${where} answered ${reply.status} when asked.`);
  const state = ControlState.safeParse(parsed(reply.body));
  return state.success
    ? judge(order, state.data)
    : found('unconfirmed', `${where} told no state that is known.`);
};

/** Null where the endpoint took the order. */
const sendOrder = async (
  order: ContainmentOrder,
  action: ContainmentOrder['action'] | 'release',
  options: WebhookOptions,
): Promise<Found | null> => {
  const target = options.targets[order.agent];
  if (target === undefined) return noEndpoint(order);
  const { incidentId, agent, sessionId, reason } = order;
  const key = `${order.key}:${action}`;
  const holdNewSessions = action !== 'release';
  const body = JSON.stringify({ action, agent, sessionId, incidentId, reason, key, holdNewSessions });
  const reply = await signedCall(target, { method: 'POST', body, key }, options);
  const where = endpointOf(order);
  if (!reply.ok) {
    return found(reply.refused ? 'refused' : 'unconfirmed', `${where} was not reached: ${reply.why}.`);
  }
  if (reply.status >= 200 && reply.status < 300) return null;
  const said = `${where} answered ${reply.status} to ${action}: ${reply.body.slice(0, MOST_SAID)}`;
  const isFinal = reply.status >= 400 && reply.status < 500 && reply.status !== 408 && reply.status !== 429;
  return found(isFinal ? 'refused' : 'unconfirmed', said);
};

/** Contains an agent by a signed call to its own control endpoint; confirmed by what that endpoint says of it. */
export const createWebhook = (options: WebhookOptions): ContainmentAdapter => {
  const { confirmWithinMs = 3000, pollMs = 100, clock = systemClock } = options;
  const within = { withinMs: confirmWithinMs, everyMs: pollMs };
  const stamped = (result: Found): ContainmentResult => ({ ...result, atMs: clock.nowMs() });
  const isSettled = ({ status }: Found): boolean => status !== 'unconfirmed';

  return {
    name: 'webhook',
    contain: async (order) => {
      const failed = await sendOrder(order, order.action, options);
      return stamped(failed ?? (await lookUntil(clock, () => askState(order, options), isSettled, within)));
    },
    verify: async (order) => stamped(await askState(order, options)),
    release: async (order) => {
      const failed = await sendOrder(order, 'release', options);
      const evidence = failed?.evidence ?? `${endpointOf(order)} accepted the release.`;
      const unreached = failed?.status === 'unconfirmed';
      return { released: failed === null, unreached, evidence, atMs: clock.nowMs() };
    },
  };
};
