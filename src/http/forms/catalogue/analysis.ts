import type { IncidentState } from '../../../domain/incident/state.ts';
import { FailureMode } from '../../../domain/session/analysis.ts';
import { pathFrom } from '../../../domain/incident/path.ts';
import { analysisOf } from '../../../slack/blocks/reading.ts';
import { modeSignals, modeWords } from '../../../domain/incident/words.ts';
import { form, hidden, type DecisionForm } from '../form.ts';

function mode(state: IncidentState): DecisionForm[] {
  const analysis = analysisOf(state);
  if (!analysis || state.mode.confirmed) return [];
  const isUnknown = analysis.mode === 'unknown';
  return [
    form({
      type: 'confirmMode',
      title: 'Failure mode',
      submit: 'Confirm the mode',
      style: 'primary',
      explain: [`Suggested: ${modeWords[analysis.mode]}. ${analysis.because}`],
      fields: [
        {
          kind: 'choice',
          name: 'mode',
          label: 'Which mode is it?',
          required: true,
          options: FailureMode.options.map((value) => ({
            value,
            label: modeWords[value],
            hint: modeSignals[value],
          })),
          value: analysis.nearest,
        },
        { kind: 'lines', name: 'misfit', label: 'What does not fit?', required: isUnknown },
      ],
    }),
  ];
}

function origin(state: IncidentState): DecisionForm[] {
  const analysis = analysisOf(state);
  if (!analysis || !state.mode.confirmed || state.origin) return [];
  const steps = state.sessions[analysis.sessionId]?.seal?.steps ?? 1;
  return [
    form({
      type: 'confirmOrigin',
      title: 'Fault origin',
      submit: 'Confirm the origin',
      style: 'primary',
      explain: [
        'The step where the wrong premise entered, not the step where it was seen.',
        ...analysis.candidates.map(
          ({ step, score, reason }) => `Step ${step} (${score.toFixed(2)}): ${reason}`,
        ),
      ],
      fields: [
        hidden('sessionId', analysis.sessionId),
        {
          kind: 'choice',
          name: 'pick',
          label: 'Candidates',
          required: false,
          options: analysis.candidates.map(({ step }) => ({ value: String(step), label: `Step ${step}` })),
        },
        { kind: 'number', name: 'step', label: 'Or another exact step', required: false, min: 1, max: steps },
      ],
    }),
  ];
}

function cascade(state: IncidentState): DecisionForm[] {
  if (!state.origin || state.cascade) return [];
  const analysis = state.sessions[state.origin.sessionId]?.analysis ?? analysisOf(state);
  const path = analysis ? pathFrom(analysis, state.origin.step) : [state.origin.step];
  return [
    form({
      type: 'confirmCascade',
      title: 'Cascade path',
      submit: 'Confirm the path',
      style: 'primary',
      explain: ['From the fault origin to the wrong output: each step that carried the premise on.'],
      fields: [
        {
          kind: 'line',
          name: 'path',
          label: 'Steps, in order, with commas between',
          required: true,
          value: path.join(', '),
        },
      ],
    }),
  ];
}

/** Failure mode, fault origin and cascade path, each when the one before stands. */
export const analysisForms = (state: IncidentState): DecisionForm[] => [
  ...mode(state),
  ...origin(state),
  ...cascade(state),
];
