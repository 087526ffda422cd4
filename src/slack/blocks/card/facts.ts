import { checklistOf } from '../../../domain/incident/checklist.ts';
import type { IncidentState, SessionState, TargetState } from '../../../domain/incident/state.ts';
import { analysisOf, countsOf, isClear, type Reader } from '../reading.ts';
import { bold, coded, person, quote, row, value, word, type Line } from '../rich.ts';
import { lasting } from '../times.ts';
import {
  containmentWords,
  endingWords,
  lostNoticeWords,
  modeWords,
  plural,
} from '../../../domain/incident/words.ts';

const MOST_SHOWN = 3;

/** What came in; a source is named where it is a system that people know. */
export function alert({ alerts }: IncidentState): Line[] {
  const { first, count } = alerts;
  if (!first) return [];
  const again = count > 1 ? ` (${count.toLocaleString('en-US')} alerts)` : '';
  const source = first.source === 'generic' ? [] : [word(' (from '), quote(first.source, 60), word(')')];
  return [row('Alert', quote(first.title, 200), ...source, word(again))];
}

const stopped = { pause: 'paused', kill: 'killed' } as const;

/** A stop that stands is said in a few words (the page has the rest); of any other, what is known of it. */
function stop(state: IncidentState, target: TargetState): Line {
  const { status, action, settledAt, evidence } = target;
  const took =
    status === 'confirmed' && settledAt !== null
      ? ` ${lasting(settledAt - state.openedAt)} after the alert`
      : '';
  const what = status === 'confirmed' && action ? `${stopped[action]}, confirmed` : containmentWords[status];
  const stands = status === 'confirmed' || status === 'already_ended';
  return row(
    target.kind === 'subagent' ? 'Subagent' : 'Session',
    value(target.sessionId, 60),
    word(' '),
    bold(what),
    word(took),
    ...(evidence && !stands ? [word('. '), quote(evidence, 160)] : []),
  );
}

function stops(state: IncidentState): Line[] {
  const all = Object.values(state.targets);
  const rest = all.length - MOST_SHOWN;
  return [
    ...all.slice(0, MOST_SHOWN).map((target) => stop(state, target)),
    ...(rest > 0 ? [[word(`and ${plural(rest, 'more target')}`)]] : []),
  ];
}

function seal(session: SessionState): Line {
  const found = session.seal;
  if (!found) {
    const { trouble } = session;
    if (!trouble) return row('Evidence', word('not sealed yet'));
    const share = `${trouble.percentOfDeadline} % of the time before rotation is gone: `;
    return row('Evidence', bold('NOT SEALED, '), word(share), quote(trouble.reason, 160));
  }
  const late = session.beforeRotation ? '' : ', AFTER the log had rotated';
  const missing = found.complete ? '' : `; partial, missing: `;
  return row(
    'Evidence',
    word(`sealed, ${plural(found.steps, 'step')}${late}${missing}`),
    ...(found.complete ? [] : [quote(found.missing.join('; '), 300)]),
  );
}

function seals(state: IncidentState): Line[] {
  const sessions = Object.values(state.sessions);
  const worst = [...sessions].sort((a, b) => Number(b.seal === null) - Number(a.seal === null));
  const rest = sessions.length - MOST_SHOWN;
  return [
    ...worst.slice(0, MOST_SHOWN).map(seal),
    ...(rest > 0 ? [[word(`and the evidence of ${plural(rest, 'more session')}`)]] : []),
  ];
}

function mode(state: IncidentState): Line[] {
  const analysis = analysisOf(state);
  const { confirmed } = state.mode;
  if (confirmed) return [row('Failure mode', word(`${modeWords[confirmed]}, confirmed`))];
  if (!analysis) return [];
  const unsure = isClear(analysis)
    ? ''
    : ` (${analysis.provisional ? 'provisional, ' : ''}margin ${analysis.margin.toFixed(2)})`;
  return [
    row('Failure mode', word(`${modeWords[analysis.mode]}? `), ...coded(analysis.because, 160), word(unsure)),
  ];
}

function origin(state: IncidentState, reader: Reader): Line[] {
  if (state.origin) {
    const path = state.cascade ? `, path ${shortPath(state.cascade)}, confirmed` : ', path not confirmed';
    return [row('Fault origin', word(`step ${state.origin.step}${path}`))];
  }
  const best = analysisOf(state)?.candidates[0];
  if (!best) return [];
  return [
    row('Fault origin', word(`step ${best.step}? `), ...coded(best.reason, 200)),
    ...reader.quotes
      .slice(0, 2)
      .map((cited): Line => [
        word(`    step ${cited.step}, `),
        quote(cited.place, 60),
        word(': '),
        value(cited.quote, 160),
      ]),
    ...opinion(reader),
  ];
}

/** What a model said, when one was asked. It decides nothing, and says so. */
function opinion({ advice }: Reader): Line[] {
  if (!advice) return [];
  const { model, step, cites, because, refused } = advice;
  const said =
    refused !== null
      ? [word(' gave no usable answer: '), ...coded(refused, 160)]
      : [
          word(
            step === null
              ? ' chooses none of the candidates: '
              : ` chooses step ${step} (cites ${cites.slice(0, 8).join(', ')}): `,
          ),
          ...coded(because, 200),
        ];
  return [row('A model’s opinion', ...coded(model, 60), ...said)];
}

/** `7 → 9 → 12`, the middle left out of long ones. */
export const shortPath = (path: readonly number[]): string =>
  path.length <= 9 ? path.join(' → ') : `${path.slice(0, 4).join(' → ')} → … → ${path.slice(-3).join(' → ')}`;

function touched(state: IncidentState): Line[] {
  if (!state.blast) return [];
  const counts = countsOf(state);
  const parts = [`${counts.reversible} reversible`, `${counts.irreversible} irreversible`];
  if (counts.unknown > 0) parts.push(`${counts.unknown} of unknown tools (count as irreversible)`);
  if (state.blast.attempted > 0) parts.push(`${state.blast.attempted} attempted only`);
  if (state.blast.subagents > 0) parts.push(plural(state.blast.subagents, 'subagent'));
  const basis = state.origin ? '' : ' (every likely origin)';
  const results = [
    counts.reversed > 0 ? `${counts.reversed} reversed` : '',
    counts.notDone > 0 ? `${counts.notDone} not done` : '',
    counts.uncertain > 0 ? `${counts.uncertain} UNCERTAIN` : '',
    counts.declined > 0 ? `${counts.declined} declined` : '',
  ].filter(Boolean);
  return [
    row('Blast radius', word(parts.join(', ') + basis)),
    ...(results.length > 0 ? [row('Reversals', word(results.join(', ')))] : []),
  ];
}

function unknowns(state: IncidentState): Line[] {
  const open: string[] = [];
  if (Object.keys(state.sessions).length === 0) open.push('which session');
  if (!analysisOf(state)) open.push('failure mode', 'fault origin');
  if (!state.blast) open.push('what was touched');
  if (Object.values(state.sessions).some((session) => session.seal && !session.seal.complete))
    open.push('what the partial trace does not show');
  if (state.approvers && !state.approvers.ids) open.push('who may sign (the list could not be read)');
  return open.length > 0 ? [row('Not known yet', word(open.join(', ')))] : [];
}

function ending(state: IncidentState, reader: Reader): Line[] {
  if (!state.ending || state.status !== 'open') return [];
  const { kind, proposedBy, reason } = state.ending;
  return [
    row(
      'Proposed ending',
      word(`${endingWords[kind]}, by `),
      person(proposedBy, reader.names),
      word(': '),
      quote(reason.text, 250),
      word(' A second person has to agree.'),
    ),
  ];
}

/** After many tries nobody could be told: what Slack or the pager answered says what to mend. */
function untold({ lostNotices = [] }: IncidentState): Line[] {
  const newest = lostNotices.at(-1);
  if (!newest) return [];
  const more = lostNotices.length > 1 ? ` and ${plural(lostNotices.length - 1, 'more notice')}` : '';
  return [
    row('NOT DELIVERED', bold(`${lostNoticeWords(newest)}${more}`), word(': '), quote(newest.because, 200)),
  ];
}

/** What is known and what is not, a line each. */
export const factsOf = (state: IncidentState, reader: Reader): Line[] => [
  ...untold(state),
  ...ending(state, reader),
  ...alert(state),
  ...stops(state),
  ...seals(state),
  ...mode(state),
  ...origin(state, reader),
  ...touched(state),
  ...(state.course && state.origin
    ? [
        row(
          state.course.course === 'bug' ? 'A bug fix is enough' : 'Full postmortem',
          quote(state.course.rule, 200),
        ),
      ]
    : []),
  ...(state.origin
    ? [row('Checklist', word(`${checklistOf(state).filter((item) => item.proven).length} of 11 proven`))]
    : []),
  ...unknowns(state),
];
