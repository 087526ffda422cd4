import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { CommandType } from '../../domain/incident/command.ts';
import { rangesOf } from '../../domain/incident/ranges.ts';
import { pathIn } from '../../slack/blocks/modals/confirm.ts';
import { TOKEN_FIELD } from '../auth/own-form.ts';

/** Names of a form's own fields, beside those of the command. */
export const FORM = { token: TOKEN_FIELD, once: 'form_once', id: 'form_id', type: 'type' } as const;

/** What was sent, each field once or several times. */
export type Sent = URLSearchParams;

const one = (sent: Sent, name: string): string => (sent.get(name) ?? '').trim();
const orNull = (sent: Sent, name: string): string | null => one(sent, name) || null;
const whole = (sent: Sent, name: string): number | null => {
  const text = one(sent, name);
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
};
const list = (sent: Sent, name: string): unknown => {
  try {
    return JSON.parse(one(sent, name)) as unknown;
  } catch {
    return null;
  }
};

/** The words alone, and what they make: saving the same words twice is one factor. */
const factorId = (sent: Sent): string => {
  const text = one(sent, 'text');
  return `f-${createHash('sha256')
    .update(`${one(sent, 'kind')}:${text}`)
    .digest('hex')
    .slice(0, 16)}`;
};

/** The whole list, or what was ticked of it. */
const indices = (sent: Sent): unknown =>
  one(sent, 'scope') === 'all'
    ? 'all'
    : rangesOf(
        sent
          .getAll('index')
          .filter((index) => /^\d{1,6}$/.test(index))
          .map(Number),
      );

const named =
  (...names: string[]) =>
  (sent: Sent): object =>
    Object.fromEntries(names.map((name) => [name, one(sent, name)]));

const signing = (sent: Sent): object => ({
  ...named('requestId', 'seen')(sent),
  indices: indices(sent),
});

/** What a form's texts are as the words of its command; what is wrong in them the command's own schema says. */
const readers: Partial<Record<CommandType, (sent: Sent, once: string) => object>> = {
  addNote: named('text'),
  setSeverity: named('severity'),
  handOver: named('to'),
  releaseAgent: named('reason'),
  completeFirstAction: named('note'),
  nameSession: (sent) => ({ sessionId: orNull(sent, 'sessionId') ?? one(sent, 'pick') }),
  retryContainment: named('targetId'),
  takeOverContainment: named('targetId', 'reason'),
  confirmMode: (sent) => ({ ...named('mode')(sent), misfit: orNull(sent, 'misfit') }),
  confirmOrigin: (sent) => ({
    ...named('sessionId')(sent),
    step: whole(sent, 'step') ?? whole(sent, 'pick'),
  }),
  confirmCascade: (sent) => ({ path: pathIn(one(sent, 'path')) }),
  classifyActions: named('classId', 'as', 'reason'),
  requestSignOff: (sent, once) => ({
    ...named('classId', 'planSha256')(sent),
    requestId: `so-${createHash('sha256').update(once).digest('hex').slice(0, 16)}`,
    remediation: orNull(sent, 'remediation'),
  }),
  signReversal: (sent) => ({
    ...signing(sent),
    reason: orNull(sent, 'reason'),
    typedCount: whole(sent, 'typedCount'),
  }),
  denyReversal: (sent) => ({ ...signing(sent), reason: one(sent, 'reason') }),
  breakGlass: (sent) => ({ ...signing(sent), reason: one(sent, 'reason') }),
  countersign: named('requestId', 'reason'),
  settleUncertain: (sent) => ({
    ...named('classId', 'outcome', 'reason')(sent),
    indices: list(sent, 'indices'),
  }),
  recordRemediation: (sent) => ({ ...named('classId', 'result')(sent), indices: 'all' }),
  editSection: (sent) => ({ ...named('section', 'text')(sent), baseSha256: orNull(sent, 'baseSha256') }),
  addFactor: (sent) => ({ ...named('kind', 'text')(sent), factorId: factorId(sent) }),
  removeFactor: named('factorId'),
  attestFactors: (sent) => ({ factorIds: list(sent, 'factorIds') }),
  describeGap: named('kind', 'text'),
  attestItem: named('item', 'link', 'reason'),
  settleReceipt: named('recipientId', 'outcome', 'reason'),
  proposeEnding: (sent) => ({
    ...named('kind', 'reason')(sent),
    fixUrl: orNull(sent, 'fixUrl'),
    intoIncidentId: orNull(sent, 'intoIncidentId'),
  }),
  secondEnding: (sent) => ({ reason: orNull(sent, 'reason') }),
};

const Once = z.string().regex(/^[A-Za-z0-9_-]{16,100}$/);

/** The command that a form gives, as the API takes it: two deliveries of one form are one command. */
export function commandIn(sent: Sent): { json: Record<string, unknown>; once: string | null } {
  const type = one(sent, FORM.type);
  const once = Once.safeParse(one(sent, FORM.once)).data ?? null;
  const reader = Object.hasOwn(readers, type) ? readers[type as CommandType] : undefined;
  return { json: { type, ...reader?.(sent, once ?? '') }, once };
}
