import { z } from 'zod';
import { buildAlert, firstOf, fromLabels, parseBody } from './fields.ts';
import type { AlertAdapter, IncomingAlert } from './port.ts';

const Labels = z.record(z.string(), z.unknown()).default({});

/** One alert of an Alertmanager notification (webhook format version 4); Grafana sends the same and more. */
export const FiringAlert = z.looseObject({
  status: z.string().default('firing'),
  labels: Labels,
  annotations: Labels,
  startsAt: z.string().nullish(),
  generatorURL: z.string().nullish(),
  fingerprint: z.string().nullish(),
});
export type FiringAlert = z.infer<typeof FiringAlert>;

const Notification = z.looseObject({ alerts: z.array(FiringAlert).min(1).max(200) });
const REMEDY =
  'Point an Alertmanager `webhook_configs` here; it sends {"version": "4", "alerts": [{"labels": …}]}.';

export const titleOf = ({ labels, annotations }: FiringAlert): string =>
  String(
    firstOf(annotations, ['summary', 'title', 'description', 'message']) ?? labels['alertname'] ?? '',
  ).trim() || 'An alert without a summary';

/** The session comes before the fingerprint: two rules that see one session see one incident. */
const dedupKeyOf = ({ labels, annotations, fingerprint }: FiringAlert, sessionId: unknown): unknown =>
  firstOf({ ...annotations, ...labels }, ['dedup_key', 'dedupKey']) ??
  (sessionId === undefined ? fingerprint : null);

export function firing(
  source: string,
  alert: FiringAlert,
  url: unknown,
  receivedAtMs: number,
): IncomingAlert {
  const { labels, annotations } = alert;
  const ours = fromLabels({ ...annotations, ...labels });
  const fields = {
    ...ours,
    title: titleOf(alert),
    dedupKey: dedupKeyOf(alert, ours.sessionId),
    senderId: null,
    firedAt: alert.startsAt,
    severity: firstOf({ ...annotations, ...labels }, ['severity', 'priority']),
    url,
  };
  return buildAlert(source, fields, receivedAtMs);
}

export const RESOLVED = 'It says that the symptom is over; an incident ends by its own rules.';

/** `POST /hooks/alertmanager`. */
export const alertmanager: AlertAdapter = (body, receivedAtMs) => {
  const { alerts } = parseBody(Notification, body, REMEDY);
  const over = alerts.filter(({ status }) => status === 'resolved');
  return {
    alerts: alerts
      .filter(({ status }) => status !== 'resolved')
      .map((alert) =>
        firing('alertmanager', alert, alert.annotations['runbook_url'] ?? alert.generatorURL, receivedAtMs),
      ),
    ignored: over.map((alert) => ({ title: titleOf(alert).slice(0, 300), because: RESOLVED })),
  };
};
