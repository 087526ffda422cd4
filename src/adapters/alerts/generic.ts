import { z } from 'zod';
import { nearest } from '../../config/nearest.ts';
import { buildAlert, parseBody } from './fields.ts';
import type { AlertAdapter } from './port.ts';

const Time = z.union([z.string(), z.number()]);
const Text = z.string().nullish();

/** Holdpoint's own format. Only the title is needed, and the agent where the key may speak for several. */
export const GenericAlert = z.looseObject({
  title: z.string().trim().min(1, 'must say in one line what was seen'),
  agent: Text,
  sessionId: Text,
  dedupKey: Text,
  alertId: Text,
  source: Text,
  firedAt: Time.nullish(),
  kind: Text,
  severity: Text,
  wrongValue: z.union([z.string(), z.number(), z.boolean()]).nullish(),
  entityId: z.union([z.string(), z.number()]).nullish(),
  url: Text,
});

const REMEDY = 'Send {"agent": "loan-agent", "title": "…", "sessionId": "…"}; docs/api.md has every field.';
const KNOWN = Object.keys(GenericAlert.shape);

const unknownFields = (body: object): string[] =>
  Object.keys(body)
    .filter((name) => !KNOWN.includes(name))
    .map((name) => {
      const guess = nearest(name, KNOWN);
      return `${name.slice(0, 60)}: not a field of an alert; left out.${guess ? ` Was ${guess} meant?` : ''}`;
    });

/** `POST /api/v1/alerts`: one alert in Holdpoint's own format. */
export const generic: AlertAdapter = (body, receivedAtMs) => {
  const given = parseBody(GenericAlert, body, REMEDY);
  const { alertId: senderId, source, ...fields } = given;
  const incoming = buildAlert(
    (source ?? '').trim().slice(0, 100) || 'generic',
    { ...emptyFields, ...fields, senderId },
    receivedAtMs,
  );
  return {
    alerts: [{ ...incoming, warnings: [...unknownFields(given), ...incoming.warnings] }],
    ignored: [],
  };
};

const emptyFields = {
  agent: null,
  dedupKey: null,
  sessionId: null,
  firedAt: null,
  kind: null,
  severity: null,
  wrongValue: null,
  entityId: null,
  url: null,
};
