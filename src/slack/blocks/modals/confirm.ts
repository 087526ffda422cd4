import type { KnownBlock, ModalView } from '@slack/types';
import type { IncidentState, SuggestedAnalysis } from '../../../domain/incident/state.ts';
import { FailureMode, type OriginCandidate } from '../../../domain/session/analysis.ts';
import type { Place } from '../../form-ids.ts';
import { numberField, radioField, textField } from '../elements.ts';
import { bold, bullets, paragraphs, quote, row, value, word, type Line } from '../rich.ts';
import { said } from '../text.ts';
import { modeSignals, modeWords } from '../../../domain/incident/words.ts';
import { form } from './modal.ts';

/** Value of the choice that asks for a step of one's own. */
export const OTHER_STEP = 'other';

/** The four modes; the suggested one is chosen already. Where none fits, a sentence says what does not. */
export function confirmModeModal(state: IncidentState, analysis: SuggestedAnalysis, place: Place): ModalView {
  const unknown = analysis.mode === 'unknown';
  const score = (mode: FailureMode): string =>
    (analysis.scores[mode] ?? 0) < 0.005 ? '' : ` (${(analysis.scores[mode] ?? 0).toFixed(2)})`;
  return form('confirm_mode', place, { title: 'Failure mode', submit: 'Confirm' }, [
    paragraphs([
      row(
        unknown ? 'None of the four fits' : 'Suggested',
        word(`${modeWords[analysis.mode]}: `),
        quote(analysis.because, 500),
      ),
    ]),
    radioField(
      'mode',
      'Which mode is it?',
      FailureMode.options.map((mode) => ({
        value: mode,
        label: `${modeWords[mode]}${score(mode)}`,
        description: modeSignals[mode],
      })),
      { initial: state.mode.confirmed ?? analysis.nearest },
    ),
    textField('misfit', 'What does not fit?', {
      optional: !unknown,
      max: 1_000,
      placeholder: unknown ? 'One sentence' : 'Only when the nearest mode does not quite fit',
    }),
  ]);
}

export interface OriginChoice {
  analysis: SuggestedAnalysis;
  steps: number;
  /** From the sealed analysis, with citations; empty when it could not be read. */
  candidates: OriginCandidate[];
  /** The step whose context is shown: the best candidate's, or the one that is being looked at. */
  step: number | null;
  /** Its context window, lines as they were recorded. */
  context: string[];
}

const CONTEXT_LINES = 12;

function contextBlocks({ step, context }: OriginChoice): KnownBlock[] {
  if (step === null) return [];
  const lines = context.slice(-CONTEXT_LINES).map((line): Line => [quote(line, 300)]);
  const nothing: Line[] = [[word('Nothing of it was captured.')]];
  return [paragraphs([[bold(`Context window at step ${step}`)], ...(lines.length > 0 ? lines : nothing)])];
}

function candidateBlocks({ analysis, candidates }: OriginChoice): KnownBlock[] {
  return analysis.candidates.slice(0, 5).map((candidate) => {
    const cited = candidates.find((one) => one.step === candidate.step)?.citations ?? [];
    const quotes: Line[] = cited
      .slice(0, 3)
      .map(({ step, place, quote: words }) => [
        word(`step ${step}, `),
        quote(place, 60),
        word(': '),
        value(words, 250),
      ]);
    const head: Line = [
      bold(`Step ${candidate.step} `),
      word(`(${candidate.score.toFixed(2)}) `),
      quote(candidate.reason, 400),
    ];
    return bullets([head, ...quotes]);
  });
}

/** Candidates with their quoted evidence; or any exact step. "Around step 10" has no field. */
export function confirmOriginModal(choice: OriginChoice, place: Place): ModalView {
  const { analysis, steps } = choice;
  const [best] = analysis.candidates;
  const reading = analysis.readingOrder.slice(0, 12).join(', ');
  return form(
    'confirm_origin',
    { ...place, sessionId: analysis.sessionId },
    { title: 'Fault origin', submit: 'Confirm' },
    [
      said('The step where the wrong premise *entered*, not the step where it was seen.'),
      ...candidateBlocks(choice),
      radioField(
        'candidate',
        'Which step?',
        [
          ...analysis.candidates.slice(0, 5).map(({ step, score }) => ({
            value: String(step),
            label: `Step ${step} (${score.toFixed(2)})`,
          })),
          { value: OTHER_STEP, label: 'Another step, typed below' },
        ],
        { initial: best ? String(best.step) : OTHER_STEP, told: true },
      ),
      numberField('step', `Another step, 1 to ${steps}`, {
        optional: true,
        min: 1,
        max: Math.max(1, steps),
        told: true,
        hint: `Enter shows its context below.${reading ? ` Suggested reading order: steps ${reading}.` : ''}`,
      }),
      ...contextBlocks(choice),
    ],
  );
}

/** The suggested path, to be edited as text. */
export const confirmCascadeModal = (origin: number, path: readonly number[], place: Place): ModalView =>
  form('confirm_cascade', place, { title: 'Cascade path', submit: 'Confirm' }, [
    said(
      `From the fault origin, step ${origin}, to the wrong output: each step that carried the premise on.`,
    ),
    textField('path', 'Steps, in order', {
      initial: path.join(', '),
      hint: 'Numbers with commas between, such as 7, 9, 12.',
    }),
  ]);

/** Step numbers of a text, in the order written; null when something else stands in it. */
export function pathIn(text: string | null): number[] | null {
  if (text === null) return null;
  const parts = text.split(/(?:\s|,|;|→|->)+/).filter(Boolean);
  const steps = parts.map(Number);
  return parts.length > 0 && parts.length <= 500 && steps.every((step) => Number.isInteger(step) && step > 0)
    ? steps
    : null;
}
