import type { FactOf, FactType, IncidentEvent } from '../domain/incident/event.ts';
import type { ActionClass } from '../domain/incident/vocabulary.ts';
import type { RecordedIncident } from './source.ts';

/** One line of an answer: which record says it. Times in ms. */
export interface Answer {
  incidentId: string;
  /** Number of the record. */
  seq: number;
  at: number;
  /** Who, by their opaque id. */
  by: string;
  /** How the server knew them: `slack, slack-signature`; null for the engine. */
  verified: string | null;
  /** The digest of what they saw, where they decided on one. */
  seen: string | null;
  says: string;
}

type Recorded<T extends FactType> = IncidentEvent & FactOf<T>;
const of = <T extends FactType>(events: readonly IncidentEvent[], ...types: T[]): Recorded<T>[] =>
  events.filter((event): event is Recorded<T> => (types as string[]).includes(event.type));

const answer = (incidentId: string, { seq, at, by, ...event }: IncidentEvent, says: string): Answer => ({
  incidentId,
  seq,
  at,
  by: by.id,
  verified: by.kind === 'person' ? `${by.via}, ${by.verifiedBy}` : null,
  seen: 'seen' in event.data && typeof event.data.seen === 'string' ? event.data.seen : null,
  says,
});

type Decision = Recorded<'reversalSigned' | 'reversalDenied' | 'glassBroken' | 'glassCountersigned'>;
const VERBS: Record<Decision['type'], string> = {
  reversalSigned: 'signed',
  reversalDenied: 'denied',
  glassBroken: 'broke the glass for',
  glassCountersigned: 'countersigned the broken glass of',
};

const countOf = (indices: readonly (readonly [number, number])[]): number =>
  indices.reduce((sum, [from, to]) => sum + to - from + 1, 0);

/** What a sign-off was about: the class as it was last mapped before the decision. */
const classOf = (events: readonly IncidentEvent[], { seq, data }: Decision): ActionClass | null => {
  const before = events.filter((event) => event.seq < seq);
  const request = of(before, 'signOffRequested').findLast((one) => one.data.requestId === data.requestId);
  const mapped = of(before, 'classMapped').findLast(
    (one) => one.data.class.classId === request?.data.classId,
  );
  return mapped?.data.class ?? null;
};

const decisionOf = (incidentId: string, events: readonly IncidentEvent[], event: Decision): Answer => {
  const found = classOf(events, event);
  const what = found ? `${found.tool} (${found.kind}, ${found.strategy})` : `request ${event.data.requestId}`;
  const count = 'indices' in event.data ? `${countOf(event.data.indices)} of ` : '';
  const reason = event.data.reason ? `: ${event.data.reason.text}` : '';
  return answer(incidentId, event, `${VERBS[event.type]} ${count}${what}${reason}`);
};

/** Every decision on a reversal, with the digest of the plan that was seen. */
export const decisions = ({ incidentId, events }: RecordedIncident): Answer[] =>
  of(events, 'reversalSigned', 'reversalDenied', 'glassBroken', 'glassCountersigned').map((event) =>
    decisionOf(incidentId, events, event),
  );

/** Every broken glass, and whether somebody countersigned it. */
export const brokenGlasses = ({ incidentId, events }: RecordedIncident): Answer[] =>
  of(events, 'glassBroken').map((event) => {
    const after = of(events, 'glassCountersigned').find(
      (one) => one.seq > event.seq && one.data.requestId === event.data.requestId,
    );
    const { says, ...rest } = decisionOf(incidentId, events, event);
    const countersigned = after
      ? `countersigned by ${after.by.id} at ${new Date(after.at).toISOString()}`
      : 'NOT countersigned';
    return { ...rest, says: `${says}; ${countersigned}` };
  });

/** Every distribution that was not there in time: the breach, and when it went out after all. */
export const lateDistributions = ({ incidentId, events }: RecordedIncident): Answer[] =>
  of(events, 'distributionBreached', 'distributionCompleted').flatMap((event) => {
    if (event.type === 'distributionBreached')
      return answer(
        incidentId,
        event,
        `not distributed in time; open: ${event.data.openItems.join(', ') || 'nothing'}`,
      );
    return event.data.late
      ? answer(incidentId, event, `distributed late, version ${event.data.version}`)
      : [];
  });

/** Incidents that ended otherwise than by closing: who proposed it and why, who agreed. */
export const otherEndings = ({ incidentId, events }: RecordedIncident): Answer[] =>
  of(events, 'incidentEnded')
    .filter(({ data }) => data.status !== 'closed')
    .map((event) => {
      const proposed = of(events, 'endingProposed').findLast((one) => one.seq < event.seq);
      const why = proposed
        ? `proposed by ${proposed.by.id}: ${proposed.data.reason.text}`
        : 'without a proposal on record';
      const into = proposed?.data.intoIncidentId ? ` (into ${proposed.data.intoIncidentId})` : '';
      return answer(incidentId, event, `${event.data.status}${into}; ${why}`);
    });

/** The policy that the incident was opened under. */
export const policies = ({ incidentId, events }: RecordedIncident): Answer[] =>
  of(events, 'incidentOpened').map((event) =>
    answer(incidentId, event, `${event.data.agent}: ${JSON.stringify(event.data.policy)}`),
  );
