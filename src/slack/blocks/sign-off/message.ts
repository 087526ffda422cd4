import { plural } from '../../../domain/incident/words.ts';
import type { KnownBlock } from '@slack/types';
import { kindOf } from '../../../domain/incident/classes.ts';
import { minus, sizeOf, union } from '../../../domain/incident/ranges.ts';
import type { IncidentState, SignOff } from '../../../domain/incident/state.ts';
import type { PlanFile } from '../../plan-file.ts';
import { within } from '../budget.ts';
import { actions, button } from '../elements.ts';
import { mentionOf, mentions } from '../mention.ts';
import type { Message } from '../message.ts';
import { classOf, signers, type Reader } from '../reading.ts';
import { bold, bullets, paragraphs, quote, value, type Line } from '../rich.ts';
import { code, escape, header, outside, said, shortDigest, small } from '../text.ts';
import { dueIn, moment } from '../times.ts';
import { actionLine, asked, hasManySessions, riskiest } from './actions.ts';

/** How many actions the message shows; the modal shows all. */
export const SHOWN = 10;
const ARGS_SHOWN = 200;

/** Who may still sign, as far as anybody knows: approvers less owners, requester and those who signed. */
export const whoMaySign = (state: IncidentState, request: SignOff): string[] => {
  const out = new Set([...state.ownerIds, request.requestedBy, ...signers(request)]);
  return (state.approvers?.ids ?? []).filter((id) => !out.has(id));
};

function title(state: IncidentState, request: SignOff, isOver = false): string {
  const item = classOf(state, request.classId);
  const what = request.remediation
    ? ['Sign the remediation plan', 'Remediation plan']
    : ['Sign the reversal', 'Reversal'];
  return `${what[isOver ? 1 : 0]}: ${outside(item?.spec.tool ?? 'actions', 60)}, ${plural(sizeOf(request.indices), 'action')}`;
}

function counts(state: IncidentState, request: SignOff, nowMs: number): string {
  const item = classOf(state, request.classId);
  const kind = item && kindOf(item) === 'irreversible' ? '*Irreversible.*' : 'Reversible.';
  const window = item?.spec.windowClosesAtMs;
  const closes = window ? ` The first of them can no longer be undone after: ${dueIn(window, nowMs)}.` : '';
  const uncertain =
    item && item.spec.uncertain > 0 ? ` ${plural(item.spec.uncertain, 'outcome')} uncertain.` : '';
  return (
    `${kind} ${plural(request.quorum, 'signature')} needed, ${signers(request).length} so far.${uncertain} ` +
    `Answer ${dueIn(request.openedAt + state.policy.signOffExpiryMs, nowMs)}; ` +
    `without an answer nothing runs and the request opens again.${closes}`
  );
}

function strategy(state: IncidentState, request: SignOff): Line[] {
  const item = classOf(state, request.classId);
  if (request.remediation) return [[bold('Remediation plan: '), quote(request.remediation.text, 1_500)]];
  return item ? [[bold('What undoes them: '), value(item.spec.strategy, 300)]] : [];
}

function list(request: SignOff, plan: PlanFile | null): KnownBlock[] {
  if (!plan) return [said('*The list of actions cannot be read right now, so nobody should sign.*')];
  const all = asked(plan, request.indices);
  const shown = riskiest(all).slice(0, SHOWN);
  const rest = all.length - shown.length;
  const many = hasManySessions(plan);
  return [
    ...shown.map((action) => bullets([actionLine(action, many, ARGS_SHOWN)])),
    ...(rest > 0
      ? [
          small(
            `and ${plural(rest, 'more action')}: all of them in the file below and behind *Review & sign*.`,
          ),
        ]
      : []),
  ];
}

function signed(request: SignOff, reader: Reader): KnownBlock[] {
  const all = request.signatures.map(
    ({ by, at, brokeGlass, indices }) =>
      `${mentionOf(by, reader.names)} ${brokeGlass ? '*broke the glass* for' : 'signed'} ${sizeOf(indices)}, ${moment(at)}`,
  );
  return all.length > 0 ? [small(all.slice(0, 10).join(' · '))] : [];
}

/** One sign-off request, in the channel while it is open. `plan` null: the sealed list could not be read. */
export function signOffMessage(
  state: IncidentState,
  request: SignOff,
  plan: PlanFile | null,
  reader: Reader,
): Message {
  if (request.status !== 'open' || state.status !== 'open') return frozen(state, request, reader);
  const { incidentId } = state;
  const { requestId, seen } = request;
  const may = whoMaySign(state, request);
  const asks = may.length > 0 ? mentions(may.slice(0, 20), reader.names) : '*Nobody who may sign is known.*';
  return {
    text: `${escape(title(state, request))}. ${asks}`,
    blocks: within([
      { keep: 1, blocks: [header(title(state, request))] },
      { keep: 1, blocks: [said(`${asks}\n${counts(state, request, reader.nowMs)}`)] },
      { keep: 1, blocks: [paragraphs(strategy(state, request))] },
      {
        keep: 1,
        blocks: actions('sign_off', [
          button('Review & sign', { do: 'review', incidentId, requestId, seen }, { style: 'primary' }),
          button('Deny', { do: 'deny', incidentId, requestId, seen }, { style: 'danger' }),
          button('Break glass', { do: 'break_glass', incidentId, requestId, seen }),
        ]),
      },
      { keep: 2, blocks: list(request, plan) },
      { keep: 1, blocks: signed(request, reader) },
      {
        keep: 1,
        blocks: [
          small(
            `Plan \`${shortDigest(seen)}\` · round ${request.round} · asked by ${askedBy(request, reader)} · ` +
              `incident ${code(incidentId, 200)}`,
          ),
        ],
      },
    ]),
  };
}

const askedBy = (request: SignOff, reader: Reader): string =>
  request.requestedBy.startsWith('slack:') ? mentionOf(request.requestedBy, reader.names) : 'the engine';

function result(state: IncidentState, request: SignOff): string {
  if (request.status === 'void') return 'Void: what it was about has changed. Nothing of it runs.';
  if (request.status === 'open') return 'The incident has ended; nothing more runs.';
  const left = sizeOf(minus(request.indices, union(request.authorised, request.denied)));
  return [
    sizeOf(request.authorised) > 0 ? `${sizeOf(request.authorised)} authorised` : '',
    sizeOf(request.denied) > 0 ? `${sizeOf(request.denied)} denied` : '',
    left > 0 ? `${left} left out` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

/** A request that is over: who decided what on which digest, and no button. */
function frozen(state: IncidentState, request: SignOff, reader: Reader): Message {
  const words = request.status === 'void' ? 'Void' : 'Decided';
  const glass = request.glass
    ? [
        small(
          request.glass.countersignedBy
            ? `Glass broken by ${mentionOf(request.glass.by, reader.names)}, countersigned by ${mentionOf(request.glass.countersignedBy, reader.names)}`
            : `*Glass broken by ${mentionOf(request.glass.by, reader.names)}; it waits for a countersignature.*`,
        ),
      ]
    : [];
  return {
    text: `${words}: ${escape(title(state, request, true))}`,
    blocks: within([
      { keep: 1, blocks: [header(`${words} · ${title(state, request, true)}`)] },
      { keep: 1, blocks: [said(escape(result(state, request)))] },
      { keep: 1, blocks: [...signed(request, reader), ...glass] },
      { keep: 1, blocks: [small(`Plan \`${shortDigest(request.seen)}\``)] },
    ]),
  };
}
