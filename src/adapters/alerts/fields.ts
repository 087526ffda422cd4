import type { z } from 'zod';
import { Alert, Severity } from '../../domain/incident/vocabulary.ts';
import { BadAlert, type IncomingAlert } from './port.ts';

/** What sources give, each under its own name; an alert is never lost for a field that can be done without. */
export interface LooseFields {
  agent: unknown;
  dedupKey: unknown;
  senderId: unknown;
  title: string;
  sessionId: unknown;
  firedAt: unknown;
  kind: unknown;
  severity: unknown;
  wrongValue: unknown;
  entityId: unknown;
  url: unknown;
}

const SEVERITIES: Readonly<Record<string, Severity>> = {
  critical: 'sev1',
  page: 'sev1',
  fatal: 'sev1',
  high: 'sev2',
  error: 'sev2',
  warning: 'sev3',
  warn: 'sev3',
  medium: 'sev3',
  low: 'sev4',
  info: 'sev4',
};
const USUAL_SEVERITY: Severity = 'sev2';
const FUTURE_MS = 5 * 60_000;
const Kind = Alert.shape.kind;

const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

const quoted = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
};

/** Collects what had to be taken otherwise. */
class Taking {
  readonly warnings: string[] = [];

  /** Text, or a number as text; cut at `most` characters. */
  text(field: string, value: unknown, most: number): string | null {
    if (isAbsent(value)) return null;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      this.warnings.push(`${field}: must be text, not ${quoted(value)}; left out.`);
      return null;
    }
    const text = String(value).trim();
    if (text.length > most) this.warnings.push(`${field}: cut to ${most} characters.`);
    return text === '' ? null : text.slice(0, most);
  }

  severity(value: unknown): Severity {
    const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
    const own = Severity.safeParse(text);
    const known = own.success ? own.data : SEVERITIES[text];
    if (known) return known;
    const why = isAbsent(value) ? 'missing' : `${quoted(value)} is not known`;
    this.warnings.push(
      `severity: ${why}; ${USUAL_SEVERITY} was taken. Send sev1 to sev4, or critical, error, warning, info.`,
    );
    return USUAL_SEVERITY;
  }

  kind(value: unknown): Alert['kind'] {
    const parsed = Kind.safeParse(value);
    if (parsed.success) return parsed.data;
    if (!isAbsent(value))
      this.warnings.push(
        `kind: ${quoted(value)} is not known; semantic was taken. Send ${Kind.options.join(', ')}.`,
      );
    return 'semantic';
  }

  /** ISO 8601, or ms since the epoch. */
  firedAt(value: unknown, receivedAtMs: number): number {
    const ms = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
    const why = isAbsent(value)
      ? 'missing'
      : !Number.isFinite(ms) || ms < 0
        ? `${quoted(value)} is no time`
        : ms > receivedAtMs + FUTURE_MS
          ? 'in the future'
          : null;
    if (why === null) return Math.round(Math.min(ms, receivedAtMs));
    this.warnings.push(`firedAt: ${why}; the time of arrival was taken.`);
    return receivedAtMs;
  }

  /** Shown as a link to people: http or https alone. */
  url(value: unknown): string | null {
    const text = this.text('url', value, 2_000);
    if (text === null) return null;
    if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
    this.warnings.push('url: not an http address; left out.');
    return null;
  }
}

/** Builds an alert from loose fields. The title alone must be there, and its adapter has seen to that. */
export function buildAlert(source: string, fields: LooseFields, receivedAtMs: number): IncomingAlert {
  const take = new Taking();
  const title = take.text('title', fields.title, 300) ?? '';
  const sessionId = take.text('sessionId', fields.sessionId, 200);
  const dedupKey = take.text('dedupKey', fields.dedupKey, 500);
  if (sessionId === null)
    take.warnings.push('sessionId: missing; a person picks the session, and the agent is held meanwhile.');
  if (sessionId === null && dedupKey === null)
    take.warnings.push(
      'dedupKey: missing, and no session: alerts with the same title, but for its numbers, join.',
    );
  const alert = {
    source,
    title,
    sessionId,
    firedAtMs: take.firedAt(fields.firedAt, receivedAtMs),
    kind: take.kind(fields.kind),
    severity: take.severity(fields.severity),
    wrongValue: take.text('wrongValue', fields.wrongValue, 300),
    entityId: take.text('entityId', fields.entityId, 200),
    url: take.url(fields.url),
  };
  const agent = take.text('agent', fields.agent, 200);
  return {
    agent,
    dedupKey,
    senderId: take.text('alertId', fields.senderId, 150),
    alert,
    warnings: take.warnings,
  };
}

/** Parses a source's body; the first thing that is wrong is said with its field. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown, remedy: string): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || 'body';
  throw new BadAlert(field, `${field}: ${issue?.message ?? 'not understood'}.`, remedy);
}

/** The first field of the record that is there: sources spell the same thing differently. */
export const firstOf = (record: Readonly<Record<string, unknown>>, names: readonly string[]): unknown =>
  names
    .map((name) => (Object.hasOwn(record, name) ? record[name] : undefined))
    .find((value) => !isAbsent(value));

const NAMES = {
  agent: ['agent', 'holdpoint_agent', 'agent_name', 'gen_ai_agent_name'],
  sessionId: ['session_id', 'sessionId', 'session', 'conversation_id', 'gen_ai_conversation_id'],
  kind: ['kind', 'holdpoint_kind'],
  wrongValue: ['wrong_value', 'wrongValue'],
  entityId: ['entity_id', 'entityId'],
} as const;

/** Fields that the label-like formats carry beside their own. */
export const fromLabels = (labels: Readonly<Record<string, unknown>>) => ({
  agent: firstOf(labels, NAMES.agent),
  sessionId: firstOf(labels, NAMES.sessionId),
  kind: firstOf(labels, NAMES.kind),
  wrongValue: firstOf(labels, NAMES.wrongValue),
  entityId: firstOf(labels, NAMES.entityId),
});
