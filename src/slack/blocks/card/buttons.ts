import type { Button, KnownBlock } from '@slack/types';
import type { Click } from '../../action-ids.ts';
import { phaseOf } from '../../../domain/incident/phase.ts';
import type { IncidentState, SuggestedAnalysis } from '../../../domain/incident/state.ts';
import { actions, button } from '../elements.ts';
import {
  analysisOf,
  brokenGlasses,
  isClear,
  stuckTargets,
  toAskAgain,
  toClassify,
  toPlan,
  toRemediate,
  toSettle,
  troubledReceipts,
  wasAsked,
} from '../reading.ts';
import { outside } from '../text.ts';
import { modeWords } from '../../../domain/incident/words.ts';

/** At most so many classes get a button of their own on the card; the rest is reached through the checklist. */
const MOST_CLASSES = 4;

type Make = (label: string, click: Click, style?: 'primary' | 'danger', apart?: string) => Button;
const make: Make = (label, click, style, apart) =>
  button(label, click, { ...(style ? { style } : {}), ...(apart ? { apart } : {}) });

/** What one tap would confirm, in words; null when the engine is not sure, or people chose otherwise. */
function oneTapWords(state: IncidentState, analysis: SuggestedAnalysis): string | null {
  const step = analysis.candidates[0]?.step;
  const agreed = !state.mode.confirmed || state.mode.confirmed === analysis.mode;
  if (!isClear(analysis) || !step || !agreed || (state.origin && state.origin.step !== step)) return null;
  const parts = [
    ...(state.mode.confirmed ? [] : [modeWords[analysis.mode]]),
    ...(state.origin ? [] : [state.mode.confirmed ? `origin step ${step}` : `step ${step}`]),
    ...(state.origin && !state.cascade ? ['the path'] : []),
  ];
  return parts.length > 0 ? `Confirm: ${parts.join(', ')}` : null;
}

function ofAnalysis(state: IncidentState, incidentId: string): Button[] {
  const analysis = analysisOf(state);
  if (!analysis) return [];
  const words = oneTapWords(state, analysis);
  const oneTap = words
    ? [make(words, { do: 'confirm_all', incidentId, seen: analysis.analysisSha256.slice(0, 32) }, 'primary')]
    : [];
  const first = oneTap.length === 0 ? ('primary' as const) : undefined;
  return [
    ...oneTap,
    ...(state.mode.confirmed ? [] : [make('Choose the mode', { do: 'confirm_mode', incidentId }, first)]),
    ...(state.origin || !state.mode.confirmed
      ? []
      : [make('Choose the origin', { do: 'confirm_origin', incidentId }, first)]),
    ...(state.origin && !state.cascade
      ? [make('Confirm the path', { do: 'confirm_cascade', incidentId }, first)]
      : []),
  ];
}

function ofContainment(state: IncidentState, incidentId: string): Button[] {
  if (stuckTargets(state).length === 0) return [];
  return [
    make('Retry the stop', { do: 'retry_stop', incidentId }, 'primary'),
    make('Take it over', { do: 'take_over', incidentId }, 'danger'),
  ];
}

/** Until the origin stands the list is that of every likely one, and changes: only what cannot wait is worth a plan. */
const toPlanNow = (state: IncidentState) =>
  toPlan(state).filter(({ spec }) => state.origin !== null || spec.windowClosesAtMs !== null);

/** The engine itself asks first, once the origin stands; people ask again, or before that for what cannot wait. */
const toAskNow = (state: IncidentState) =>
  toAskAgain(state).filter(
    ({ spec }) => wasAsked(state, spec.classId) || (state.origin === null && spec.windowClosesAtMs !== null),
  );

function ofClasses(state: IncidentState, incidentId: string): Button[] {
  const some = <T>(all: T[], one: (item: T, i: number) => Button): Button[] =>
    all.slice(0, MOST_CLASSES).map(one);
  const tool = (name: string): string => outside(name, 30);
  return [
    ...some(toSettle(state), ({ spec }, i) =>
      make(
        `Settle uncertain: ${tool(spec.tool)}`,
        { do: 'settle_uncertain', incidentId, classId: spec.classId },
        'danger',
        String(i),
      ),
    ),
    ...some(toClassify(state), ({ spec }, i) =>
      make(
        `Classify ${tool(spec.tool)}`,
        { do: 'classify', incidentId, classId: spec.classId },
        'primary',
        String(i),
      ),
    ),
    ...some(toPlanNow(state), ({ spec }, i) =>
      make(
        `Write plan: ${tool(spec.tool)}`,
        { do: 'write_plan', incidentId, classId: spec.classId },
        state.origin ? 'primary' : undefined,
        String(i),
      ),
    ),
    ...some(toRemediate(state), ({ spec }, i) =>
      make(
        `Record result: ${tool(spec.tool)}`,
        { do: 'remediated', incidentId, classId: spec.classId },
        'primary',
        String(i),
      ),
    ),
    ...some(toAskNow(state), ({ spec }, i) =>
      make(
        `${wasAsked(state, spec.classId) ? 'Ask again' : 'Ask now'}: ${tool(spec.tool)}`,
        { do: 'ask_again', incidentId, classId: spec.classId },
        undefined,
        String(i),
      ),
    ),
  ];
}

function ofEnd(state: IncidentState, incidentId: string): Button[] {
  const phase = phaseOf(state);
  const late = ['postmortem', 'distribute', 'close'].includes(phase);
  const [glass] = brokenGlasses(state);
  return [
    ...(state.ending
      ? [
          make('Agree to the ending', { do: 'second_ending', incidentId }, 'primary'),
          make('Withdraw it', { do: 'withdraw_ending', incidentId }),
        ]
      : []),
    ...(glass
      ? [make('Countersign', { do: 'countersign', incidentId, requestId: glass.requestId }, 'primary')]
      : []),
    ...(troubledReceipts(state).length > 0
      ? [make('Settle a receipt', { do: 'settle_receipt', incidentId }, 'primary')]
      : []),
    ...(late
      ? [make('Postmortem', { do: 'postmortem', incidentId }, phase === 'postmortem' ? 'primary' : undefined)]
      : []),
    ...(state.held && late ? [make('Release the agent', { do: 'release', incidentId })] : []),
    ...(late
      ? [
          make(
            'Request close',
            { do: 'request_close', incidentId },
            phase === 'close' ? 'primary' : undefined,
          ),
        ]
      : []),
  ];
}

/** The buttons of this phase only, the wanted one first. */
export function buttonsOf(state: IncidentState): KnownBlock[] {
  if (state.status !== 'open') return [];
  const { incidentId } = state;
  const first = [
    ...(state.acknowledgedAt === null
      ? [make('Acknowledge', { do: 'acknowledge', incidentId }, 'primary')]
      : []),
    ...(Object.keys(state.sessions).length === 0
      ? [make('Name the session', { do: 'name_session', incidentId }, 'primary')]
      : []),
    ...ofContainment(state, incidentId),
    ...(state.firstAction && state.firstAction.completedAt === null
      ? [make('First action done', { do: 'first_action', incidentId })]
      : []),
    ...ofAnalysis(state, incidentId),
    ...ofClasses(state, incidentId),
    ...ofEnd(state, incidentId),
  ].slice(0, 23);
  return actions('card', [
    ...first,
    make('Checklist', { do: 'checklist', incidentId }),
    make('More', { do: 'more', incidentId }),
  ]);
}
