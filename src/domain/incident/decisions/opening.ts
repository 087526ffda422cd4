import { isContained } from '../containment.ts';
import { inFlight } from '../classes.ts';
import type { Fact } from '../event.ts';
import { isEmpty } from '../ranges.ts';
import type { Severity } from '../vocabulary.ts';
import type { IncidentState } from '../state.ts';
import { decision, own, type DecisionTable } from './table.ts';

const target = (state: IncidentState, id: string) => own(state.targets, id);

/** Session ids may be as long as target ids: cut where they must be, and never the same for two sessions. */
function freeTargetId(state: IncidentState, sessionId: string): string {
  const whole = `session:${sessionId}`;
  let id = whole.slice(0, 200);
  for (let n = 2; target(state, id); n += 1) id = `${whole.slice(0, 190)}~${n}`;
  return id;
}

/** A session joins with its own target, so that it cannot be read before it is contained. */
const joined = (state: IncidentState, sessionId: string, because: string, agent: string): Fact[] =>
  own(state.sessions, sessionId)
    ? []
    : [
        { type: 'sessionJoined', data: { sessionId, because } },
        {
          type: 'targetAdded',
          data: {
            target: {
              targetId: freeTargetId(state, sessionId),
              kind: 'session',
              agent,
              sessionId,
              allowListed: true,
            },
          },
        },
      ];

const worse = (a: Severity, b: Severity): boolean => a < b;

export const opening: DecisionTable<
  | 'receiveAlert'
  | 'offerSessions'
  | 'nameSession'
  | 'joinSession'
  | 'addTarget'
  | 'orderContainment'
  | 'reportContainment'
  | 'takeOverContainment'
  | 'retryContainment'
  | 'releaseAgent'
> = {
  receiveAlert: decision(
    'receiveAlert',
    'source',
    [{ code: 'other-agent', breaks: (s, c) => s.status === 'open' && s.agent !== c.agent }],
    (s, c) => {
      const opened = s.status === 'none';
      const { incidentId, agent, ownerIds, dedupKey, dedupRule, policy, linkedFrom, alert } = c;
      const { severity } = alert;
      const opening: Fact = {
        type: 'incidentOpened',
        data: { incidentId, agent, ownerIds, dedupKey, dedupRule, policy, linkedFrom, severity },
      };
      return [
        ...(opened ? [opening, { type: 'agentHeld' as const, data: { agent } }] : []),
        { type: 'alertReceived', data: { alert, opened } },
        ...(!opened && worse(severity, s.severity)
          ? [{ type: 'severitySet' as const, data: { severity } }]
          : []),
        ...(alert.sessionId ? joined(s, alert.sessionId, 'The alert names it.', agent) : []),
      ];
    },
  ),

  offerSessions: decision(
    'offerSessions',
    'engine',
    [{ code: 'session-known', breaks: (s) => Object.keys(s.sessions).length > 0 }],
    (_s, { candidates }) => [{ type: 'sessionsOffered', data: { candidates } }],
  ),

  nameSession: decision(
    'nameSession',
    'responder',
    [{ code: 'session-known', breaks: (s) => Object.keys(s.sessions).length > 0 }],
    (s, { sessionId }) => joined(s, sessionId, 'A person named it.', s.agent),
  ),

  joinSession: decision(
    'joinSession',
    'engine-or-responder',
    [{ code: 'session-known', breaks: (s, c) => own(s.sessions, c.sessionId) !== undefined }],
    (s, c) => joined(s, c.sessionId, c.because, s.agent),
  ),

  addTarget: decision(
    'addTarget',
    'engine',
    [
      { code: 'unknown-session', breaks: (s, c) => !own(s.sessions, c.target.sessionId) },
      { code: 'no-change', breaks: (s, c) => target(s, c.target.targetId) !== undefined },
    ],
    (_s, c) => [{ type: 'targetAdded', data: { target: c.target } }],
  ),

  orderContainment: decision(
    'orderContainment',
    'engine',
    [
      { code: 'unknown-target', breaks: (s, c) => !target(s, c.targetId) },
      {
        code: 'target-contained',
        breaks: (s, c) => {
          const found = target(s, c.targetId);
          return found !== undefined && isContained(found);
        },
      },
      {
        code: 'not-waiting',
        breaks: (s, c) => target(s, c.targetId)?.status === 'awaiting_person',
      },
    ],
    (_s, { targetId, action, adapter }) => [
      { type: 'containmentOrdered', data: { targetId, action, adapter } },
    ],
  ),

  reportContainment: decision(
    'reportContainment',
    'engine',
    [
      { code: 'unknown-target', breaks: (s, c) => !target(s, c.targetId) },
      {
        code: 'target-contained',
        breaks: (s, c) => {
          const found = target(s, c.targetId);
          // An agent's word is taken back when its own trace shows that it went on.
          const isTakenBack = found?.status === 'confirmed' && c.status === 'awaiting_person';
          return found !== undefined && isContained(found) && !isTakenBack;
        },
      },
      { code: 'not-ordered', breaks: (s, c) => target(s, c.targetId)?.attempts === 0 },
    ],
    (_s, { targetId, status, evidence }) => [
      { type: 'containmentReported', data: { targetId, status, evidence } },
    ],
  ),

  takeOverContainment: decision(
    'takeOverContainment',
    'responder',
    [
      { code: 'unknown-target', breaks: (s, c) => !target(s, c.targetId) },
      {
        code: 'target-contained',
        breaks: (s, c) => {
          const found = target(s, c.targetId);
          return found !== undefined && isContained(found);
        },
      },
    ],
    (_s, { targetId, reason }) => [{ type: 'containmentTakenOver', data: { targetId, reason } }],
  ),

  retryContainment: decision(
    'retryContainment',
    'responder',
    [
      { code: 'unknown-target', breaks: (s, c) => !target(s, c.targetId) },
      {
        code: 'not-waiting',
        breaks: (s, c) => !['awaiting_person', 'unconfirmed'].includes(target(s, c.targetId)?.status ?? ''),
      },
    ],
    (_s, { targetId }) => [{ type: 'containmentRetried', data: { targetId } }],
  ),

  releaseAgent: decision(
    'releaseAgent',
    'responder',
    [
      { code: 'not-held', breaks: (s) => !s.held },
      {
        code: 'reversals-running',
        breaks: (s) => Object.values(s.classes).some((item) => !isEmpty(inFlight(item))),
      },
    ],
    (_s, { reason }) => [{ type: 'agentReleased', data: { reason } }],
  ),
};
