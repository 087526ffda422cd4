import { modeWords } from '../domain/incident/words.ts';
import type { Analysis } from '../domain/session/analysis.ts';
import { confidenceOf } from '../forensics/confidence.ts';
import { FIRM } from '../forensics/weak-origins.ts';

const WIDTH = 110;
// Trace content is hostile: control characters could rewrite the terminal.
const plain = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ');
const cut = (text: string, width = WIDTH): string =>
  plain(text).length > width ? `${plain(text).slice(0, width - 1)}…` : plain(text);

const pathOf = (steps: number[]): string =>
  steps.length <= 12
    ? steps.join(' → ')
    : `${steps.slice(0, 8).join(' → ')} → … → ${steps.slice(-3).join(' → ')}`;

const actionsOf = ({ actions, subagents }: Analysis['blastRadius']): string[] => {
  if (actions.length === 0 && subagents.length === 0)
    return ['Blast radius   nothing outside the session was changed'];
  const done = actions.filter((a) => a.outcome !== 'attempted');
  const irreversible = done.filter((a) => !a.reversible).length;
  const head = `Blast radius   ${done.length - irreversible} reversible, ${irreversible} irreversible, ${actions.length - done.length} refused, ${subagents.length} subagents`;
  const rows = actions
    .slice(0, 5)
    .map(
      (a) =>
        `  step ${a.step}  ${a.tool}${a.target === null ? '' : ` on ${a.target}`}: ${a.outcome}, ${a.reversible ? 'reversible' : 'irreversible'}${a.unknownTool ? ' (tool not in the tools file)' : ''}`,
    );
  return [head, ...rows, ...(actions.length > 5 ? [`  … and ${actions.length - 5} more`] : [])];
};

const symptomOf = ({ faultOrigin: { symptom, firstIrreversible } }: Analysis): string =>
  `step ${symptom}${firstIrreversible === null ? '; nothing irreversible was done' : `; first irreversible action at step ${firstIrreversible}`}`;
const modeOf = ({ mode, nearest, scores }: Analysis['failureMode']): string => {
  const score = scores[nearest] ?? 0;
  if (mode !== 'unknown') return `${modeWords[mode]}, ${confidenceOf(score)} (${score})`;
  return score > 0
    ? `unknown, nearest ${modeWords[nearest]} (${score})`
    : 'unknown, nothing speaks for any of the four';
};
const adviceOf = ({ advice }: Analysis): string[] =>
  advice === undefined
    ? []
    : advice.refused !== null
      ? [`A model says   ${advice.model} gave no advice: ${advice.refused}`]
      : [
          advice.step === null
            ? `A model says   ${advice.model}, an opinion: none of the candidates: ${advice.because}`
            : `A model says   ${advice.model}, an opinion: step ${advice.step} (steps ${advice.cites.join(', ')}): ${advice.because}`,
        ];

/** The story of a session in about twenty lines, for a person at a terminal. */
export const storyOf = (a: Analysis): string => {
  const [best, ...others] = a.faultOrigin.candidates;
  const mode = modeOf(a.failureMode);
  const loud = [
    ...new Set(a.findings.filter((f) => f.severity !== 'info').map((f) => `${f.flag} at step ${f.step}`)),
  ];
  const lines = [
    `Session        ${a.sessionId}, ${a.steps} steps`,
    `Failure mode   ${mode}: ${a.failureMode.because}`,
    `First action   ${a.failureMode.firstAction}`,
    ...(best
      ? [
          best.score < FIRM
            ? `Fault origin   I don't know; a place to start is step ${best.step}: ${best.reason}`
            : `Fault origin   step ${best.step}, ${confidenceOf(best.score)}: ${best.reason}`,
          ...best.citations.slice(0, 2).map((c) => `  "${cut(c.quote, 150)}" (step ${c.step}, ${c.place})`),
        ]
      : ["Fault origin   I don't know: nothing in the trace says where the wrong premise entered"]),
    ...(others.length > 0
      ? [
          `  else         ${others
            .slice(0, 2)
            .map((c) => `step ${c.step} (${cut(c.reason, 60)})`)
            .join('; ')}`,
        ]
      : []),
    ...adviceOf(a),
    ...(a.faultOrigin.symptom === null ? [] : [`Symptom        ${symptomOf(a)}`]),
    ...(a.cascadePath.length > 1 ? [`Path           ${pathOf(a.cascadePath)}`] : []),
    ...actionsOf(a.blastRadius),
    ...(loud.length > 0
      ? [`Findings       ${loud.slice(0, 4).join(', ')}${loud.length > 4 ? ', …' : ''}`]
      : []),
    ...(a.faultOrigin.readingOrder.length > 0
      ? [`Read first     steps ${a.faultOrigin.readingOrder.slice(0, 6).join(', ')}`]
      : []),
    ...(a.completeness.complete ? [] : [`Not complete   ${a.completeness.warnings.slice(0, 2).join('; ')}`]),
    `Pattern        ${a.failurePattern}`,
  ];
  return `${lines.map((l) => cut(l, 200)).join('\n')}\n`;
};
