import { z } from 'zod';
import { RESOLVED } from './alertmanager.ts';
import { buildAlert, firstOf, fromLabels, parseBody } from './fields.ts';
import type { AlertAdapter } from './port.ts';

/** PagerDuty Events API v2. `routing_key` is the sender's key and is read by the server, not here. */
const Event = z.looseObject({
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedup_key: z.string().max(255).nullish(),
  client_url: z.string().nullish(),
  links: z.array(z.looseObject({ href: z.string().nullish() })).nullish(),
  payload: z
    .looseObject({
      summary: z.string().trim().min(1, 'must say what was seen'),
      severity: z.string().nullish(),
      timestamp: z.union([z.string(), z.number()]).nullish(),
      custom_details: z.record(z.string(), z.unknown()).nullish().catch(null),
    })
    .nullish(),
});
const REMEDY =
  'Send a PagerDuty Events v2 event: {"event_action": "trigger", "payload": {"summary": …, "severity": …}}.';

/** `POST /hooks/pagerduty`: one event of the Events API v2. */
export const pagerduty: AlertAdapter = (body, receivedAtMs) => {
  const event = parseBody(Event, body, REMEDY);
  const { payload } = event;
  if (event.event_action !== 'trigger') {
    const title = payload?.summary ?? event.dedup_key ?? event.event_action;
    return { alerts: [], ignored: [{ title: title.slice(0, 300), because: RESOLVED }] };
  }
  const { summary, severity, timestamp, custom_details } = parseBody(
    Event.shape.payload.unwrap().unwrap(),
    payload,
    REMEDY,
  );
  const details = custom_details ?? {};
  const fields = {
    ...fromLabels(details),
    title: summary,
    dedupKey: event.dedup_key,
    senderId: firstOf(details, ['alert_id', 'alertId']),
    firedAt: timestamp,
    severity,
    url: event.client_url ?? event.links?.[0]?.href,
  };
  return { alerts: [buildAlert('pagerduty', fields, receivedAtMs)], ignored: [] };
};
