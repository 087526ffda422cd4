import type { IncidentState, SessionState } from '../../domain/incident/state.ts';
import type { Reader } from '../../http/auth/people.ts';

/** What a reader may see. */
export interface Sight {
  /** What comes out of a trace: steps, quotes, reasons of the analysis, values that an alert names. */
  trace: boolean;
  /** The chained records. */
  audit: boolean;
}

export interface SightRule {
  /** Whether viewers, and this machine where it reads without a person, see traces. */
  viewersSeeTraces: boolean;
}

export function sightOf(reader: Reader, { viewersSeeTraces }: SightRule): Sight {
  if (reader.kind === 'local') return { trace: viewersSeeTraces, audit: false };
  const { roles } = reader.person;
  const audit = roles.includes('auditor');
  return {
    trace: viewersSeeTraces || audit || roles.includes('responder') || roles.includes('approver'),
    audit,
  };
}

/** What stands where a part of a trace was left out. */
export const HIDDEN = '[shown to responders, approvers and auditors]';

const blind = (session: SessionState): SessionState => ({
  ...session,
  analysis: session.analysis && {
    ...session.analysis,
    because: HIDDEN,
    failurePattern: HIDDEN,
    candidates: session.analysis.candidates.map((candidate) => ({ ...candidate, reason: HIDDEN })),
  },
});

type Alert = IncidentState['alerts']['first'];
const blindAlert = (alert: Alert): Alert => alert && { ...alert, wrongValue: null, entityId: null };

/** The state as somebody without sight of traces may read it: what people wrote and what was decided stay. */
export function withoutTrace(state: IncidentState): IncidentState {
  const { alerts, sessions, postmortem } = state;
  const byPeople = Object.entries(postmortem.sections).filter(([, section]) => section?.by === 'person');
  return {
    ...state,
    alerts: { ...alerts, first: blindAlert(alerts.first), last: blindAlert(alerts.last) },
    sessions: Object.fromEntries(Object.entries(sessions).map(([id, session]) => [id, blind(session)])),
    postmortem: { ...postmortem, sections: Object.fromEntries(byPeople) },
  };
}
