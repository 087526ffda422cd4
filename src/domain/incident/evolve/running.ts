import type { Evolution } from './table.ts';

/** The newest are kept; the record has all. */
const LOST_KEPT = 20;

export const running: Evolution<
  | 'acknowledged'
  | 'pageEscalated'
  | 'noticeLost'
  | 'ownerSet'
  | 'severitySet'
  | 'noteAdded'
  | 'endingProposed'
  | 'endingWithdrawn'
  | 'incidentEnded'
> = {
  acknowledged: (state, _data, { at }) => ({
    ...state,
    acknowledgedAt: state.acknowledgedAt ?? at,
  }),
  pageEscalated: (state) => ({ ...state, pages: state.pages + 1 }),
  noticeLost: (state, { about, what, because }, { at }) => ({
    ...state,
    lostNotices: [...(state.lostNotices ?? []), { about, what, because, at }].slice(-LOST_KEPT),
  }),
  ownerSet: (state, { owner }) => ({ ...state, ownerId: owner }),
  severitySet: (state, { severity }) => ({ ...state, severity }),
  noteAdded: (state) => ({ ...state, notes: state.notes + 1 }),
  endingProposed: (state, { kind, reason, fixUrl, intoIncidentId }, { by }) => ({
    ...state,
    ending: { kind, reason, fixUrl, intoIncidentId, proposedBy: by.id },
  }),
  endingWithdrawn: (state) => ({ ...state, ending: null }),
  incidentEnded: (state, { status }, { at }) => ({ ...state, status, endedAt: at }),
};
