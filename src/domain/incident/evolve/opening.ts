import { type Evolution, patchEntry } from './table.ts';

export const opening: Evolution<
  | 'incidentOpened'
  | 'alertReceived'
  | 'sessionsOffered'
  | 'sessionJoined'
  | 'targetAdded'
  | 'agentHeld'
  | 'containmentOrdered'
  | 'containmentReported'
  | 'containmentTakenOver'
  | 'containmentRetried'
  | 'agentReleased'
> = {
  incidentOpened: (
    state,
    { incidentId, agent, ownerIds, dedupKey, policy, linkedFrom, severity },
    { at },
  ) => ({
    ...state,
    status: 'open',
    openedAt: at,
    incidentId,
    agent,
    ownerIds,
    dedupKey,
    policy,
    linkedFrom,
    severity,
  }),
  alertReceived: (state, { alert }) => ({
    ...state,
    alerts: { count: state.alerts.count + 1, first: state.alerts.first ?? alert, last: alert },
  }),
  sessionsOffered: (state, { candidates }) => ({ ...state, offered: candidates }),
  sessionJoined: (state, { sessionId, because }, { at }) => ({
    ...state,
    sessions: {
      ...state.sessions,
      [sessionId]: {
        sessionId,
        because,
        joinedAt: at,
        seal: null,
        beforeRotation: false,
        trouble: null,
        analysis: null,
      },
    },
  }),
  targetAdded: (state, { target }) => ({
    ...state,
    targets: {
      ...state.targets,
      [target.targetId]: {
        ...target,
        status: target.allowListed ? 'pending' : 'awaiting_person',
        action: null,
        adapter: null,
        evidence: null,
        attempts: 0,
        settledAt: null,
      },
    },
  }),
  agentHeld: (state) => ({ ...state, held: true }),
  containmentOrdered: (state, { targetId, action, adapter }) => ({
    ...state,
    targets: patchEntry(state.targets, targetId, (target) => ({
      ...target,
      status: 'ordered',
      action,
      adapter,
      attempts: target.attempts + 1,
    })),
  }),
  containmentReported: (state, { targetId, status, evidence }, { at }) => ({
    ...state,
    targets: patchEntry(state.targets, targetId, (target) => ({
      ...target,
      status,
      evidence,
      settledAt: at,
    })),
  }),
  containmentTakenOver: (state, { targetId }, { at, by }) => ({
    ...state,
    targets: patchEntry(state.targets, targetId, (target) => ({
      ...target,
      status: 'taken_over',
      evidence: `A person answers for it: ${by.id}.`,
      settledAt: at,
    })),
  }),
  containmentRetried: (state, { targetId }) => ({
    ...state,
    targets: patchEntry(state.targets, targetId, (target) => ({ ...target, status: 'pending' })),
  }),
  agentReleased: (state) => ({ ...state, held: false }),
};
