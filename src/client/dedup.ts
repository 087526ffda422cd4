import { createHash } from 'node:crypto';
import type { IncidentEvent } from '../domain/incident/event.ts';
import type { Alert } from '../domain/incident/vocabulary.ts';

export const KNOWN_SESSION = 'session of an open incident';

/** What makes two alerts of an agent the same incident. `rule` is shown to the sender. */
export interface Dedup {
  rule: 'dedup key' | 'session' | 'failure pattern' | 'title' | typeof KNOWN_SESSION;
  key: string;
}

/**
 * The rule by which each recorded alert opened its incident or joined it, by the number of its record: a session that the
 * incident has comes before the key that it was opened by.
 */
export function rulesOf(events: readonly IncidentEvent[]): ReadonlyMap<number, string> {
  const rules = new Map<number, string>();
  const sessions = new Set<string>();
  let openedBy = '';
  for (const { seq, ...event } of events) {
    if (event.type === 'incidentOpened') openedBy = event.data.dedupRule;
    if (event.type === 'sessionJoined') sessions.add(event.data.sessionId);
    if (event.type !== 'alertReceived') continue;
    const isKnown = event.data.alert.sessionId !== null && sessions.has(event.data.alert.sessionId);
    rules.set(seq, isKnown ? KNOWN_SESSION : openedBy);
  }
  return rules;
}

/** The live detector, which knows the pattern, keys on it: `pattern:…`. */
export const PATTERN_KEY = 'pattern:';

/** Numbers in a title change from alert to alert; they do not make another failure. */
const normalTitle = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/\d+([.,]\d+)*/g, '#')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** The sender's own key, else the session, else the title without its numbers. */
export function dedupOf(dedupKey: string | null, alert: Pick<Alert, 'sessionId' | 'title'>): Dedup {
  if (dedupKey !== null)
    return { rule: dedupKey.startsWith(PATTERN_KEY) ? 'failure pattern' : 'dedup key', key: dedupKey };
  if (alert.sessionId !== null) return { rule: 'session', key: alert.sessionId };
  return { rule: 'title', key: normalTitle(alert.title) };
}

/** `loan-agent-9f86d081884c`: agent and digest of the key; the rule is hashed too, so that a key is never a session. */
export function incidentBase(agent: string, { rule, key }: Dedup): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([agent, rule, key]))
    .digest('hex')
    .slice(0, 12);
  return `${agent}-${digest}`;
}

export const incidentIdOf = (base: string, ordinal: number): string => `${base}-${ordinal}`;
