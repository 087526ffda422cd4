import { plural } from '../../domain/incident/words.ts';
import { html } from 'hono/html';
import type { FailureModeOrUnknown } from '../../domain/session/analysis.ts';
import type { MeasuresView } from '../views/measures.ts';
import type { FilterQuery } from '../views/query.ts';
import { type Choices, filters } from './filters.ts';
import { type Chrome, type Html, page, plain, span } from './layout.ts';
import { type Column, empty, modeName, table } from './pieces.ts';

const NAMES: Record<MeasuresView['measures'][number]['name'], string> = {
  contain: 'Time to contain',
  classify: 'Time to classify',
  sign_off: 'Time to sign off',
  distribute: 'Time to distribute',
};

const lasted = (ms: number | null): string => (ms === null ? '–' : span(ms));

const columns: Column<MeasuresView['measures'][number]>[] = [
  {
    head: 'Measure',
    kind: 'name',
    cell: ({ name, definition }) => html`${NAMES[name]} <span class="sub">${definition}</span>`,
  },
  { head: 'Median', kind: 'number', cell: ({ medianMs }) => lasted(medianMs) },
  { head: 'p90', kind: 'number', cell: ({ p90Ms }) => lasted(p90Ms) },
  { head: 'n', kind: 'number', cell: ({ n }) => n.toLocaleString('en-US') },
];

const percent = (share: number): string => `${(share * 100).toFixed(share === 1 ? 0 : 1)} %`;

const inTime = ({ distribution }: MeasuresView): Html => {
  const { share, inTime: good, late } = distribution;
  return html`<h2>Distributed within 48 hours</h2>
    ${
      share === null
        ? empty('Not measured yet.', 'The clock of no incident has stopped or run out.')
        : html`<p>
            <strong>${percent(share)}</strong>: ${good} of ${plural(good + late, 'incident')} whose postmortem
            was distributed or whose 48 hours ran out.
            ${late > 0 ? html`<strong class="bad">${late} late.</strong>` : 'None late.'}
          </p>`
    }`;
};

type Mode = FailureModeOrUnknown | null;
const ORDER: readonly Mode[] = [
  'hallucination_propagation',
  'tool_misfire',
  'context_poisoning',
  'cost_runaway',
  'unknown',
  null,
];
const colourOf = (mode: Mode): string => `m${Math.min(4, ORDER.indexOf(mode))}`;

const BAR = 26;
const HEIGHT = 100;

/** Bars of one height a period, stacked by mode; the same numbers stand in the table below it. */
function drawing({ modesOverTime: { periods } }: MeasuresView): Html {
  const most = Math.max(1, ...periods.map(({ n }) => n));
  return html`<svg
    class="stack"
    viewBox="0 0 ${Math.max(1, periods.length) * (BAR + 6)} ${HEIGHT}"
    preserveAspectRatio="xMinYMax meet"
    aria-hidden="true"
    focusable="false"
  >
    ${periods.map(({ modes }, index) => {
      let top = HEIGHT;
      return ORDER.flatMap((mode) => {
        const n = modes.filter((one) => one.mode === mode).reduce((sum, one) => sum + one.n, 0);
        if (n === 0) return [];
        const height = (n / most) * HEIGHT;
        top -= height;
        return [
          html`<rect
            class="${colourOf(mode)}"
            x="${index * (BAR + 6)}"
            y="${top.toFixed(1)}"
            width="${BAR}"
            height="${height.toFixed(1)}"
          ></rect>`,
        ];
      });
    })}
  </svg>`;
}

type Period = MeasuresView['modesOverTime']['periods'][number];

function overTime(view: MeasuresView): Html {
  const { unit, periods } = view.modesOverTime;
  if (periods.length === 0) return empty('No incident in this time.', 'Choose a longer one.');
  const used = ORDER.filter((mode) => view.modes.some((one) => one.mode === mode));
  const perPeriod: Column<Period>[] = [
    { head: unit === 'week' ? 'Week from' : 'Month from', kind: 'name', cell: ({ from }) => from },
    ...used.map((mode): Column<Period> => ({
      head: modeName(mode),
      kind: 'number',
      cell: ({ modes }) => String(modes.find((one) => one.mode === mode)?.n ?? 0),
    })),
    { head: 'All', kind: 'number', cell: ({ n }) => String(n) },
  ];
  const [first, last] = [periods[0]?.from, periods.at(-1)?.from];
  const most = Math.max(...periods.map(({ n }) => n));
  return html`<p class="muted">
      A bar a ${unit}${first === last ? html`, ${first}` : html`, from ${first} to ${last}`}; the tallest is
      ${plural(most, 'incident')}.
    </p>
    ${drawing(view)}
    <ul class="legend" aria-hidden="true">
      ${used.map(
        (mode) =>
          html`<li>
            <svg class="key stack" viewBox="0 0 10 10">
              <rect class="${colourOf(mode)}" width="10" height="10"></rect>
            </svg>
            ${modeName(mode)}
          </li>`,
      )}
    </ul>
    <details id="modes-table">
      <summary>The numbers</summary>
      ${table('Failure modes over time', perPeriod, periods)}
    </details>`;
}

export interface MeasuresPage {
  view: MeasuresView;
  query: FilterQuery;
  choices: Choices;
  chrome: Chrome;
}

/** How long it takes, how often it is late, what is open, and which modes come. */
export const measuresPage = ({ view, query, choices, chrome }: MeasuresPage): Html =>
  page(
    'Metrics',
    html`<h1>Metrics</h1>
      ${filters('/measures', ['agent', 'severity', 'mode', 'from', 'to'], query, choices)}
      <div id="measures" data-part>
        <p>
          Over
          ${plural(view.incidents, 'incident')}${view.outcomes.length > 0 ? `: ${view.outcomes.map(({ status, n }) => `${n.toLocaleString('en-US')} ${plain(status)}`).join(', ')}` : ''}.
        </p>
        ${table('Durations', columns, view.measures)} ${inTime(view)}
        <h2 id="remediation">Open remediation</h2>
        <p>
          <strong>${view.openRemediation.toLocaleString('en-US')}</strong> actions of open incidents are
          neither reversed, declined nor remediated.
          ${view.openRemediation > 0 ? html`<a href="/incidents?status=open&phase=sign_off">Where</a>` : ''}
        </p>
        <h2>Failure modes over time</h2>
        ${overTime(view)}
      </div>`,
    chrome,
  );
