import { plural } from '../../../domain/incident/words.ts';
import { html } from 'hono/html';
import type { IncidentView } from '../../views/incident.ts';
import type { SessionView, StepView } from '../../views/incident/session.ts';
import { addressOf } from '../../views/query.ts';
import { type Html, plain, span } from '../layout.ts';
import { KIND_WORDS, lanes, legend, MARK_WORDS } from '../lanes.ts';
import { incidentPath } from '../overview.ts';
import { empty, quoted } from '../pieces.ts';

const NOT_SHOWN: Record<Exclude<SessionView['state'], 'shown'>, readonly [string, string, string]> = {
  hidden: [
    'The session is not shown to your role.',
    'Responders, approvers and auditors see traces; server.viewersSeeTraces lets viewers too.',
    '',
  ],
  not_sealed: ['The trace is being sealed.', 'It is drawn here once it is.', ''],
  being_read: ['The sealed trace is being read …', 'It is long; this page shows it in a moment.', ''],
  unreadable: [
    'The sealed trace cannot be read right now.',
    'The evidence store does not answer; holdpoint doctor says why.',
    'warn',
  ],
  altered: [
    'The sealed trace is NOT what was sealed.',
    'Nothing of it is shown. The command holdpoint evidence verify says which file differs.',
    'bad',
  ],
};

const facts = ({ toolStatus, action, tokens, durationMs, onPath }: StepView): string =>
  [
    toolStatus && toolStatus !== 'ok' ? `answered ${plain(toolStatus)}` : '',
    action ? `external action, ${action}` : '',
    tokens !== null ? plural(tokens, 'token') : '',
    durationMs !== null ? span(durationMs) : '',
    onPath ? 'on the cascade path' : '',
  ]
    .filter(Boolean)
    .join(', ');

const said = (step: StepView): Html =>
  html`<li value="${step.step}">
    <strong>Step ${step.step}</strong> ${KIND_WORDS[step.kind]} <span class="id">${step.label}</span>
    ${step.marks.map((mark) => html`<span class="badge ${mark === 'symptom' ? 'bad' : 'warn'}">${MARK_WORDS[mark]}</span> `)}
    <span class="sub">${facts(step)}</span>
    ${step.findings.map(({ flag, message }) => html`<span class="sub"><span class="id">${flag}</span> ${quoted(message)}</span>`)}
  </li>`;

const matters = ({ marks, onPath, findings, action }: StepView): boolean =>
  marks.length > 0 || onPath || findings.length > 0 || action !== null;

const MOST_OTHERS = 20;

/** The other sessions of the incident, each drawn at an address of its own. */
function others({ sessionIds, session, incident }: IncidentView): Html | '' {
  const rest = sessionIds.filter((id) => id !== session?.sessionId);
  if (rest.length === 0) return '';
  return html`<p>
    Other sessions:
    ${rest.slice(0, MOST_OTHERS).map((id) => html`<a class="id" href="${addressOf(incidentPath(incident.incidentId), { session: id })}#session">${id}</a> `)}
    ${rest.length > MOST_OTHERS ? `and ${rest.length - MOST_OTHERS} more` : ''}
  </p>`;
}

export function session(view: IncidentView): Html {
  const drawn = view.session;
  const head = html`<h2 id="session">The session, step by step</h2>`;
  if (!drawn)
    return html`${head}${empty('No session is known yet.', 'It is named by a person, or by the alert.')}`;
  if (drawn.state !== 'shown') {
    const [title, hint, tone] = NOT_SHOWN[drawn.state];
    return html`${head}
      <div class="note ${tone}">
        <p><strong>${title}</strong></p>
        <p>${hint}</p>
      </div>
      ${others(view)}`;
  }
  const reading = drawn.steps.filter(matters);
  return html`${head}
    <p class="muted">
      <span class="id">${drawn.sessionId}</span>:
      ${plural(drawn.totalSteps, 'step')}${drawn.steps.length < drawn.totalSteps ? `, ${drawn.steps.length} of them drawn` : ''}.
      The fault origin is ${drawn.confirmed ? 'confirmed by a person' : 'what the engine suggests'}.
    </p>
    ${lanes(drawn)} ${legend()}
    <h3>Steps to read</h3>
    ${
      reading.length > 0
        ? html`<div class="wide">
            <ol class="reading">
              ${reading.map(said)}
            </ol>
          </div>`
        : empty('No step stands out.', 'No flag, no external action, no origin found.')
    }
    ${others(view)}`;
}
