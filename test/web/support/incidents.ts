import {
  actionClass,
  alert,
  ana,
  engine,
  HOUR,
  kim,
  letters,
  MINUTE,
  prose,
  sha,
  story,
  suggestAnalysis,
  T0,
  type Story,
} from '../../domain/incident/story.ts';
import { driftedSession, sealSession } from './sealed.ts';
import type { House } from './house.ts';

export const LONG =
  'Every application of the last six hours was declined although each one had a verified income, ' +
  'and the dashboards of the income service, of the model and of the application store were green all night';
export const HOSTILE = '<img src=x onerror=alert(1)> "quoted" & \'more\' \u202egnirts';

const opening = (incidentId: string, over: object = {}, agent = 'loan-agent') => ({
  incidentId,
  agent,
  dedupKey: incidentId,
  alert: alert({ alertId: incidentId, ...over }),
});

/** Nothing but the alert: the agent is being stopped. */
export const fresh = (): Story =>
  story()
    .wait(2 * HOUR + 50 * MINUTE)
    .opened(opening('inc-fresh-1', { title: HOSTILE, severity: 'sev1' }));

/** The alert named no session. */
export const nameless = (): Story =>
  story()
    .wait(HOUR)
    .opened(opening('inc-nameless-1', { title: LONG, sessionId: null, severity: 'sev3' }, 'mail-agent'));

/** Sealed, located and mapped; two sign-offs wait. */
export async function signing(house: House): Promise<Story> {
  const incidentId = 'inc-signing-1';
  const session = driftedSession();
  const { seal, analysis, analysisSha256, analysisUri } = await sealSession(
    house.evidence,
    session,
    incidentId,
  );
  const [best] = analysis.faultOrigin.candidates;
  const lived = story().wait(HOUR);
  const { sessionId } = session;
  return lived
    .opened(opening(incidentId, { sessionId, title: 'Decline rate of loan applications at 100 %' }))
    .give('takeOwnership', ana, {})
    .contained(sessionId)
    .wait(MINUTE)
    .give('reportSeal', engine, { seal })
    .analysed(
      suggestAnalysis({
        sessionId,
        manifestSha256: seal.manifestSha256,
        analysisSha256,
        analysisUri,
        candidates: [
          { step: best?.step ?? 4, score: 0.9, reason: 'The income came as yearly_income_total.' },
        ],
        because: 'A tool answered with a field that its contract does not have.',
        symptomStep: analysis.faultOrigin.symptom ?? 9,
        cascadePath: analysis.cascadePath,
      }),
    )
    .wait(MINUTE)
    .give('confirmMode', ana, { mode: 'tool_misfire', misfit: null })
    .give('confirmOrigin', ana, { sessionId, step: best?.step ?? 4 })
    .give('confirmCascade', ana, { path: analysis.cascadePath })
    .mapped([actionClass(), letters()])
    .approvers()
    .wait(60 * MINUTE)
    .asked('r-status', 'status')
    .wait(20 * MINUTE)
    .asked('r-letters', 'letters', 'Send corrected letters and call both applicants.', ana)
    .give('signReversal', kim, {
      requestId: 'r-letters',
      seen: `${sha('plan letters')}.${sha('Send corrected letters and call both applicants.')}`,
      indices: 'all',
      typedCount: 2,
      reason: prose('A corrected letter makes it good.'),
    });
}

/** Opened two days and a half ago, and not distributed. */
export const late = (): Story => {
  const lived = story();
  lived.at = T0 - 60 * HOUR;
  lived.opened(opening('inc-late-1', { title: 'Refunds sent twice' }));
  lived.give('takeOwnership', ana, {}).contained().sealed().analysed();
  lived.at = T0 - 11 * HOUR;
  return lived.give('tick', engine, {});
};

/** Closed, everything proven. */
export const closed = (): Story => {
  const lived = story();
  lived.at = T0 - 30 * HOUR;
  return lived.closed();
};
