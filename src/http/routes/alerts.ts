import { createHash, randomUUID } from 'node:crypto';
import type { Context, Hono } from 'hono';
import {
  alertAdapters,
  BadAlert,
  type AlertSource,
  type IncomingAlert,
  type ParsedAlerts,
} from '../../adapters/alerts/index.ts';
import { UnknownAgent, Unreachable } from '../../client/errors.ts';
import type { AlertAnswer, Incidents } from '../../client/port.ts';
import type { Config } from '../../config/types.ts';
import { allowAgent, allowUse, type KeyRing, type Source } from '../auth/keys.ts';
import { parseJson, readBody } from '../body.ts';
import { Problem } from '../problem.ts';

export interface AlertRoutesDeps {
  config: Pick<Config, 'server' | 'agents'>;
  keys: KeyRing;
  incidents: Pick<Incidents, 'alert'>;
  nowMs: () => number;
}

/** What the sender hears of one alert, once it is durable. */
interface AcceptedAlert extends AlertAnswer {
  warnings: string[];
}

/** `POST /api/v1/alerts` and `POST /hooks/<source>`. Answered 202 only after the incident's workflow has the alert. */
export function alertRoutes(app: Hono, deps: AlertRoutesDeps): void {
  app.post('/api/v1/alerts', (context) => receive(context, 'generic', deps));
  for (const source of Object.keys(alertAdapters) as AlertSource[])
    app.post(`/hooks/${source}`, (context) => receive(context, source, deps));
}

async function receive(context: Context, source: AlertSource, deps: AlertRoutesDeps): Promise<Response> {
  const { maxBodyBytes: maxBytes, bodyTimeoutMs: timeoutMs } = deps.config.server;
  const bytes = await readBody(context.req.raw, { maxBytes, timeoutMs });
  const header = (name: string) => context.req.header(name);
  const type = header('content-type');
  const body = routingKeyOf(source, header('authorization'), () => parseJson(bytes, type));
  const from = body.routingKey === null ? deps.keys.source(header, bytes) : deps.keys.token(body.routingKey);
  allowUse(from.key, 'alerts');
  const parsed = parsedBy(source, body.json === undefined ? parseJson(bytes, type) : body.json, deps.nowMs());
  // Every alert is checked before the first is sent: a bad one among good ones leaves nothing half done.
  const ready = parsed.alerts.map((incoming) => ({ incoming, agent: agentOf(incoming, from, deps.config) }));
  const repeat = header('idempotency-key');
  const accepted: AcceptedAlert[] = [];
  for (const [index, { incoming, agent }] of ready.entries()) {
    const alertId = alertIdOf(incoming, from, repeat, index);
    accepted.push(await send(deps.incidents, incoming, agent, alertId, from));
  }
  return context.json(answerOf(source, accepted, parsed, body.json), 202);
}

/** Senders of PagerDuty events know no header: their key is in the body. */
function routingKeyOf(
  source: AlertSource,
  authorization: string | undefined,
  parse: () => unknown,
): { routingKey: string | null; json?: unknown } {
  if (source !== 'pagerduty' || authorization !== undefined) return { routingKey: null };
  const json = parse();
  const key = typeof json === 'object' && json !== null && 'routing_key' in json ? json.routing_key : null;
  return { routingKey: typeof key === 'string' ? key : null, json };
}

function parsedBy(source: AlertSource, json: unknown, receivedAtMs: number): ParsedAlerts {
  try {
    return alertAdapters[source](json, receivedAtMs);
  } catch (error) {
    if (!(error instanceof BadAlert)) throw error;
    const { field, message, remedy } = error;
    throw new Problem({ status: 422, code: 'bad-alert', field, detail: message, remedy });
  }
}

/** The agent an alert is about: named by it, or the only one of its key. */
function agentOf(incoming: IncomingAlert, { key }: Source, config: AlertRoutesDeps['config']): string {
  const [only, ...others] = key.agents;
  if (incoming.agent === null && only !== undefined && others.length === 0) {
    incoming.warnings.unshift(`agent: missing; ${only} was taken, the only agent of the key ${key.id}.`);
    return only;
  }
  if (incoming.agent === null)
    throw new Problem({
      status: 422,
      code: 'agent-missing',
      field: 'agent',
      detail: `The alert names no agent, and the key ${key.id} speaks for several.`,
      remedy: `Send agent: one of ${key.agents.join(', ')}.`,
    });
  allowAgent(key, incoming.agent);
  if (Object.hasOwn(config.agents, incoming.agent)) return incoming.agent;
  throw unknownAgent(incoming.agent);
}

const unknownAgent = (agent: string): Problem =>
  new Problem({
    status: 422,
    code: 'unknown-agent',
    field: 'agent',
    detail: `No agent ${agent.slice(0, 100)} is configured.`,
    remedy: 'Add it to the section `agents` of holdpoint.yaml.',
  });

/** The same request again has the same id, and counts once. */
function alertIdOf(
  { senderId }: IncomingAlert,
  { key, requestId }: Source,
  repeat: string | undefined,
  index: number,
): string {
  const own = senderId !== null ? ['id', senderId] : repeat !== undefined ? ['key', repeat, index] : null;
  const once = own ?? (requestId !== null ? ['signed', requestId, index] : null);
  if (!once) return randomUUID();
  return `${key.id}:${createHash('sha256').update(JSON.stringify(once)).digest('hex').slice(0, 40)}`;
}

async function send(
  incidents: Pick<Incidents, 'alert'>,
  incoming: IncomingAlert,
  agent: string,
  alertId: string,
  { key }: Source,
): Promise<AcceptedAlert> {
  const { alert, dedupKey, warnings } = incoming;
  try {
    const by = { kind: 'source' as const, id: `key:${key.id}` };
    const answer = await incidents.alert({ agent, dedupKey, alert: { alertId, ...alert }, by });
    return { ...answer, warnings };
  } catch (error) {
    if (error instanceof UnknownAgent) throw unknownAgent(agent);
    if (error instanceof Unreachable) throw unreachable(error);
    throw error;
  }
}

/** Nothing was taken: the sender must know, and try again. */
export const unreachable = (error: Unreachable): Problem =>
  new Problem({
    status: 503,
    code: 'engine-unreachable',
    detail: error.message,
    remedy: 'Send the same again in a few seconds; `holdpoint doctor` says what does not answer.',
    headers: { 'retry-after': '5' },
  });

function answerOf(
  source: AlertSource,
  accepted: AcceptedAlert[],
  parsed: ParsedAlerts,
  json: unknown,
): object {
  const [first] = accepted;
  if (source === 'generic') return first ?? {};
  const all = { alerts: accepted, ignored: parsed.ignored };
  if (source !== 'pagerduty') return all;
  const given = typeof json === 'object' && json !== null && 'dedup_key' in json ? json.dedup_key : undefined;
  return {
    status: 'success',
    message: 'Event processed',
    dedup_key: first?.dedupKey ?? given ?? null,
    ...all,
  };
}
