import { checklistOf } from '../../domain/incident/checklist.ts';
import { phaseOf } from '../../domain/incident/phase.ts';
import { activeClasses, kindOf } from '../../domain/incident/classes.ts';
import type { IncidentEvent } from '../../domain/incident/event.ts';
import { sizeOf } from '../../domain/incident/ranges.ts';
import type { IncidentState } from '../../domain/incident/state.ts';
import { slackActorId } from '../../slack/people.ts';
import { sampleWorkspace, TEAM_ID } from '../slack/sample-workspace.ts';

const names = new Map(
  sampleWorkspace().users.map(({ id, realName }) => [slackActorId(TEAM_ID, id), realName]),
);
const nameOf = (actorId: string): string => names.get(actorId) ?? actorId;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

export function countOf(state: IncidentState, kind: 'reversible' | 'irreversible'): number {
  return activeClasses(state)
    .filter((item) => kindOf(item) === kind)
    .reduce((sum, item) => sum + item.spec.count, 0);
}

type Teller = (event: IncidentEvent, state: IncidentState) => string | null;

const containment: Teller = (event, state) => {
  if (event.type !== 'containmentReported') return null;
  const { status, evidence, targetId } = event.data;
  const after = seconds(event.at - state.openedAt);
  return status === 'confirmed'
    ? `stopped in ${after}: ${evidence}`
    : `${targetId} ${status.replace('_', ' ')} after ${after}: ${evidence}`;
};

const analysis: Teller = (event) => {
  if (event.type !== 'analysisSuggested') return null;
  const { mode, margin, because, candidates, firstAction } = event.data;
  const origin = candidates[0];
  return [
    `classified ${mode.replaceAll('_', ' ')} (margin ${margin.toFixed(2)}) because ${because}`,
    `first action: ${firstAction}`,
    origin ? `fault origin: step ${origin.step}, ${origin.reason}` : 'fault origin: nothing to suggest',
  ].join('\n');
};

/** A proof that holds is not enough for an item that stays open for another reason: evidence sealed too late. */
const itemLine: Teller = (event, state) => {
  if (event.type !== 'itemProven') return null;
  const { item, ok, proof } = event.data;
  const found = checklistOf(state).find((one) => one.item === item);
  const name = item.replaceAll('_', ' ');
  if (found?.proven) return `${name} proven: ${found.proof}`;
  return `${name} not proven: ${ok && found ? found.proof : proof}`;
};

/** One readable line for what a person should see happen; null for the rest. `state` is the one after the event. */
export function lineOf(event: IncidentEvent, state: IncidentState): string | null {
  switch (event.type) {
    case 'incidentOpened':
      return `incident ${event.data.incidentId} opened for agent ${event.data.agent}; the agent is on hold`;
    case 'alertReceived':
      return `alert: ${event.data.alert.title}`;
    case 'containmentReported':
      return containment(event, state);
    case 'sessionSealed': {
      const { steps, manifestSha256, complete } = event.data.seal;
      const when = event.data.beforeRotation ? 'before rotation' : 'after its log had rotated';
      return `trace sealed, ${steps} steps, sha256 ${manifestSha256.slice(0, 16)}…, ${complete ? 'complete' : 'partial'}, ${when}`;
    }
    case 'sealTroubled':
      return `trace not sealed yet: ${event.data.reason}`;
    case 'analysisSuggested':
      return analysis(event, state);
    case 'blastRadiusMapped':
      return `blast radius mapped: ${event.data.total} external actions`;
    case 'modeConfirmed':
      return `failure mode confirmed: ${event.data.mode.replaceAll('_', ' ')}`;
    case 'originConfirmed':
      return `fault origin confirmed: step ${event.data.step}`;
    case 'cascadeConfirmed':
      return `cascade path confirmed: ${event.data.path.join(' → ')}`;
    case 'signOffRequested':
      return `sign-off asked for ${sizeOf(event.data.indices)} actions (quorum ${event.data.quorum})`;
    case 'reversalSigned':
      return `signed by ${nameOf(event.by.id)}: ${sizeOf(event.data.indices)} actions`;
    case 'reversalsReported': {
      const { done, notDone, uncertain } = event.data;
      return `reversals: ${sizeOf(done)} done, ${sizeOf(notDone)} not done, ${sizeOf(uncertain)} uncertain`;
    }
    case 'remediationRecorded':
      return `remediation recorded for ${sizeOf(event.data.indices)} irreversible actions`;
    case 'courseDecided':
      return `${event.data.course === 'bug' ? 'a bug fix is enough' : 'full postmortem'}: ${event.data.rule}`;
    case 'itemProven':
      return itemLine(event, state);
    case 'postmortemFinalised':
      return `postmortem version ${event.data.version} is final`;
    case 'distributionCompleted':
      return `postmortem distributed to everybody${event.data.late ? ', late' : ', within 48 hours'}`;
    case 'agentReleased':
      return 'the agent is released';
    case 'incidentEnded':
      return `incident ${event.data.status.replaceAll('_', ' ')}`;
    default:
      return null;
  }
}

/** Printed when the map stands: how much is reversible. */
export function blastLine(state: IncidentState): string {
  const counts = `${countOf(state, 'reversible')} reversible, ${countOf(state, 'irreversible')} irreversible`;
  const attempted = state.blast?.attempted ?? 0;
  return `blast radius ${counts}${attempted > 0 ? `; ${attempted} attempted without effect` : ''}`;
}

/** Where an incident stands that a person comes back to. */
export function soFarLine(state: IncidentState): string {
  const proven = checklistOf(state).filter((item) => item.proven).length;
  const open = state.status === 'open' ? `in phase ${phaseOf(state).replaceAll('_', ' ')}` : state.status;
  return `so far: ${open}, ${proven} of 11 items proven, ${state.seq} events on record`;
}
