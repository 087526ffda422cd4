import { z } from 'zod';
import { RESOLVED } from './alertmanager.ts';
import { buildAlert, fromLabels, parseBody } from './fields.ts';
import type { AlertAdapter } from './port.ts';

/** One condition of the alert's query, such as `sessionId = s-4711`. */
const Filter = z.looseObject({
  column: z.string().nullish().catch(null),
  key: z.string().nullish().catch(null),
  operator: z.string().nullish().catch(null),
  value: z.unknown(),
});

/** The webhook of a Langfuse alert (`monitor-alert`, v1), on scores, cost or latency. */
const Notification = z.looseObject({
  id: z.string().nullish(),
  type: z.string(),
  timestamp: z.string().nullish(),
  payload: z.looseObject({
    monitorId: z.string().nullish(),
    severity: z.string().nullish(),
    permalink: z.string().nullish(),
    timestamp: z.string().nullish(),
    toTimestamp: z.string().nullish(),
    message: z.looseObject({ title: z.string().trim().min(1), body: z.string().nullish() }),
    filters: z.array(Filter).nullish().catch([]),
  }),
});
const REMEDY =
  'Point the webhook of a Langfuse automation for alerts here; it sends {"type": "monitor-alert", "payload": {…}}.';

const COLUMNS: Readonly<Record<string, string>> = {
  sessionid: 'session_id',
  session: 'session_id',
  tracename: 'agent',
  'trace name': 'agent',
};

/** What the alert's own query fixes to one value: metadata keys by their name, columns by ours. */
const labelsOf = (filters: readonly z.infer<typeof Filter>[]): Record<string, unknown> => {
  const out: Record<string, unknown> = {};
  for (const { column, key, operator, value } of filters) {
    const only: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
    if (typeof only !== 'string' || (operator !== '=' && operator !== 'any of')) continue;
    const name = key ?? COLUMNS[(column ?? '').toLowerCase()] ?? column;
    if (name) out[name] = only;
  }
  return out;
};

const SEVERITIES: Readonly<Record<string, string>> = { ALERT: 'sev2', WARNING: 'sev3', NO_DATA: 'sev4' };

/** `POST /hooks/langfuse`. */
export const langfuse: AlertAdapter = (body, receivedAtMs) => {
  const { id, type, timestamp, payload } = parseBody(Notification, body, REMEDY);
  const { message, severity, monitorId, permalink, filters } = payload;
  const title = message.body ? `${message.title}: ${message.body}` : message.title;
  const ignored = (because: string) => ({ alerts: [], ignored: [{ title: title.slice(0, 300), because }] });
  if (type !== 'monitor-alert')
    return ignored(`Only monitor-alert opens an incident, not ${type.slice(0, 40)}.`);
  if (severity === 'OK') return ignored(RESOLVED);
  const labels = fromLabels(labelsOf(filters ?? []));
  const fields = {
    ...labels,
    title: title.slice(0, 300),
    dedupKey: labels.sessionId === undefined ? monitorId : null,
    senderId: id,
    firedAt: payload.timestamp ?? timestamp,
    severity: SEVERITIES[severity ?? ''] ?? severity,
    url: permalink,
  };
  return { alerts: [buildAlert('langfuse', fields, receivedAtMs)], ignored: [] };
};
