import { plural } from '../../../domain/incident/words.ts';
import type { KnownBlock, ModalView } from '@slack/types';
import { sizeOf } from '../../../domain/incident/ranges.ts';
import type { IncidentState, SignOff } from '../../../domain/incident/state.ts';
import type { Place } from '../../form-ids.ts';
import type { PlanFile } from '../../plan-file.ts';
import { actions, button, numberField, radioField, textField, tickField } from '../elements.ts';
import { form } from '../modals/modal.ts';
import { classOf } from '../reading.ts';
import { bold, bullets, paragraphs, person, quote, row, value, word } from '../rich.ts';
import { outside, said, shortDigest, small } from '../text.ts';
import { actionLine, asked, hasManySessions } from './actions.ts';

/** Actions a page: two lists of ten boxes, Slack's limit. */
export const PAGE = 20;
export const tickBlocks = (page: number): [string, string] => [`ticks_${page}_0`, `ticks_${page}_1`];

export interface SignPage {
  state: IncidentState;
  request: SignOff;
  plan: PlanFile;
  /** From 0. */
  page: number;
  /** Indices ticked so far, on every page. */
  ticked: ReadonlySet<number>;
  place: Place;
}

function boxes({ plan, request, page, ticked }: SignPage): KnownBlock[] {
  const shown = asked(plan, request.indices).slice(page * PAGE, (page + 1) * PAGE);
  const blockIds = tickBlocks(page);
  return blockIds.flatMap((blockId, half) => {
    const ten = shown.slice(half * 10, half * 10 + 10);
    if (ten.length === 0) return [];
    const choices = ten.map((action) => ({
      value: String(action.index),
      label: `${action.index + 1}. ${outside(action.target ?? `step ${action.step}`, 60)}`,
    }));
    return [
      ...ten.map((action) => bullets([actionLine(action, hasManySessions(plan))])),
      tickField(
        blockId,
        `Tick to sign only some (${ten[0]!.index + 1} to ${ten.at(-1)!.index + 1})`,
        choices,
        {
          told: true,
          ticked: ten.map((action) => String(action.index)).filter((index) => ticked.has(Number(index))),
        },
      ),
    ];
  });
}

function pager({ state, request, page, place: _place }: SignPage, pages: number): KnownBlock[] {
  if (pages <= 1) return [];
  const { incidentId } = state;
  const { requestId, seen } = request;
  const to = (label: string, target: number) =>
    button(label, { do: 'sign_page', incidentId, requestId, seen, page: target }, { apart: label });
  return [
    ...actions('pages', [
      ...(page > 0 ? [to('Previous', page - 1)] : []),
      ...(page < pages - 1 ? [to('Next', page + 1)] : []),
    ]),
    small(`Page ${page + 1} of ${pages}; each tick is saved at once.`),
  ];
}

/** The whole list is chosen already only where the whole list stands above. */
function scope(count: number, ticked: number): KnownBlock[] {
  if (count <= 1) return [];
  return [
    radioField(
      'scope',
      'What do you sign?',
      [
        { value: 'all', label: `All ${count} actions of this list` },
        { value: 'ticked', label: `Only the ticked ones${ticked > 0 ? ` (${ticked} so far)` : ''}` },
      ],
      count <= PAGE && ticked === 0 ? { initial: 'all' } : {},
    ),
  ];
}

/** Read and sign: the list verbatim by twenty a page, a reason, and for irreversible ones the typed count. */
export function signModal(at: SignPage): ModalView {
  const { state, request, plan, page, place } = at;
  const count = asked(plan, request.indices).length;
  const item = classOf(state, request.classId);
  const irreversible = request.remediation !== null;
  return form(
    'sign',
    { ...place, requestId: request.requestId, seen: request.seen, page },
    { title: irreversible ? 'Sign the plan' : 'Sign the reversal', submit: 'Sign' },
    [
      paragraphs([
        request.remediation
          ? [bold('Remediation plan: '), quote(request.remediation.text, 3_000)]
          : [bold('What undoes them: '), value(item?.spec.strategy ?? '', 300)],
      ]),
      ...boxes(at),
      ...pager(at, Math.ceil(count / PAGE)),
      ...scope(count, at.ticked.size),
      ...(irreversible
        ? [
            numberField('count', 'Type the number of actions you sign', {
              min: 1,
              hint: 'They cannot be undone. Typing the number shows that you mean all of them.',
            }),
          ]
        : []),
      textField('reason', 'Reason', {
        optional: !irreversible,
        max: 3_000,
        placeholder: irreversible ? 'Why this plan is right' : 'Not needed for reversible actions',
      }),
      small(`You sign plan \`${shortDigest(request.seen)}\`. If it changes, your signature is void.`),
    ],
  );
}

/** What a decision about a whole request is about: the tool and the digest, so that it is not the wrong one. */
const about = (state: IncidentState, request: SignOff): KnownBlock =>
  paragraphs([
    [
      bold(request.remediation ? 'Remediation plan: ' : 'Reversal: '),
      value(classOf(state, request.classId)?.spec.tool ?? 'actions', 100),
      { type: 'text', text: `, plan ${shortDigest(request.seen)}` },
    ],
  ]);

export const denyModal = (state: IncidentState, request: SignOff, place: Place): ModalView =>
  form(
    'deny',
    { ...place, requestId: request.requestId, seen: request.seen },
    { title: 'Deny', submit: 'Deny' },
    [
      about(state, request),
      said(
        request.remediation
          ? `${plural(sizeOf(request.indices), 'action')} stay without a plan until another one is signed.`
          : `${plural(sizeOf(request.indices), 'action')} will not be reversed. One denial ends the request.`,
      ),
      textField('reason', 'Why not?', { multiline: true }),
    ],
  );

export const breakGlassModal = (state: IncidentState, request: SignOff, place: Place): ModalView =>
  form(
    'break_glass',
    { ...place, requestId: request.requestId, seen: request.seen },
    { title: 'Break the glass', submit: 'Break the glass' },
    [
      about(state, request),
      said(
        `*You alone authorise ${plural(sizeOf(request.indices), 'action')}.* Everybody is told at once. ` +
          'Until another approver countersigns, the incident cannot close.',
      ),
      textField('reason', 'Why can this not wait for the signatures?', { multiline: true }),
    ],
  );

/** `because`: what the person who broke the glass gave as the reason; null where it was erased. */
export const countersignModal = (
  state: IncidentState,
  request: SignOff,
  because: string | null,
  names: Readonly<Record<string, string>>,
  place: Place,
): ModalView =>
  form(
    'countersign',
    { ...place, requestId: request.requestId },
    { title: 'Countersign', submit: 'Countersign' },
    [
      about(state, request),
      paragraphs([
        [
          bold(plural(sizeOf(request.indices), 'action')),
          word(' were authorised by '),
          ...(request.glass ? [person(request.glass.by, names)] : []),
          word(' alone.'),
        ],
        ...(because === null ? [] : [row('Because', quote(because, 1_500))]),
      ]),
      textField('reason', 'What did you check?', { multiline: true }),
    ],
  );
