import type { Fact } from './event.ts';
import type { IncidentState, SignOff } from './state.ts';
import { openItems } from './checklist.ts';

export interface Due {
  at: number;
  fact: (state: IncidentState) => Fact;
}

const escalation = ['primary', 'secondary', 'manager'] as const;

function signOffDue({ policy }: IncidentState, request: SignOff): Due[] {
  if (request.status !== 'open') return [];
  const { requestId } = request;
  const steps: readonly (readonly [number, Fact])[] = [
    [policy.signOffReminderMs, { type: 'signOffReminded', data: { requestId } }],
    [policy.signOffSecondaryMs, { type: 'signOffEscalated', data: { requestId, to: 'secondary' } }],
    [policy.signOffManagerMs, { type: 'signOffEscalated', data: { requestId, to: 'manager' } }],
    [policy.signOffExpiryMs, { type: 'signOffExpired', data: { requestId } }],
  ];
  const next = steps[request.stage];
  return next ? [{ at: request.openedAt + next[0], fact: () => next[1] }] : [];
}

/** The clock is about the first version that reached everybody; a later one has no deadline of its own. */
function distributionDue(state: IncidentState): Due[] {
  if (state.distributed) return [];
  const dues: Due[] = [];
  const ordinal = state.remindersSent;
  const reminder = state.policy.distributionRemindersMs[ordinal];
  if (reminder !== undefined)
    dues.push({
      at: state.openedAt + reminder,
      fact: () => ({ type: 'distributionReminded', data: { ordinal } }),
    });
  if (state.breachedAt === null)
    dues.push({
      at: state.openedAt + state.policy.distributionMs,
      fact: (now) => ({ type: 'distributionBreached', data: { openItems: openItems(now) } }),
    });
  return dues;
}

/** The chain, and again from its beginning while nobody acknowledges, until its last round. */
function pageDue(state: IncidentState): Due[] {
  const { acknowledgedAt, openedAt, pages, policy } = state;
  const { acknowledgeMs, pageAgainMs = 0 } = policy;
  const rounds = pageAgainMs > 0 ? (policy.pageRounds ?? 1) : 1;
  const round = Math.floor(pages / escalation.length);
  const to = escalation[pages % escalation.length];
  if (acknowledgedAt !== null || !to || round >= rounds) return [];
  const isLast = pageAgainMs > 0 && pages + 1 === rounds * escalation.length;
  return [
    {
      at: openedAt + acknowledgeMs * (pages + 1) + round * (pageAgainMs - acknowledgeMs),
      fact: () => ({ type: 'pageEscalated', data: { to, ...(isLast ? { isLast } : {}) } }),
    },
  ];
}

/** Everything that happens by itself, earliest first: reminders, escalations, expiry, the 48 hours. */
export function duesOf(state: IncidentState): Due[] {
  if (state.status !== 'open') return [];
  const requests = Object.values(state.signOffs).flatMap((request) => signOffDue(state, request));
  return [...requests, ...distributionDue(state), ...pageDue(state)].sort((a, b) => a.at - b.at);
}

export const nextDueAt = (state: IncidentState): number | null => duesOf(state)[0]?.at ?? null;
