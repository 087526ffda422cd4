import type { KnownBlock, ModalView } from '@slack/types';
import { checklistOf, type ItemStatus, partialSession } from '../../../domain/incident/checklist.ts';
import type { IncidentState } from '../../../domain/incident/state.ts';
import type { ChecklistItem, RunItem } from '../../../domain/incident/vocabulary.ts';
import type { Click } from '../../action-ids.ts';
import type { Place } from '../../form-ids.ts';
import { button, textField } from '../elements.ts';
import {
  analysisOf,
  brokenGlasses,
  openRequests,
  toClassify,
  toPlan,
  toRemediate,
  toSettle,
} from '../reading.ts';
import { safe, said, small } from '../text.ts';
import { attestWords, itemWords } from '../../../domain/incident/words.ts';
import { form, placedSheet } from './modal.ts';

type Way = [label: string, click: Click];

function remediation(state: IncidentState): Way | null {
  const { incidentId } = state;
  const [settle] = toSettle(state);
  if (settle) return ['Settle', { do: 'settle_uncertain', incidentId, classId: settle.spec.classId }];
  const [plan] = toPlan(state);
  if (plan) return ['Write plan', { do: 'write_plan', incidentId, classId: plan.spec.classId }];
  const [request] = openRequests(state);
  if (request) {
    const { requestId, seen } = request;
    return ['Review & sign', { do: 'review', incidentId, requestId, seen }];
  }
  const [result] = toRemediate(state);
  if (result) return ['Record result', { do: 'remediated', incidentId, classId: result.spec.classId }];
  const [glass] = brokenGlasses(state);
  return glass ? ['Countersign', { do: 'countersign', incidentId, requestId: glass.requestId }] : null;
}

/** The shortest way to the proof of an open item; null where only the engine can go. */
function wayTo(item: ChecklistItem, state: IncidentState): Way | null {
  const { incidentId } = state;
  const analysed = analysisOf(state) !== null;
  switch (item) {
    case 'failure_mode':
      return analysed ? ['Choose the mode', { do: 'confirm_mode', incidentId }] : null;
    case 'fault_origin':
      return analysed && state.mode.confirmed
        ? ['Choose the origin', { do: 'confirm_origin', incidentId }]
        : null;
    case 'cascade_path':
      return state.origin ? ['Confirm the path', { do: 'confirm_cascade', incidentId }] : null;
    case 'actions_enumerated': {
      const [unknown] = toClassify(state);
      return unknown ? ['Classify', { do: 'classify', incidentId, classId: unknown.spec.classId }] : null;
    }
    case 'remediation_logged':
      return remediation(state);
    case 'contributing_factors':
    case 'detection_gap':
    case 'distributed':
      return ['Postmortem', { do: 'postmortem', incidentId }];
    case 'eval_regression':
    case 'alert_or_flag':
      return state.origin ? ['Attest a link', { do: 'attest_item', incidentId, item }] : null;
    case 'trace_exported':
      return partialSession(state) ? ['Attest a link', { do: 'attest_item', incidentId, item }] : null;
  }
}

function line(status: ItemStatus, state: IncidentState): KnownBlock {
  const way = status.proven || state.status !== 'open' ? null : wayTo(status.item, state);
  return {
    type: 'section',
    block_id: `item_${status.item}`,
    text: {
      type: 'mrkdwn',
      verbatim: true,
      text: `${status.proven ? '✓ Proven:' : '○ Open:'} *${itemWords[status.item]}*\n${safe(status.proof, 400)}`,
    },
    ...(way ? { accessory: button(way[0], way[1]) } : {}),
  };
}

/** The eleven items: the proof of each, or what is missing and the shortest way to it. */
export const checklistModal = (state: IncidentState, place: Place): ModalView => {
  const items = checklistOf(state);
  return placedSheet('checklist', place, 'Checklist', [
    said(
      `*${items.filter((item) => item.proven).length} of 11 proven.* An item is proven, not ticked; there is no skip.`,
    ),
    // What is open first: on a phone the proven ones would hide the way on.
    ...items.toSorted((a, b) => Number(a.proven) - Number(b.proven)).map((status) => line(status, state)),
    ...(state.held ? [small('The agent is on hold; release it before closing.')] : []),
  ]);
};

/** Why the incident cannot close yet, with the ways on. */
export const openItemsText = (state: IncidentState): string =>
  checklistOf(state)
    .filter((status) => !status.proven)
    .map((status) => `• *${itemWords[status.item]}*: ${safe(status.proof, 200)}`)
    .join('\n');

export const attestItemModal = (item: RunItem, state: IncidentState, place: Place): ModalView => {
  const before = state.attestations[item];
  return form('attest_item', { ...place, item }, { title: 'Attest a link', submit: 'Attest' }, [
    said(`*${itemWords[item]}.* ${attestWords[item]} Two people attest the same link.`),
    textField('link', 'Link', { max: 1_000, ...(before ? { initial: before.link } : {}) }),
    textField('reason', 'What does it show?', { multiline: true }),
  ]);
};
