import type { Fact, IncidentEvent } from '../../src/domain/incident/event.ts';
import type { Store } from '../../src/store/port.ts';
import { numbered, opened, prose } from '../store/events.ts';

export const SEEN = 'd'.repeat(64);
export const ana = 'slack:T1:U1';
export const ben = 'person:ben';
const by = (id: string): IncidentEvent['by'] => ({
  kind: 'person',
  id,
  roles: ['approver'],
  via: 'slack',
  verifiedBy: 'slack-signature',
  proof: null,
});
const classMapped: Fact = {
  type: 'classMapped',
  data: {
    class: {
      classId: 'k1',
      tool: 'send_letter',
      kind: 'irreversible',
      strategy: 'remediation plan',
      count: 3,
      planSha256: SEEN,
      planUri: 'sha256:x',
      uncertain: 0,
      unknownTool: false,
      windowClosesAtMs: null,
    },
  },
};
const request: Fact = {
  type: 'signOffRequested',
  data: {
    requestId: 'r1',
    classId: 'k1',
    seen: SEEN,
    indices: [[0, 2]],
    remediation: null,
    requestedBy: ben,
    quorum: 2,
  },
};
const decided = { requestId: 'r1', seen: SEEN, indices: [[0, 1]] as [number, number][] };
const people: Record<number, string> = { 4: ana, 5: ben, 6: ben, 9: ben, 10: ana };
const placed = (facts: Fact[]): IncidentEvent[] =>
  numbered(facts).map((event) => (people[event.seq] ? { ...event, by: by(people[event.seq] ?? '') } : event));

/** Two incidents in which there is something to answer to every question of an auditor. */
export const recordAnswers = async (store: Pick<Store, 'audit' | 'directory'>): Promise<void> => {
  await store.directory.put(ana, { name: 'Ana Ruiz', kind: 'person', address: null });
  await store.audit.append(
    'inc-1',
    placed([
      opened('inc-1'),
      classMapped,
      request,
      { type: 'reversalSigned', data: { ...decided, reason: null } },
      { type: 'reversalDenied', data: { ...decided, reason: prose('Two of them were answered.') } },
      { type: 'glassBroken', data: { ...decided, reason: prose('The window closes.') } },
      { type: 'distributionBreached', data: { openItems: ['distributed'] } },
      { type: 'distributionCompleted', data: { version: 1, late: true } },
      {
        type: 'endingProposed',
        data: { kind: 'dismissed', reason: prose('A drill.'), fixUrl: null, intoIncidentId: null },
      },
      { type: 'incidentEnded', data: { status: 'dismissed', late: false } },
    ]),
  );
  await store.audit.append(
    'inc-2',
    placed([
      opened('inc-2', 'other-agent'),
      classMapped,
      request,
      { type: 'glassBroken', data: { ...decided, reason: prose('Nobody else was there.') } },
      { type: 'glassCountersigned', data: { requestId: 'r1', reason: prose('Right so.') } },
    ]),
  );
};
