import { createHash, randomUUID } from 'node:crypto';
import type { Hono } from 'hono';
import { z } from 'zod';
import { BadCommand, UnknownIncident, Unreachable } from '../../client/errors.ts';
import type { Answer, Incidents, Words } from '../../client/port.ts';
import type { Config } from '../../config/types.ts';
import type { Actor } from '../../domain/incident/actor.ts';
import { Command } from '../../domain/incident/command.ts';
import type { RefusalCode } from '../../domain/incident/refusal.ts';
import type { PeopleGate } from '../auth/people.ts';
import { PERSON_COMMANDS } from '../api/person-command.ts';
import { parseJson, readBody } from '../body.ts';
import { Problem } from '../problem.ts';
import { unreachable } from './alerts.ts';
import { unknownIncident } from '../incident-or-404.ts';

export interface CommandRoutesDeps {
  config: Pick<Config, 'server'>;
  people: PeopleGate;
  incidents: Pick<Incidents, 'send'>;
  nowMs: () => number;
}

const PEOPLES: ReadonlySet<string> = new Set(PERSON_COMMANDS);

/** Fields in which a person writes; their digest is made here. */
const PROSE_FIELDS = new Set(['reason', 'misfit', 'note', 'remediation', 'text', 'result']);

const Given = z.looseObject({ type: z.string().max(60), id: z.string().min(1).max(150).optional() });

const bad = (field: string, detail: string, remedy: string): Problem =>
  new Problem({ status: 422, code: 'bad-command', field, detail, remedy });

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Words are sent as plain text; a digest sent along must be theirs. */
function proseOf(field: string, value: unknown): unknown {
  if (typeof value === 'string') return { text: value.trim(), sha256: sha256(value.trim()) };
  const given = z.strictObject({ text: z.string(), sha256: z.string() }).safeParse(value);
  if (!given.success) return value;
  const text = given.data.text.trim();
  if (given.data.sha256 === sha256(text)) return { text, sha256: given.data.sha256 };
  throw bad(field, `${field}.sha256 is not the digest of the text.`, `Send ${field} as plain text.`);
}

/** The words of a command: its giver and time are never taken from what was sent. */
export function wordsOf(json: unknown, repeat: string | undefined, by: Actor, nowMs: number): Words {
  const given = Given.safeParse(json);
  if (!given.success) {
    const field = given.error.issues[0]?.path.join('.') || 'body';
    throw bad(
      field,
      `${field}: ${given.error.issues[0]?.message ?? 'not understood'}.`,
      'Send {"type": "acknowledge"} or another command; docs/api.md lists them.',
    );
  }
  const { type, id, ...fields } = given.data;
  for (const field of ['by', 'at'])
    if (Object.hasOwn(fields, field))
      throw bad(field, `${field} is taken from your token and our clock.`, `Leave ${field} out.`);
  if (!PEOPLES.has(type))
    throw bad(
      'type',
      `${type} is not a command of people.`,
      `Send one of: ${[...PEOPLES].sort().join(', ')}.`,
    );
  const words = Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [
      field,
      PROSE_FIELDS.has(field) ? proseOf(field, value) : value,
    ]),
  );
  const key = repeat ?? id;
  const commandId = key === undefined ? `api:${randomUUID()}` : `api:${by.id}:${sha256(key).slice(0, 32)}`;
  const parsed = Command.safeParse({ ...words, type, id: commandId, at: nowMs, by });
  if (!parsed.success) throw badField(parsed.error.issues[0], type);
  const { at: _at, by: _by, ...rest } = parsed.data;
  return rest as Words;
}

function badField(issue: z.core.$ZodIssue | undefined, type: string): Problem {
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  if (unknown !== undefined)
    return bad(unknown, `${type} has no field ${unknown.slice(0, 60)}.`, 'Leave it out.');
  const field = issue?.path.join('.') || 'body';
  return bad(
    field,
    `${field}: ${issue?.message ?? 'not understood'}.`,
    `docs/api.md lists the fields of ${type}.`,
  );
}

const FORBIDDEN: ReadonlySet<RefusalCode> = new Set([
  'not-a-responder',
  'not-an-approver',
  'person-only',
  'engine-only',
  'agent-owner',
  'own-request',
]);

/** A refusal of the decider as an answer: who may not is told apart from what cannot be. */
export function answerProblem(answer: Extract<Answer, { ok: false }>): Problem {
  const { code, sentence, next } = answer.refusal;
  return new Problem({ status: FORBIDDEN.has(code) ? 403 : 409, code, detail: sentence, remedy: next });
}

/** Sends a person's command; what goes wrong on the way is a `Problem`. */
export async function sendCommand(
  incidents: Pick<Incidents, 'send'>,
  incidentId: string,
  words: Words,
  by: Actor,
): Promise<Answer> {
  try {
    return await incidents.send(incidentId, words, by);
  } catch (error) {
    if (error instanceof UnknownIncident) throw unknownIncident(incidentId);
    if (error instanceof Unreachable) throw unreachable(error);
    if (error instanceof BadCommand)
      throw bad(error.field, error.message, 'docs/api.md lists the fields of each command.');
    throw error;
  }
}

/** `POST /api/v1/incidents/:id/commands`: what a person decides, by the same rules as in Slack. */
export function commandRoutes(app: Hono, { config, people, incidents, nowMs }: CommandRoutesDeps): void {
  const { maxBodyBytes: maxBytes, bodyTimeoutMs: timeoutMs } = config.server;
  app.post('/api/v1/incidents/:id/commands', async (context) => {
    const by = people.actor(context);
    const incidentId = context.req.param('id');
    if (incidentId.length > 200) throw unknownIncident(incidentId);
    const bytes = await readBody(context.req.raw, { maxBytes, timeoutMs });
    const json = parseJson(bytes, context.req.header('content-type'));
    const words = wordsOf(json, context.req.header('idempotency-key'), by, nowMs());
    const answer = await sendCommand(incidents, incidentId, words, by);
    if (!answer.ok) throw answerProblem(answer);
    const { events, pending } = answer;
    return context.json({ incidentId, commandId: words.id, events, pending }, pending ? 202 : 200);
  });
}
