import { plural } from '../../domain/incident/words.ts';
import { html } from 'hono/html';
import { Flag } from '../../domain/session/finding.ts';
import { addressOf } from '../views/query.ts';
import {
  SessionOutcomeOrNone,
  type SessionQuery,
  type SessionsView,
  type SessionView,
} from '../views/sessions.ts';
import { type Choices, day, select } from './filters.ts';
import { type Chrome, type Html, page } from './layout.ts';
import { incidentPath } from './overview.ts';
import { type Column, empty, quoted, table, when } from './pieces.ts';

export const outcomeWords: Record<SessionOutcomeOrNone, string> = {
  completed: 'completed',
  tool_error: 'tool error',
  bad_output: 'bad output',
  timeout: 'timeout',
  budget_exceeded: 'budget exceeded',
  none: 'not said',
};

const RESPONSES: Record<SessionView['response'], string> = {
  none: '–',
  note: 'noted',
  alert: 'people told',
  contain: 'stopped',
};

const flagsOf = ({ flags, narrowedAtStep, findings }: SessionView): Html | string => {
  const [worst] = findings.filter(({ severity }) => severity !== 'info');
  const cut =
    narrowedAtStep === null ? '' : html`<span class="sub">judged in part from step ${narrowedAtStep}</span>`;
  if (flags.length === 0) return html`–${cut}`;
  return html`${flags.join(', ')}${worst ? html`<span class="sub">step ${worst.step}: ${quoted(worst.message)}</span>` : ''}${cut}`;
};

const columns: Column<SessionView>[] = [
  {
    head: 'Session',
    kind: 'name',
    cell: ({ sessionId, agent }) =>
      html`<span class="id">${sessionId}</span><span class="sub">${agent}</span>`,
  },
  { head: 'Outcome', cell: ({ outcome }) => outcomeWords[outcome ?? 'none'] },
  { head: 'Flags', cell: flagsOf },
  {
    head: 'Done about it',
    cell: ({ response, incidentId }) =>
      incidentId === null
        ? RESPONSES[response]
        : html`<a href="${incidentPath(incidentId)}">${RESPONSES[response]}</a>`,
  },
  { head: 'Calls', kind: 'number', cell: ({ modelCalls, toolCalls }) => `${modelCalls} + ${toolCalls}` },
  { head: 'Tokens', kind: 'number', cell: ({ tokens }) => tokens.toLocaleString('en') },
  { head: 'Started', kind: 'number', cell: ({ startedAt }) => when(startedAt) },
];

export interface SessionsPage {
  view: SessionsView;
  query: SessionQuery;
  choices: Pick<Choices, 'agents'>;
  chrome: Chrome;
}

const percent = (n: number, of: number): string =>
  of === 0 ? '–' : `${Math.round((1_000 * n) / of) / 10} %`;

/** How the sessions that match ended, in numbers. */
function rates({ rates: { sessions, outcomes, flags, flagged, contained, tokens } }: SessionsView): Html {
  const rows = [
    ...SessionOutcomeOrNone.options.map((one) => ({ what: outcomeWords[one], n: outcomes[one] ?? 0 })),
    { what: 'with a flag', n: flagged },
    ...Object.entries(flags).map(([flag, n]) => ({ what: flag, n })),
    { what: 'stopped by the live detector', n: contained },
  ];
  return html`<h2>Rates</h2>
    ${table(
      'Rates',
      [
        { head: 'Sessions', kind: 'name', cell: ({ what }) => what },
        { head: 'Number', kind: 'number', cell: ({ n }) => n.toLocaleString('en') },
        { head: 'Share', kind: 'number', cell: ({ n }) => percent(n, sessions) },
      ],
      rows,
    )}
    <p>
      Tokens of a session: median ${tokens.median.toLocaleString('en')}, p95
      ${tokens.p95.toLocaleString('en')}.
    </p>`;
}

const filtersOf = ({ query, choices: { agents } }: SessionsPage): Html => {
  const { agent, outcome, flag, pattern, incident, from, to } = query;
  const same = (names: readonly string[]) => names.map((name) => [name, name] as const);
  return html`<form method="get" action="/sessions" class="filters" aria-label="Filter">
    ${select('agent', 'Agent', agent, same(agents))}
    ${select(
      'outcome',
      'Outcome',
      outcome,
      SessionOutcomeOrNone.options.map((one) => [one, outcomeWords[one]] as const),
    )}
    ${select('flag', 'Flag', flag, same(Flag.options))}
    <div>
      <label for="f-pattern">Failure pattern</label>
      <input id="f-pattern" name="pattern" value="${pattern ?? ''}" maxlength="200" />
    </div>
    <div>
      <label for="f-incident">Incident</label>
      <input id="f-incident" name="incident" value="${incident ?? ''}" maxlength="200" />
    </div>
    ${day('from', 'Started from', from?.slice(0, 10))} ${day('to', 'Started to', to?.slice(0, 10))}
    <button type="submit" class="plain">Filter</button>
    ${(agent ?? outcome ?? flag ?? pattern ?? incident ?? from ?? to) ? html`<a href="/sessions">Clear</a>` : ''}
  </form>`;
};

function results({ view, query }: SessionsPage): Html {
  const { limit: _, before, ...filter } = query;
  const address = { ...filter };
  if (view.rates.sessions === 0)
    return Object.keys(address).length === 0
      ? empty('No session was seen yet.', 'One appears a second after its first span: docs/connect.md.')
      : empty('No session matches.', html`Less finds more. <a href="/sessions">Show all</a>`);
  return html`<p>${plural(view.rates.sessions, 'session')}, newest first.</p>
    ${view.sessions.length > 0 ? table('Sessions', columns, view.sessions) : empty('Nothing older.', 'This was the end of the list.')}
    <p class="pager">
      ${before === undefined ? '' : html`<a href="${addressOf('/sessions', address)}">Newest</a>`}
      ${view.next === null ? '' : html`<a href="${addressOf('/sessions', { ...address, before: view.next })}" rel="next">Older sessions</a>`}
    </p>
    ${rates(view)}`;
}

export const sessionsPage = (given: SessionsPage): Html =>
  page(
    'Sessions',
    html`<h1>Sessions</h1>
      ${filtersOf(given)}
      <div id="session-results" data-part>${results(given)}</div>`,
    given.chrome,
  );
