import type { IncidentState } from '../state.ts';
import { type Evolution, patchEntry } from './table.ts';

const patchPostmortem = (
  state: IncidentState,
  patch: Partial<IncidentState['postmortem']>,
): IncidentState => ({
  ...state,
  postmortem: { ...state.postmortem, ...patch },
});

export const postmortem: Evolution<
  | 'sectionDrafted'
  | 'sectionEdited'
  | 'factorAdded'
  | 'factorRemoved'
  | 'factorsAttested'
  | 'gapDescribed'
  | 'courseDecided'
  | 'itemProven'
  | 'itemAttested'
  | 'postmortemFinalised'
  | 'postmortemReopened'
  | 'distributionPlanned'
  | 'receiptReported'
  | 'receiptSettled'
  | 'distributionReminded'
  | 'distributionBreached'
  | 'distributionCompleted'
> = {
  sectionDrafted: (state, { section, text }) =>
    patchPostmortem(state, {
      sections: { ...state.postmortem.sections, [section]: { text, by: 'engine' } },
    }),
  sectionEdited: (state, { section, text }) =>
    patchPostmortem(state, {
      sections: { ...state.postmortem.sections, [section]: { text, by: 'person' } },
    }),
  factorAdded: (state, { factorId, kind, text }) =>
    patchPostmortem(state, {
      factors: { ...state.postmortem.factors, [factorId]: { kind, text } },
      attested: null,
    }),
  factorRemoved: (state, { factorId }) => {
    const { [factorId]: _removed, ...factors } = state.postmortem.factors;
    return patchPostmortem(state, { factors, attested: null });
  },
  factorsAttested: (state, { factorIds }, { at, by }) =>
    patchPostmortem(state, { attested: { factorIds, by: by.id, at } }),
  gapDescribed: (state, { kind, text }) => patchPostmortem(state, { gap: { kind, text } }),
  courseDecided: (state, course) => ({ ...state, course }),
  itemProven: (state, { item, ok, basis, proof }) => ({
    ...state,
    proofs: { ...state.proofs, [item]: { ok, basis, proof } },
  }),
  itemAttested: (state, { item, link, basis }, { by }) => {
    const before = state.attestations[item];
    const same = before && before.link === link && before.basis === basis;
    return {
      ...state,
      attestations: {
        ...state.attestations,
        [item]: { link, basis, by: [...(same ? before.by : []), by.id] },
      },
    };
  },
  postmortemFinalised: (state, { version }) => patchPostmortem(state, { final: true, version }),
  postmortemReopened: (state) => patchPostmortem(state, { final: false }),
  distributionPlanned: (state, { version, documentSha256, documentUri, recipients }) => ({
    ...state,
    distribution: {
      version,
      documentSha256,
      documentUri,
      receipts: Object.fromEntries(
        recipients.map(({ recipientId, kind, team }) => [
          recipientId,
          { kind, team, status: 'pending' as const, messageId: null, note: null },
        ]),
      ),
    },
  }),
  receiptReported: (state, { recipientId, status, messageId, note }) => ({
    ...state,
    distribution: state.distribution && {
      ...state.distribution,
      receipts: patchEntry(state.distribution.receipts, recipientId, (receipt) => ({
        ...receipt,
        status,
        messageId,
        note,
      })),
    },
  }),
  receiptSettled: (state, { recipientId, outcome }) => ({
    ...state,
    distribution: state.distribution && {
      ...state.distribution,
      receipts: patchEntry(state.distribution.receipts, recipientId, (receipt) => ({
        ...receipt,
        status: outcome === 'sent' ? 'sent' : 'pending',
      })),
    },
  }),
  distributionReminded: (state, { ordinal }) => ({ ...state, remindersSent: ordinal + 1 }),
  distributionBreached: (state, _data, { at }) => ({ ...state, breachedAt: at }),
  distributionCompleted: (state, { version, late }, { at }) => ({
    ...state,
    distributed: { version, late, at },
  }),
};
