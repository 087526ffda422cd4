import { z } from 'zod';
import { GenericAlert } from '../../adapters/alerts/generic.ts';
import { AckRequest } from '../../adapters/containment/switch-api.ts';
import { TraceCheck } from '../../doctor/trace-check-answer.ts';
import { ChecklistItem } from '../../domain/incident/vocabulary.ts';
import { Moment } from '../../web/views/fields.ts';
import { IncidentLineView } from '../../web/views/line.ts';

export { AckRequest, GenericAlert };

/** An error (RFC 9457). */
export const ProblemBody = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string().describe('a stable word for programs'),
  detail: z.string().describe('what was wrong, one sentence'),
  remedy: z.string().describe('what to send or do instead'),
  field: z.string().describe('the field, header or parameter that was wrong').optional(),
});
export type ProblemBody = z.infer<typeof ProblemBody>;

export const AlertAnswer = z.object({
  incidentId: z.string(),
  opened: z.boolean().nullable().describe('false: it joined an open incident; null: not known'),
  dedupKey: z.string(),
  dedupRule: z.string(),
  warnings: z.array(z.string()),
});

export const CommandAnswer = z.object({
  incidentId: z.string(),
  commandId: z.string(),
  events: z.int().describe('events that it made; 0 when it was given before'),
  pending: z.boolean().describe('true: received, and decided as soon as the engine can'),
});

export const IncidentRecord = IncidentLineView.extend({
  checklist: z.array(z.object({ item: ChecklistItem, proven: z.boolean(), proof: z.string() })),
  auditHead: z.string(),
  state: z
    .looseObject({ incidentId: z.string(), status: z.string() })
    .describe('the state as its events made it; without sight of traces, without what comes from them'),
});

export const AuditAnswer = z.object({
  incidentId: z.string(),
  rows: z.array(
    z.object({
      incidentId: z.string(),
      seq: z.int(),
      event: z.unknown(),
      prevHash: z.string(),
      hash: z.string(),
      recordedAtMs: z.int(),
    }),
  ),
  words: z.array(z.object({ sha256: z.string(), text: z.string() })),
  heads: z.array(
    z.object({
      incidentId: z.string(),
      seq: z.int(),
      head: z.string(),
      signedAtMs: z.int(),
      keyId: z.string(),
      signature: z.string(),
    }),
  ),
});

export const SwitchVerdict = z.object({
  verdict: z.enum(['go', 'hold', 'stop']),
  leaseMs: z.number(),
  seq: z.int(),
  scope: z.enum(['session', 'agent']),
  reason: z.string(),
});

export const Ready = z.object({
  ok: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean() })),
});

export const SimilarQuery = z.object({
  hours: z.coerce
    .number()
    .min(1)
    .max(24 * 90)
    .default(24)
    .describe('how long before the incident sessions are looked at'),
});

export const SimilarAnswer = z.object({
  patterns: z.array(z.string()).describe('failure patterns of the incident'),
  looked: z.int().describe('sessions that were looked at'),
  hasMore: z.boolean().describe('there were more in the window than are looked at'),
  sessions: z.array(
    z.object({
      sessionId: z.string(),
      startedAt: Moment,
      pattern: z.string(),
      step: z.int().nullable().describe('its likely fault origin'),
      reason: z.string(),
    }),
  ),
});

export const ValidationBody = z.strictObject({
  agent: z.string().min(1).max(200),
  sessions: z.array(z.string().min(1).max(200)).min(1).max(1_000).describe('known to be good'),
});

export const ValidationAnswer = z.object({
  agent: z.string(),
  validated: z.int(),
  baseline: z.object({ sessions: z.int().describe('validated sessions that it was learned from') }),
});

export const TraceCheckAnswer = z.object({
  agent: z.string(),
  session: TraceCheck.nullable().describe('the newest of seven days; null: none was sent'),
});
