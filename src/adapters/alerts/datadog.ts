import { z } from 'zod';
import { RESOLVED } from './alertmanager.ts';
import { buildAlert, firstOf, fromLabels, parseBody } from './fields.ts';
import type { AlertAdapter } from './port.ts';

const Text = z.union([z.string(), z.number()]).nullish();

/**
 * Datadog's webhook integration: its own payload (`title`, `body`, `date`, `id`, …), and what docs/connect.md adds to
 * it. A variable that has no value comes as empty text, or as its own name.
 */
const Payload = z.looseObject({
  title: z.string().trim().min(1, 'must say what was seen: "$EVENT_TITLE"'),
  body: z.string().nullish(),
  date: Text,
  last_updated: Text,
  event_type: Text,
  alert_transition: Text,
  alert_type: Text,
  priority: Text,
  tags: z.union([z.string(), z.array(z.string())]).nullish(),
  alert_scope: z.string().nullish(),
  aggreg_key: Text,
  link: Text,
});
const REMEDY =
  'Leave the webhook its own payload, or use the one in docs/connect.md: {"title": "$EVENT_TITLE", "tags": "$TAGS", …}.';

const isUnset = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (typeof value === 'string' && /^\$[A-Z_]+$/.test(value));
const given = <T>(value: T): T | null => (isUnset(value) ? null : value);

/** `agent:loan-agent,session_id:s-1` → by name; the first of a repeated name wins. */
const tagsOf = (tags: string | readonly string[] | null | undefined): Record<string, string> => {
  const pairs = (typeof tags === 'string' ? tags.split(',') : (tags ?? [])).map((tag) => tag.trim());
  const out: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf(':');
    if (at > 0 && !Object.hasOwn(out, pair.slice(0, at))) out[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return out;
};

const SEVERITIES: Readonly<Record<string, string>> = {
  p1: 'sev1',
  p2: 'sev2',
  p3: 'sev3',
  p4: 'sev4',
  p5: 'sev4',
};
const severityOf = (priority: unknown, type: unknown): unknown =>
  SEVERITIES[String(priority ?? '').toLowerCase()] ?? given(type);

/** Ms or seconds since the epoch, as text or number; ISO text stays. */
const timeOf = (value: unknown): unknown => {
  const ms = typeof value === 'string' && /^\d{10,13}$/.test(value) ? Number(value) : value;
  return typeof ms === 'number' && ms < 1e11 ? ms * 1000 : ms;
};

const OVER = /recover|success|resolved/i;

/** `POST /hooks/datadog`: one notification of Datadog's webhook integration. */
export const datadog: AlertAdapter = (body, receivedAtMs) => {
  const payload = parseBody(Payload, body, REMEDY);
  const { title, priority, alert_type, date, last_updated, aggreg_key, link } = payload;
  const transition = given(payload.alert_transition) ?? (alert_type === 'success' ? alert_type : null);
  if (OVER.test(String(transition ?? '')) || /^\[Recovered\b/i.test(title))
    return { alerts: [], ignored: [{ title: title.slice(0, 300), because: RESOLVED }] };
  const labels = { ...tagsOf(payload.alert_scope), ...tagsOf(payload.tags), ...payload };
  const ours = fromLabels(Object.fromEntries(Object.entries(labels).filter(([, v]) => !isUnset(v))));
  const key = given(firstOf(labels, ['dedup_key', 'dedupKey']));
  const fields = {
    ...ours,
    title,
    // The session comes before the monitor: two monitors that see one session see one incident.
    dedupKey: key ?? (ours.sessionId === undefined ? given(aggreg_key) : null),
    senderId: given(payload['id']),
    firedAt: timeOf(given(date) ?? given(last_updated)),
    severity: severityOf(given(priority), alert_type),
    url: given(link),
  };
  return { alerts: [buildAlert('datadog', fields, receivedAtMs)], ignored: [] };
};
