import { isMapStale, mapBasis } from '../basis.ts';
import { activeClasses, askable, kindOf, seenOf } from '../classes.ts';
import type { Fact } from '../event.ts';
import { isEmpty } from '../ranges.ts';
import type { IncidentState } from '../state.ts';
import { decision, own, type DecisionTable } from './table.ts';

const item = (state: IncidentState, classId: string) => own(state.classes, classId);

/** How many people may sign: approvers less the agent's owners, and the one who asks. Null: nobody knows. */
const signersLeft = (state: IncidentState, requestedBy: string | null): number | null =>
  state.approvers?.ids?.filter((id) => !state.ownerIds.includes(id) && id !== requestedBy).length ?? null;

/** At opening the engine checks that a quorum can be reached, and says so when it can't. */
function unreachable(
  state: IncidentState,
  kind: 'reversible' | 'irreversible',
  requestedBy: string | null,
): Fact[] {
  const needed = state.policy.quorum[kind];
  const available = signersLeft(state, requestedBy);
  return available === null || available >= needed
    ? []
    : [{ type: 'quorumUnreachable', data: { kind, needed, available } }];
}

export const mapping: DecisionTable<
  'mapBlastRadius' | 'classifyActions' | 'refreshApprovers' | 'requestSignOff'
> = {
  mapBlastRadius: decision(
    'mapBlastRadius',
    'engine',
    [
      {
        code: 'no-analysis',
        breaks: (s) => !Object.values(s.sessions).some((session) => session.analysis),
      },
      { code: 'basis-changed', breaks: (s, c) => c.basis !== mapBasis(s) },
      { code: 'no-change', breaks: (s) => !isMapStale(s) },
      // A class id stands for one plan, in this map and in those before it.
      {
        code: 'plan-changed',
        breaks: (s, c) =>
          new Set(c.classes.map((spec) => spec.classId)).size < c.classes.length ||
          c.classes.some((spec) => (item(s, spec.classId)?.spec ?? spec).planSha256 !== spec.planSha256),
      },
    ],
    (s, { basis, classes, attempted, total, subagents }) => {
      const kept = new Set(classes.map((spec) => spec.classId));
      const gone = activeClasses(s).filter((active) => !kept.has(active.spec.classId));
      return [
        { type: 'blastRadiusMapped', data: { basis, attempted, total, subagents } },
        ...gone.map((old): Fact => ({
          type: 'classSuperseded',
          data: { classId: old.spec.classId },
        })),
        ...classes
          .filter((spec) => item(s, spec.classId)?.superseded !== false)
          .map((spec): Fact => ({ type: 'classMapped', data: { class: spec } })),
      ];
    },
  ),

  classifyActions: decision(
    'classifyActions',
    'responder',
    [
      { code: 'unknown-class', breaks: (s, c) => !item(s, c.classId) },
      { code: 'class-superseded', breaks: (s, c) => item(s, c.classId)?.superseded === true },
      {
        code: 'not-unknown-tool',
        breaks: (s, c) => item(s, c.classId)?.spec.unknownTool === false,
      },
    ],
    (_s, { classId, as, reason }) => [{ type: 'actionsClassified', data: { classId, as, reason } }],
  ),

  refreshApprovers: decision('refreshApprovers', 'engine', [], (s, { approverIds, because }) => {
    const refreshed: IncidentState = { ...s, approvers: { ids: approverIds, at: 0, because } };
    return [
      { type: 'approversRefreshed', data: { approverIds, because } },
      ...unreachable(refreshed, 'irreversible', null),
    ];
  }),

  requestSignOff: decision(
    'requestSignOff',
    'engine-or-responder',
    [
      { code: 'unknown-class', breaks: (s, c) => !item(s, c.classId) },
      { code: 'class-superseded', breaks: (s, c) => item(s, c.classId)?.superseded === true },
      {
        code: 'plan-changed',
        breaks: (s, c) => item(s, c.classId)?.spec.planSha256 !== c.planSha256,
      },
      {
        code: 'unclassified-actions',
        breaks: (s, c) => {
          const found = item(s, c.classId);
          return found !== undefined && found.spec.unknownTool && found.classifiedAs === null;
        },
        detail: (s, c) => item(s, c.classId)?.spec.tool ?? '',
      },
      {
        code: 'request-exists',
        breaks: (s, c) =>
          own(s.signOffs, c.requestId) !== undefined ||
          Object.values(s.signOffs).some(
            (request) => request.classId === c.classId && request.status === 'open',
          ),
      },
      {
        code: 'remediation-needed',
        breaks: (s, c) => {
          const found = item(s, c.classId);
          return found !== undefined && kindOf(found) === 'irreversible' && c.remediation === null;
        },
      },
      {
        code: 'remediation-superfluous',
        breaks: (s, c) => {
          const found = item(s, c.classId);
          return found !== undefined && kindOf(found) === 'reversible' && c.remediation !== null;
        },
      },
      {
        code: 'nothing-to-sign',
        breaks: (s, c) => {
          const found = item(s, c.classId);
          if (!found) return false;
          return found.classifiedAs === 'no_effect' || isEmpty(askable(found, c.by.kind === 'person'));
        },
      },
    ],
    (s, { requestId, classId, planSha256, remediation, by }) => {
      const found = item(s, classId);
      if (!found) return [];
      const kind = kindOf(found);
      return [
        {
          type: 'signOffRequested',
          data: {
            requestId,
            classId,
            seen: seenOf(planSha256, remediation),
            indices: askable(found, by.kind === 'person'),
            remediation,
            requestedBy: by.id,
            quorum: s.policy.quorum[kind],
          },
        },
        ...unreachable(s, kind, by.id),
      ];
    },
  ),
};
