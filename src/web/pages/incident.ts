import { html } from 'hono/html';
import type { IncidentView } from '../views/incident.ts';
import { blast, signOffs } from './incident/blast.ts';
import { checklist, containment, evidence, timeline } from './incident/record.ts';
import { session } from './incident/session.ts';
import { type Chrome, type Html, page, plain } from './layout.ts';
import { incidentPath } from './overview.ts';
import { ago, clock, modeLabel, ownerLabel, severityBadge, statusWords, when } from './pieces.ts';

const head = ({ incident, linkedFrom }: IncidentView, nowMs: number): Html =>
  html`<h1>${incident.title} <span class="id">${incident.incidentId}</span></h1>
    <ul class="parts">
      <li>${severityBadge(incident.severity)} <strong>${statusWords(incident)}</strong></li>
      <li>Agent ${incident.agent}${incident.held ? html`, <strong class="warn">on hold</strong>` : ''}</li>
      <li>
        Owner
        ${ownerLabel(incident)}${incident.acknowledged || incident.status !== 'open' ? '' : html`, <strong class="warn">not acknowledged</strong>`}
      </li>
      <li>${modeLabel(incident.failureMode)}</li>
      <li>Opened ${when(incident.openedAt)}, ${ago(incident.openedAt, nowMs)} ago</li>
      ${incident.endedAt ? html`<li>Ended ${when(incident.endedAt)}</li>` : ''}
      <li>Distribution: ${clock(incident.clock, nowMs)}</li>
      ${linkedFrom ? html`<li>After <a class="id" href="${incidentPath(linkedFrom)}">${linkedFrom}</a></li>` : ''}
    </ul>`;

function next({ incident, firstAction, proposedEnding, untold }: IncidentView, nowMs: number): Html | '' {
  if (incident.status !== 'open') return '';
  return html`<div class="panel next">
    ${untold.map(({ what, because, at }) => html`<p><strong class="bad">Not delivered: ${what}</strong>, ${when(at)}: ${because}</p>`)}
    ${firstAction && !firstAction.done ? html`<p><strong>First action:</strong> ${firstAction.sentence}</p>` : ''}
    <p class="what"><strong>Next:</strong> ${incident.waitsFor}</p>
    ${incident.waitsSince ? html`<p class="muted">Waiting for ${ago(incident.waitsSince, nowMs)}.</p>` : ''}
    ${
      proposedEnding
        ? html`<p>
            <strong>${proposedEnding.by} proposes: ${plain(proposedEnding.kind)}.</strong>
            ${proposedEnding.reason} A second person has to agree.
          </p>`
        : ''
    }
  </div>`;
}

const course = ({ course: decided }: IncidentView): Html | '' =>
  decided
    ? html`<p class="muted">
        ${decided.course === 'bug' ? 'A bug fix is enough' : 'Full postmortem'}: ${decided.rule}
      </p>`
    : '';

export interface IncidentPage {
  view: IncidentView;
  /** What the person who reads may decide; empty for those who may only look. */
  pen: Html | '';
  /** Where an open sign-off is read and signed; null for those who may not. */
  signOffPath: (requestId: string) => string | null;
  nowMs: number;
  chrome: Chrome;
}

export const incidentPage = ({ view, pen, signOffPath, nowMs, chrome }: IncidentPage): Html =>
  page(
    view.incident.title,
    html`<div id="incident-head" data-part>${head(view, nowMs)}</div>
      <div id="incident-next" data-part>
        <p>${view.story}</p>
        ${course(view)} ${next(view, nowMs)}
      </div>
      <div id="incident-pen" data-part>${pen}</div>
      <div id="incident-blast" data-part>${blast(view, nowMs)}</div>
      <div id="incident-sign-offs" data-part>${signOffs(view, nowMs, signOffPath)}</div>
      <div id="incident-checklist" data-part>${checklist(view)}</div>
      <div id="incident-session" data-part>${session(view)}</div>
      <div id="incident-containment" data-part>${containment(view, nowMs)}</div>
      <div id="incident-evidence" data-part>${evidence(view)}</div>
      <div id="incident-timeline" data-part>${timeline(view)}</div>`,
    chrome,
  );
