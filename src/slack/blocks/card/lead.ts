import { phaseOf } from '../../../domain/incident/phase.ts';
import { sizeOf } from '../../../domain/incident/ranges.ts';
import type { IncidentState } from '../../../domain/incident/state.ts';
import {
  analysisOf,
  brokenGlasses,
  openRequests,
  stuckTargets,
  toAskAgain,
  toClassify,
  toPlan,
  toRemediate,
  toSettle,
  troubledReceipts,
  wasAsked,
} from '../reading.ts';
import { endingWords, modeWords, plural } from '../../../domain/incident/words.ts';

function contain(state: IncidentState): string {
  const stuck = stuckTargets(state);
  if (stuck.length > 0)
    return `The agent is NOT known to be stopped (${plural(stuck.length, 'session')}). Retry the stop, or take it over.`;
  return 'The agent is being stopped; nothing of its trace is read before that.';
}

function classify(state: IncidentState): string {
  const analysis = analysisOf(state);
  if (!analysis) return 'The sealed trace is being analysed.';
  const step = analysis.candidates[0]?.step;
  const mode =
    analysis.mode === 'unknown'
      ? `none of the four fits; nearest ${modeWords[analysis.nearest]}`
      : modeWords[analysis.mode];
  return `Confirm ${mode}${step ? `, from step ${step}` : ''}?`;
}

function locate(state: IncidentState): string {
  if (state.origin) return `Confirm the cascade path from step ${state.origin.step}.`;
  const step = analysisOf(state)?.candidates[0]?.step;
  return step ? `Confirm the fault origin, step ${step}?` : 'Name the exact step of the fault origin.';
}

function signOff(state: IncidentState): string {
  const wants: string[] = [];
  const settle = toSettle(state);
  const lost = settle.reduce((sum, item) => sum + sizeOf(item.uncertain), 0);
  if (lost > 0) wants.push(`Find out what became of ${plural(lost, 'uncertain reversal')}`);
  const unknown = toClassify(state);
  if (unknown.length > 0) wants.push(`Classify ${plural(unknown.length, 'unknown tool')}`);
  const plans = toPlan(state).reduce((sum, item) => sum + item.spec.count, 0);
  if (plans > 0) wants.push(`Write what people do about ${plural(plans, 'irreversible action')}`);
  const open = openRequests(state).length;
  if (open > 0) wants.push(`${plural(open, 'sign-off')} to read and sign`);
  const results = toRemediate(state).length;
  if (results > 0) wants.push(`Record the result of ${plural(results, 'remediation plan')}`);
  const again = toAskAgain(state).filter(({ spec }) => wasAsked(state, spec.classId)).length;
  if (again > 0 && open === 0)
    wants.push(`${plural(again, 'class', 'classes')} of reversals to ask for again`);
  return wants.length > 0 ? `${wants.join('. ')}.` : 'Signed reversals are running.';
}

function distribute(state: IncidentState): string {
  const troubled = troubledReceipts(state).length;
  if (troubled > 0) return `Settle ${plural(troubled, 'receipt')} of the distribution.`;
  return 'The postmortem is being distributed.';
}

function close(state: IncidentState): string {
  if (brokenGlasses(state).length > 0) return 'A broken glass waits for its countersignature.';
  return state.held ? 'Release the agent, then close.' : 'Every item is proven. Close the incident.';
}

/** The one thing that the incident waits for, a sentence. */
export function nextOf(state: IncidentState): string {
  if (state.ending && state.status === 'open' && phaseOf(state) !== 'contain')
    return `Proposed: ${endingWords[state.ending.kind]}. A second person agrees, or it is withdrawn.`;
  switch (phaseOf(state)) {
    case 'find_session':
      return state.offered.length > 0
        ? 'Pick the session that went wrong; the agent is held meanwhile.'
        : 'Name the session that went wrong; the agent is held meanwhile.';
    case 'contain':
      return contain(state);
    case 'preserve':
      return 'Contained. The evidence is being sealed.';
    case 'classify':
      return classify(state);
    case 'locate':
      return locate(state);
    case 'map':
      return 'What was touched after the origin is being mapped.';
    case 'sign_off':
      return signOff(state);
    case 'postmortem':
      return state.course?.course === 'bug'
        ? 'Write the postmortem, or resolve it as a bug (More).'
        : 'Write the postmortem: contributing factors and detection gap.';
    case 'distribute':
      return distribute(state);
    case 'close':
      return close(state);
    case 'ended':
      return 'Ended.';
  }
}
