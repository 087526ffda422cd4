import { html } from 'hono/html';
import type { Mark, SessionView, StepView } from '../views/incident/session.ts';
import type { Html } from './layout.ts';

export const MARK_WORDS: Record<Mark, string> = {
  fault_origin: 'Fault origin',
  first_irreversible: 'First irreversible action',
  symptom: 'Symptom',
};
const LETTERS: Record<Mark, string> = { fault_origin: 'O', first_irreversible: '!', symptom: 'S' };

const LANES = [
  ['llm', 'Model calls'],
  ['tool', 'Tool calls'],
  ['retrieval', 'Retrieval'],
  ['agent', 'Agents'],
  ['other', 'Other'],
] as const;
export const KIND_WORDS: Record<StepView['kind'], string> = {
  llm: 'model call',
  tool: 'tool call',
  retrieval: 'retrieval',
  agent: 'agent call',
  other: 'other',
};

const GUTTER = 96;
const COLUMN = 36;
const GAP = 30;
const LANE = 48;
const HEAD = 40;
const FOOT = 28;
const R = 10;

/** Each mark has a shape of its own: a diamond, a square, a triangle. */
const shape = (mark: Mark, x: number, y: number): Html => {
  const points = {
    fault_origin: `${x},${y - 12} ${x + 12},${y} ${x},${y + 12} ${x - 12},${y}`,
    first_irreversible: `${x - 10},${y - 10} ${x + 10},${y - 10} ${x + 10},${y + 10} ${x - 10},${y + 10}`,
    symptom: `${x - 12},${y - 9} ${x + 12},${y - 9} ${x},${y + 12}`,
  }[mark];
  const down = mark === 'symptom' ? 2 : 4;
  return html`<polygon class="mark ${mark}" points="${points}"></polygon>
    <text x="${x}" y="${y + down}" text-anchor="middle">${LETTERS[mark]}</text>`;
};

interface Placed {
  step: StepView;
  x: number;
  y: number;
  /** Steps left out before it. */
  skipped: number;
}

/** Where each step stands: a column each, and a gap for those left out. */
function place(steps: readonly StepView[], lanes: readonly string[]): { placed: Placed[]; width: number } {
  let x = GUTTER;
  let last = 0;
  const placed = steps.map((step): Placed => {
    const skipped = step.step - last - 1;
    if (skipped > 0) x += GAP;
    last = step.step;
    const at = x + COLUMN / 2;
    x += COLUMN;
    return { step, x: at, y: HEAD + lanes.indexOf(step.kind) * LANE + LANE / 2, skipped };
  });
  return { placed, width: x + 16 };
}

function node({ step, x, y }: Placed): Html {
  const names = ['step', step.onPath ? 'path' : '', step.findings.length > 0 ? 'flagged' : ''].join(' ');
  return step.kind === 'llm'
    ? html`<circle class="${names}" cx="${x}" cy="${y}" r="${R}"></circle>`
    : step.kind === 'tool'
      ? html`<rect class="${names}" x="${x - R}" y="${y - R}" width="${2 * R}" height="${2 * R}"></rect>`
      : html`<rect
          class="${names}"
          x="${x - R}"
          y="${y - R}"
          width="${2 * R}"
          height="${2 * R}"
          rx="6"
        ></rect>`;
}

/** Marks of one step stand beside each other above its column. */
const marks = ({ step, x, y }: Placed): Html | '' =>
  step.marks.length === 0
    ? ''
    : html`<line class="lane" x1="${x}" y1="${HEAD - 6}" x2="${x}" y2="${y - R}"></line>
        ${step.marks.map((mark, index) => shape(mark, x + (index - (step.marks.length - 1) / 2) * 26, 18))}`;

/** The session as lanes of steps; the list below it says the same. */
export function lanes({ sessionId, steps }: SessionView): Html {
  const used = LANES.filter(([kind]) => steps.some((step) => step.kind === kind));
  const { placed, width } = place(
    steps,
    used.map(([kind]) => kind),
  );
  const height = HEAD + used.length * LANE + FOOT;
  const path = placed.filter(({ step }) => step.onPath);
  return html`<div
    class="lanes"
    tabindex="0"
    role="region"
    aria-label="Session ${sessionId}, drawn; the list below says the same"
  >
    <svg
      width="${width}"
      height="${height}"
      viewBox="0 0 ${width} ${height}"
      aria-hidden="true"
      focusable="false"
    >
      ${used.map(([, words], index) => {
        const y = HEAD + index * LANE + LANE / 2;
        return html`<line class="lane" x1="${GUTTER}" y1="${y}" x2="${width}" y2="${y}"></line>
          <text x="8" y="${y + 4}">${words}</text>`;
      })}
      ${path.length > 1 ? html`<polyline class="route" points="${path.map(({ x, y }) => `${x},${y}`).join(' ')}"></polyline>` : ''}
      ${placed.map(
        (one) =>
          html`${marks(one)}${node(one)}
            ${one.skipped > 0 ? html`<text class="soft" x="${one.x - COLUMN / 2 - GAP / 2}" y="${height - 8}" text-anchor="middle">+${one.skipped}</text>` : ''}
            <text x="${one.x}" y="${height - 8}" text-anchor="middle">${one.step.step}</text>`,
      )}
    </svg>
  </div>`;
}

export const legend = (): Html =>
  html`<ul class="legend">
    ${(Object.keys(MARK_WORDS) as Mark[]).map(
      (mark) =>
        html`<li>
          <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false" class="lanes-key">
            ${shape(mark, 16, 16)}
          </svg>
          ${MARK_WORDS[mark]}
        </li>`,
    )}
    <li>dashed line: cascade path</li>
    <li>round: model call, square: tool call</li>
  </ul>`;
