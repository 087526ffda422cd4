import { plural } from '../../domain/incident/words.ts';
import { html } from 'hono/html';
import type { AgentsView, AgentView } from '../views/agents.ts';
import { addressOf } from '../views/query.ts';
import { type Chrome, type Html, page, plain } from './layout.ts';
import { incidentPath } from './overview.ts';
import { type Column, empty, table, when } from './pieces.ts';

const SHOWN = 3;

const holding = ({ held, heldBy }: AgentView): Html =>
  held
    ? html`<strong class="warn">On hold</strong>: it starts no new session.
        <span class="sub"
          >Released in
          ${heldBy.slice(0, SHOWN).map((id) => html`<a class="id" href="${incidentPath(id)}">${id}</a> `)}
          ${heldBy.length > SHOWN ? `and ${heldBy.length - SHOWN} more` : ''}</span
        >`
    : html`Not on hold`;

const incidents = ({ agent, incidents: counts }: AgentView): Html => {
  const ended = [
    [counts.closed, 'closed'],
    [counts.resolvedAsBug, 'resolved as a bug'],
    [counts.dismissed, 'dismissed'],
    [counts.merged, 'merged'],
  ] as const;
  const words = ended.flatMap(([n, word]) => (n > 0 ? [`${n} ${word}`] : [])).join(', ');
  return html`<a href="${addressOf('/incidents', { agent, status: 'open' })}">${counts.open} open</a>
    <span class="sub"
      >${words || 'none ended'}${counts.lastOpenedAt ? html`; last ${when(counts.lastOpenedAt)}` : ''}</span
    >`;
};

const outcomes = ({ agent, sessions }: AgentView): Html | string => {
  if (!sessions || sessions.sessions === 0) return html`<span class="muted">no session on record</span>`;
  const parts = Object.entries(sessions.outcomes)
    .filter(([, n]) => n > 0)
    .sort((a, b) => b[1] - a[1]);
  return html`<a href="${addressOf('/sessions', { agent })}">${plural(sessions.sessions, 'session')}</a>
    <span class="sub"
      >${parts.map(([outcome, n]) => `${n} ${outcome === 'none' ? 'without an outcome' : plain(outcome)}`).join(', ')}</span
    >`;
};

const flags = ({ flagsPerThousandSteps, sessions }: AgentView): Html | string => {
  if (!flagsPerThousandSteps || !sessions || sessions.steps === 0) return '–';
  const raised = Object.entries(flagsPerThousandSteps).filter(([, rate]) => rate > 0);
  return html`${raised.length === 0 ? 'none' : raised.map(([flag, rate]) => html`<span class="flag">${flag}</span> ${rate}<br />`)}
    <span class="sub">over ${plural(sessions.steps, 'step')}</span>`;
};

const columns: Column<AgentView>[] = [
  {
    head: 'Agent',
    kind: 'name',
    cell: ({ agent, configured }) =>
      html`<strong>${agent}</strong>
        ${configured ? '' : html`<span class="sub">not in holdpoint.yaml any more</span>`}`,
  },
  { head: 'Hold', cell: holding },
  { head: 'Incidents', cell: incidents },
  { head: 'Sessions by outcome', cell: outcomes },
  { head: 'Flags a thousand steps', cell: flags },
  {
    head: 'Baseline',
    cell: ({ baseline }) =>
      baseline
        ? `learned from ${plural(baseline.validatedSessions, 'validated session')}`
        : html`<span class="warn">none: unknown cost asks for a full postmortem</span>`,
  },
];

/** Each agent: how it does, whether it is on hold, and where it is released. */
export const agentsPage = (view: AgentsView, chrome: Chrome): Html =>
  page(
    'Agents',
    html`<h1>Agents</h1>
      <div id="agents" data-part>
        ${
          view.agents.length > 0
            ? table('Agents', columns, view.agents)
            : empty('No agent is configured.', 'Add one to the section `agents` of holdpoint.yaml.')
        }
      </div>`,
    chrome,
  );
