import { courseOf } from './course.ts';
import { isDecided } from './decisions/sign-off.ts';
import { openBeforeDistribution } from './decisions/postmortem.ts';
import type { Fact } from './event.ts';
import type { IncidentState } from './state.ts';

function requests(state: IncidentState): Fact[] {
  return Object.values(state.signOffs)
    .filter((request) => request.status === 'open')
    .flatMap((request): Fact[] => {
      const { requestId, classId } = request;
      const item = state.classes[classId];
      if (item?.superseded)
        return [
          {
            type: 'signOffVoided',
            data: { requestId, because: 'The list of actions has changed.' },
          },
        ];
      if (item?.classifiedAs === 'no_effect')
        return [
          {
            type: 'signOffVoided',
            data: { requestId, because: 'The actions were found to have no effect.' },
          },
        ];
      return isDecided(request) ? [{ type: 'signOffDecided', data: { requestId } }] : [];
    });
}

function course(state: IncidentState): Fact[] {
  const now = courseOf(state);
  if (!now || (now.course === state.course?.course && now.rule === state.course.rule)) return [];
  return [{ type: 'courseDecided', data: now }];
}

function distribution(state: IncidentState, at: number): Fact[] {
  const { distribution: plan, distributed, postmortem } = state;
  if (
    !plan ||
    !postmortem.final ||
    plan.version !== postmortem.version ||
    distributed?.version === plan.version
  )
    return [];
  if (!Object.values(plan.receipts).every((receipt) => receipt.status === 'sent')) return [];
  const late = distributed?.late ?? at > state.openedAt + state.policy.distributionMs;
  return [{ type: 'distributionCompleted', data: { version: plan.version, late } }];
}

/** A final version stands only while what it says is proven, and until its words change. */
function reopening(before: IncidentState, state: IncidentState): Fact[] {
  if (!state.postmortem.final || !before.postmortem.final) return [];
  const { sections, factors, gap } = state.postmortem;
  const changed =
    sections !== before.postmortem.sections ||
    factors !== before.postmortem.factors ||
    gap !== before.postmortem.gap;
  if (changed) return [{ type: 'postmortemReopened', data: { because: 'Its words have changed.' } }];
  const open = openBeforeDistribution(state);
  return open.length > 0
    ? [
        {
          type: 'postmortemReopened',
          data: { because: `No longer proven: ${open.join(', ')}.`.slice(0, 500) },
        },
      ]
    : [];
}

/** What follows by itself from the state a command made. Applied once, after the command's own facts. */
export const consequencesOf = (before: IncidentState, state: IncidentState, at: number): Fact[] =>
  state.status === 'open'
    ? [...requests(state), ...course(state), ...reopening(before, state), ...distribution(state, at)]
    : [];
