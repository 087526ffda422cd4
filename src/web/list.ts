import { html } from 'hono/html';
import { checklistOf } from '../domain/incident/checklist.ts';
import { phaseOf } from '../domain/incident/phase.ts';
import type { IncidentState } from '../domain/incident/state.ts';
import type { IncidentRow } from '../store/port.ts';
import { type Html, page, plain, span, time } from './layout.ts';

export interface ListView {
  rows: readonly IncidentRow[];
  /** Address of the next page, or null. */
  next: string | null;
  nowMs: number;
}

const mode = ({ mode: { confirmed, suggested } }: IncidentState): string =>
  plain(confirmed ?? (suggested ? `${suggested} (suggested)` : 'not classified yet'));

const row = ({ incidentId, state }: IncidentRow, nowMs: number): Html => {
  const items = checklistOf(state);
  const proven = items.filter((item) => item.proven).length;
  return html`<tr>
    <td>
      <a href="/incidents/${encodeURIComponent(incidentId)}">${state.alerts.first?.title ?? incidentId}</a>
      <span class="id">${incidentId}</span>
    </td>
    <td>${state.agent}</td>
    <td>${state.severity.toUpperCase()}</td>
    <td><span class="word">${plain(state.status === 'open' ? phaseOf(state) : state.status)}</span></td>
    <td>${mode(state)}</td>
    <td class="count" data-name="Checklist">${proven} of ${items.length}</td>
    <td class="count" data-name="Opened">${time(state.openedAt)}</td>
    <td class="count" data-name="Lasted">${span((state.endedAt ?? nowMs) - state.openedAt)}</td>
  </tr>`;
};

const table = (rows: readonly IncidentRow[], nowMs: number): Html =>
  html`<div class="wide">
    <table class="rows">
      <thead>
        <tr>
          <th scope="col">Incident</th>
          <th scope="col">Agent</th>
          <th scope="col">Severity</th>
          <th scope="col">Phase</th>
          <th scope="col">Failure mode</th>
          <th scope="col">Checklist</th>
          <th scope="col">Opened</th>
          <th scope="col">Lasted</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map((one) => row(one, nowMs))}
      </tbody>
    </table>
  </div>`;

/** Every incident, the open ones first. */
export function listPage({ rows, next, nowMs }: ListView): Html {
  const open = rows.filter(({ state }) => state.status === 'open');
  const ended = rows.filter(({ state }) => state.status !== 'open');
  return page(
    'Incidents',
    html`<header><h1>Holdpoint: incidents</h1></header>
      <main>
        <h2>Open (${open.length})</h2>
        ${open.length > 0 ? table(open, nowMs) : html`<p class="note">No incident is open.</p>`}
        ${
          ended.length > 0
            ? html`<h2>Ended</h2>
                ${table(ended, nowMs)}`
            : ''
        }
        ${next === null ? '' : html`<p><a href="${next}" rel="next">Older incidents</a></p>`}
      </main>`,
  );
}
