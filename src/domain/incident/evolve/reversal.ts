import { intersect, isEmpty, minus, type Ranges, union } from '../ranges.ts';
import type { ClassState, IncidentState, SignOff } from '../state.ts';
import { type Evolution, patchEntry } from './table.ts';

const patchClass = (
  state: IncidentState,
  classId: string,
  patch: (item: ClassState) => ClassState,
): IncidentState => ({
  ...state,
  classes: patchEntry(state.classes, classId, patch),
});
const patchRequest = (
  state: IncidentState,
  requestId: string,
  patch: (request: SignOff) => SignOff,
): IncidentState => ({
  ...state,
  signOffs: patchEntry(state.signOffs, requestId, patch),
});

const newClass = (spec: ClassState['spec']): ClassState => ({
  spec,
  superseded: false,
  classifiedAs: null,
  authorised: [],
  declined: [],
  ordered: [],
  done: [],
  notDone: [],
  uncertain: [],
  remediated: [],
  plan: null,
});

const patchRequestsOf = (
  state: IncidentState,
  classId: string,
  patch: (request: SignOff) => SignOff,
): IncidentState => ({
  ...state,
  signOffs: Object.fromEntries(
    Object.entries(state.signOffs).map(([id, request]) => [
      id,
      request.classId === classId ? patch(request) : request,
    ]),
  ),
});

/** A reversal that did not happen has used up its signatures: it is undecided again, under this request or another. */
const forgetSignatures = (state: IncidentState, classId: string, indices: Ranges): IncidentState =>
  isEmpty(indices)
    ? state
    : patchRequestsOf(state, classId, (request) => ({
        ...request,
        authorised: minus(request.authorised, indices),
        signatures: request.signatures.map((given) => ({ ...given, indices: minus(given.indices, indices) })),
      }));

export const reversal: Evolution<
  | 'blastRadiusMapped'
  | 'classMapped'
  | 'classSuperseded'
  | 'actionsClassified'
  | 'approversRefreshed'
  | 'quorumUnreachable'
  | 'signOffRequested'
  | 'signOffVoided'
  | 'reversalSigned'
  | 'reversalDenied'
  | 'glassBroken'
  | 'glassCountersigned'
  | 'reversalsAuthorised'
  | 'signOffDecided'
  | 'signOffReminded'
  | 'signOffEscalated'
  | 'signOffExpired'
  | 'reversalsOrdered'
  | 'reversalsReported'
  | 'uncertainSettled'
  | 'remediationRecorded'
> = {
  blastRadiusMapped: (state, data, { at }) => ({ ...state, blast: { ...data, at } }),
  // A list that was replaced may come back: what ran of it stands, what was signed or declined is asked again.
  classMapped: (state, { class: spec }) => {
    const before = Object.hasOwn(state.classes, spec.classId) ? state.classes[spec.classId] : undefined;
    const item = before ?? newClass(spec);
    const mapped = { ...item, spec, superseded: false, authorised: item.ordered, declined: [], plan: null };
    return { ...state, classes: { ...state.classes, [spec.classId]: mapped } };
  },
  classSuperseded: (state, { classId }) => {
    const ordered = state.classes[classId]?.ordered ?? [];
    const ranOnly = patchRequestsOf(state, classId, (request) => ({
      ...request,
      authorised: intersect(request.authorised, ordered),
    }));
    return patchClass(ranOnly, classId, (item) => ({ ...item, superseded: true, authorised: ordered }));
  },
  actionsClassified: (state, { classId, as }) =>
    patchClass(state, classId, (item) => ({ ...item, classifiedAs: as })),
  approversRefreshed: (state, { approverIds, because }, { at }) => ({
    ...state,
    approvers: { ids: approverIds, at, because },
  }),
  quorumUnreachable: (state) => state,
  signOffRequested: (state, data, { at }) => {
    const request: SignOff = {
      ...data,
      status: 'open',
      signatures: [],
      authorised: [],
      denied: [],
      openedAt: at,
      round: 1,
      stage: 0,
      glass: null,
    };
    return patchClass(
      { ...state, signOffs: { ...state.signOffs, [data.requestId]: request } },
      data.classId,
      (item) => ({
        ...item,
        declined: minus(item.declined, data.indices),
      }),
    );
  },
  signOffVoided: (state, { requestId }) =>
    patchRequest(state, requestId, (request) => ({ ...request, status: 'void' })),
  reversalSigned: (state, { requestId, indices }, { at, by }) =>
    patchRequest(state, requestId, (request) => ({
      ...request,
      signatures: [...request.signatures, { by: by.id, indices, at, brokeGlass: false }],
    })),
  reversalDenied: (state, { requestId, indices }) => {
    const request = state.signOffs[requestId];
    const denied = patchRequest(state, requestId, (item) => ({
      ...item,
      denied: union(item.denied, indices),
    }));
    // A denied remediation plan leaves the actions without a plan; only a reversal can be declined.
    if (!request || request.remediation) return denied;
    return patchClass(denied, request.classId, (item) => ({
      ...item,
      declined: union(item.declined, indices),
    }));
  },
  glassBroken: (state, { requestId, indices }, { at, by }) =>
    patchRequest(state, requestId, (request) => ({
      ...request,
      signatures: [...request.signatures, { by: by.id, indices, at, brokeGlass: true }],
      glass: { by: by.id, countersignedBy: null },
    })),
  glassCountersigned: (state, { requestId }, { by }) =>
    patchRequest(state, requestId, (request) => ({
      ...request,
      glass: request.glass && { ...request.glass, countersignedBy: by.id },
    })),
  reversalsAuthorised: (state, { requestId, classId, indices }) => {
    const plan = state.signOffs[requestId]?.remediation ?? null;
    const authorised = patchRequest(state, requestId, (item) => ({
      ...item,
      authorised: union(item.authorised, indices),
    }));
    return patchClass(authorised, classId, (item) => ({
      ...item,
      plan,
      authorised: union(item.authorised, indices),
    }));
  },
  signOffDecided: (state, { requestId }) =>
    patchRequest(state, requestId, (request) => ({ ...request, status: 'decided' })),
  signOffReminded: (state, { requestId }) =>
    patchRequest(state, requestId, (request) => ({ ...request, stage: 1 })),
  signOffEscalated: (state, { requestId, to }) =>
    patchRequest(state, requestId, (request) => ({
      ...request,
      stage: to === 'secondary' ? 2 : 3,
    })),
  signOffExpired: (state, { requestId }, { at }) =>
    patchRequest(state, requestId, (request) => ({
      ...request,
      signatures: request.signatures.filter((signature) => signature.brokeGlass),
      openedAt: at,
      round: request.round + 1,
      stage: 0,
    })),
  reversalsOrdered: (state, { batchId, requestId, classId, indices }) =>
    patchClass(
      {
        ...state,
        batches: {
          ...state.batches,
          [batchId]: { batchId, requestId, classId, indices, reported: false },
        },
      },
      classId,
      (item) => ({
        ...item,
        ordered: union(item.ordered, indices),
        notDone: minus(item.notDone, indices),
      }),
    ),
  reversalsReported: (state, { batchId, classId, done, notDone, uncertain }) =>
    patchClass(
      {
        ...forgetSignatures(state, classId, notDone),
        batches: patchEntry(state.batches, batchId, (batch) => ({ ...batch, reported: true })),
      },
      classId,
      (item) => ({
        ...item,
        done: union(item.done, done),
        notDone: union(item.notDone, notDone),
        uncertain: union(item.uncertain, uncertain),
        authorised: minus(item.authorised, notDone),
        ordered: minus(item.ordered, notDone),
      }),
    ),
  uncertainSettled: (state, { classId, indices, outcome }) => {
    const before = outcome === 'not_done' ? forgetSignatures(state, classId, indices) : state;
    return patchClass(before, classId, (item) => {
      const settled = { ...item, uncertain: minus(item.uncertain, indices) };
      if (outcome === 'done') return { ...settled, done: union(item.done, indices) };
      return {
        ...settled,
        notDone: union(item.notDone, indices),
        authorised: minus(item.authorised, indices),
        ordered: minus(item.ordered, indices),
      };
    });
  },
  remediationRecorded: (state, { classId, indices }) =>
    patchClass(state, classId, (item) => ({
      ...item,
      remediated: union(item.remediated, indices),
    })),
};
