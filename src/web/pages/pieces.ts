import { html } from 'hono/html';
import type { FailureModeOrUnknown } from '../../domain/session/analysis.ts';
import { endingWords, modeWords, phaseWords, severityWords } from '../../domain/incident/words.ts';
import { bandOf, type Band, type ClockView } from '../views/clock.ts';
import type { IncidentLineView } from '../views/line.ts';
import { type Html, span, time } from './layout.ts';

/** A moment, exact for machines; a script may write it in the reader's zone. */
export const when = (moment: string): Html =>
  html`<time class="when" datetime="${moment}">${time(Date.parse(moment))}</time>`;

/** How long ago or ahead, with the moment as its title. */
export const ago = (moment: string, nowMs: number): Html =>
  html`<time class="span" datetime="${moment}" title="${time(Date.parse(moment))} UTC"
    >${span(Math.abs(nowMs - Date.parse(moment)))}</time
  >`;

/** `due in 3 h 12 min`, `late by 20 min` */
export const dueWords = (dueAt: string, nowMs: number): string => {
  const left = Date.parse(dueAt) - nowMs;
  return left > 0 ? `in ${span(left)}` : `late by ${span(-left)}`;
};

/** What the engine puts between backticks is a name: shown as code. */
export const quoted = (text: string): Html =>
  html`${text.split('`').map((part, i, all) => (i % 2 === 1 && i < all.length - 1 ? html`<code>${part}</code>` : part))}`;

export const severityBadge = (severity: IncidentLineView['severity']): Html =>
  html`<span class="badge ${severity}">${severityWords[severity]}</span>`;

export const statusWords = ({ status, phase }: Pick<IncidentLineView, 'status' | 'phase'>): string =>
  status === 'open' ? phaseWords[phase] : endingWords[status];

export const modeLabel = (mode: IncidentLineView['failureMode']): string =>
  mode === null ? 'not classified yet' : `${modeWords[mode.mode]}${mode.confirmed ? '' : ', suggested'}`;

export const modeName = (mode: FailureModeOrUnknown | null): string =>
  mode === null ? 'not classified yet' : modeWords[mode];

/** An ended incident that nobody took needs nobody any more. */
export const ownerLabel = ({ owner, status }: Pick<IncidentLineView, 'owner' | 'status'>): Html => {
  if (owner) return html`${owner.name}`;
  return status === 'open' ? html`<strong class="warn">nobody yet</strong>` : html`–`;
};

const BAND_WORDS: Record<Band, string> = {
  calm: 'on time',
  half: 'half gone',
  soon: 'due soon',
  near: 'nearly due',
  last: 'last moments',
  late: 'LATE',
  done: 'distributed in time',
  done_late: 'distributed LATE',
  none: 'not needed',
};

const BAR_WIDTH = 120;

/** How far a clock has run: drawn for the eye, said in the words beside it. */
const bar = (band: Band, gone: number): Html =>
  html`<svg class="bar" viewBox="0 0 ${BAR_WIDTH} 8" aria-hidden="true" focusable="false">
    <rect class="track" width="${BAR_WIDTH}" height="8" rx="4"></rect>
    <rect
      class="fill ${band}"
      width="${Math.max(4, Math.round(BAR_WIDTH * Math.min(1, gone)))}"
      height="8"
      rx="4"
    ></rect>
  </svg>`;

/** The distribution's clock: late in words as well as in colour. */
export function clock(view: ClockView, nowMs: number): Html {
  const band = bandOf(view, nowMs);
  const start = Date.parse(view.startedAt);
  const due = Date.parse(view.dueAt);
  if (view.state === 'done' || view.state === 'done_late' || view.state === 'none')
    return html`<span class="clock ${band}"
      ><strong>${BAND_WORDS[band]}</strong>${view.doneAt ? html` ${when(view.doneAt)}` : ''}</span
    >`;
  const gone = (nowMs - start) / Math.max(1, due - start);
  const left =
    view.state === 'late' ? (nowMs >= due ? `by ${span(nowMs - due)}` : '') : `due in ${span(due - nowMs)}`;
  return html`<span class="clock ${band}"
    >${bar(band, gone)}<strong>${BAND_WORDS[band]}</strong>
    <time class="span" datetime="${view.dueAt}" title="${time(due)} UTC">${left}</time></span
  >`;
}

/** What a page of rows says where there is none. */
export const empty = (title: string, hint: Html | string): Html =>
  html`<div class="empty">
    <p><strong>${title}</strong></p>
    <p>${hint}</p>
  </div>`;

export interface Column<Row> {
  head: string;
  cell: (row: Row) => Html | string;
  /** Numbers, or the cell that names the row. */
  kind?: 'number' | 'name';
}

/** A table that becomes a list of cards on a phone: each cell then says its head. */
export const table = <Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Html =>
  html`<div class="wide" tabindex="0" role="region" aria-label="${caption}">
    <table class="cards">
      <caption class="unseen">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(({ head }) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map(({ head, cell, kind }) =>
                kind === 'name'
                  ? html`<th scope="row" data-head="${head}">${cell(row)}</th>`
                  : html`<td data-head="${head}" class="${kind ?? ''}">${cell(row)}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
