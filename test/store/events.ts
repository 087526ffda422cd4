import { createHash } from 'node:crypto';
import { defaultPolicy } from '../../src/domain/policy.ts';
import type { Fact, IncidentEvent } from '../../src/domain/incident/event.ts';
import type { Prose } from '../../src/domain/incident/prose.ts';

export const START_MS = Date.UTC(2026, 2, 3, 2, 14);

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
export const prose = (text: string): Prose => ({ text, sha256: sha256(text) });

/** Facts in their places: numbered from `from`, one a second. */
export const numbered = (facts: Fact[], from = 1): IncidentEvent[] =>
  facts.map((fact, index) => ({
    ...fact,
    seq: from + index,
    at: START_MS + (from + index) * 1_000,
    by: { kind: 'source', id: 'test' },
    commandId: `command-${from + index}`,
  }));

export const opened = (incidentId: string, agent = 'loan-agent'): Fact => ({
  type: 'incidentOpened',
  data: {
    incidentId,
    agent,
    ownerIds: ['slack:U1'],
    dedupKey: 'session:s1',
    dedupRule: 'by session',
    policy: defaultPolicy,
    linkedFrom: null,
    severity: 'sev2',
  },
});
export const note = (text: string): Fact => ({ type: 'noteAdded', data: { text: prose(text) } });
export const ended: Fact = { type: 'incidentEnded', data: { status: 'closed', late: false } };

/** An opened incident and notes up to `count` events. */
export const history = (incidentId: string, count: number, agent?: string): IncidentEvent[] =>
  numbered([
    opened(incidentId, agent),
    ...Array.from({ length: count - 1 }, (_, index) => note(`note ${index + 2} of ${incidentId}`)),
  ]);
