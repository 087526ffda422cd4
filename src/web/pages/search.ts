import { plural } from '../../domain/incident/words.ts';
import { html } from 'hono/html';
import { addressOf, type FilterQuery } from '../views/query.ts';
import type { IncidentLineView } from '../views/line.ts';
import type { SearchView } from '../views/search.ts';
import { type Choices, filters } from './filters.ts';
import { type Chrome, type Html, page } from './layout.ts';
import { incidentPath } from './overview.ts';
import {
  clock,
  type Column,
  empty,
  modeLabel,
  ownerLabel,
  severityBadge,
  statusWords,
  table,
  when,
} from './pieces.ts';

export const SEARCH_FILTERS = [
  'q',
  'status',
  'agent',
  'severity',
  'phase',
  'mode',
  'owner',
  'late',
  'from',
  'to',
] as const;

const columns = (nowMs: number): Column<IncidentLineView>[] => [
  {
    head: 'Incident',
    kind: 'name',
    cell: (incident) =>
      html`${severityBadge(incident.severity)}
        <a href="${incidentPath(incident.incidentId)}">${incident.title}</a>
        <span class="sub id">${incident.incidentId}</span>`,
  },
  { head: 'Agent', cell: ({ agent }) => agent },
  { head: 'State', cell: (incident) => statusWords(incident) },
  { head: 'Failure mode', cell: ({ failureMode }) => modeLabel(failureMode) },
  { head: 'Owner', cell: ownerLabel },
  { head: 'Checklist', kind: 'number', cell: ({ itemsProven, items }) => `${itemsProven} of ${items}` },
  { head: 'Opened', kind: 'number', cell: ({ openedAt }) => when(openedAt) },
  { head: 'Distribution', cell: (incident) => clock(incident.clock, nowMs) },
];

export interface SearchPage {
  view: SearchView;
  query: FilterQuery;
  /** The page's own place in the list; null on the first. */
  before: string | null;
  choices: Choices;
  nowMs: number;
  chrome: Chrome;
}

function results({ view, query, before, nowMs }: SearchPage): Html {
  const { incidents, matching, next } = view;
  const isFiltered = SEARCH_FILTERS.some((name) => query[name]);
  if (matching === 0)
    return isFiltered
      ? empty('No incident matches.', html`Fewer words find more. <a href="/incidents">Show all</a>`)
      : empty('There was no incident yet.', 'An alert opens one: docs/api.md says how to send it.');
  return html`<p>${plural(matching, 'incident')}, newest first.</p>
    ${incidents.length > 0 ? table('Incidents', columns(nowMs), incidents) : empty('Nothing older.', 'This was the end of the list.')}
    <p class="pager">
      ${before === null ? '' : html`<a href="${addressOf('/incidents', query)}">Newest</a>`}
      ${next === null ? '' : html`<a href="${addressOf('/incidents', { ...query, before: next })}" rel="next">Older incidents</a>`}
    </p>`;
}

export const searchPage = (given: SearchPage): Html =>
  page(
    'Search',
    html`<h1>Search</h1>
      ${filters('/incidents', SEARCH_FILTERS, given.query, given.choices)}
      <div id="search-results" data-part>${results(given)}</div>`,
    given.chrome,
  );
