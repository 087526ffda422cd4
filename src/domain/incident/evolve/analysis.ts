import { type Evolution, patchEntry } from './table.ts';

export const analysis: Evolution<
  | 'sessionSealed'
  | 'sealTroubled'
  | 'analysisSuggested'
  | 'modeConfirmed'
  | 'firstActionCompleted'
  | 'originConfirmed'
  | 'cascadeConfirmed'
> = {
  sessionSealed: (state, { seal, beforeRotation }) => ({
    ...state,
    sessions: patchEntry(state.sessions, seal.sessionId, (session) => ({
      ...session,
      seal,
      beforeRotation,
      trouble: null,
    })),
  }),
  sealTroubled: (state, { sessionId, percentOfDeadline, reason }) => ({
    ...state,
    sessions: patchEntry(state.sessions, sessionId, (session) => ({
      ...session,
      trouble: { percentOfDeadline, reason },
    })),
  }),
  analysisSuggested: (state, data, { at }) => ({
    ...state,
    sessions: patchEntry(state.sessions, data.sessionId, (session) => ({
      ...session,
      analysis: { ...data, at },
    })),
    mode: {
      ...state.mode,
      suggested: state.mode.confirmed ? state.mode.suggested : data.mode,
      at: state.mode.at ?? at,
    },
    firstAction: state.firstAction?.completedAt
      ? state.firstAction
      : { sentence: data.firstAction, completedAt: null },
  }),
  modeConfirmed: (state, { mode, misfit }) => ({
    ...state,
    mode: { ...state.mode, confirmed: mode, misfit },
  }),
  firstActionCompleted: (state, _data, { at }) => ({
    ...state,
    firstAction: state.firstAction && { ...state.firstAction, completedAt: at },
  }),
  originConfirmed: (state, { sessionId, step }, { at }) => ({
    ...state,
    origin: { sessionId, step, at },
    cascade: state.origin?.sessionId === sessionId && state.origin.step === step ? state.cascade : null,
  }),
  cascadeConfirmed: (state, { path }) => ({ ...state, cascade: path }),
};
