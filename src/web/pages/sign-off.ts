import { plural } from '../../domain/incident/words.ts';
import { html } from 'hono/html';
import { undecided } from '../../domain/incident/decisions/sign-off.ts';
import type { IncidentState, SignOff } from '../../domain/incident/state.ts';
import { asked, riskiest } from '../../slack/blocks/sign-off/actions.ts';
import { classOf, signers } from '../../slack/blocks/reading.ts';
import { outside, shortDigest } from '../../slack/blocks/text.ts';
import type { PlanFile, PlannedAction } from '../../slack/plan-file.ts';
import type { DecisionForm } from '../../http/forms/form.ts';
import { formHtml, type Copy } from './forms.ts';
import { type Html, page } from './layout.ts';
import { when } from './pieces.ts';

export interface SignOffView {
  state: IncidentState;
  request: SignOff;
  /** Null: the sealed list cannot be read, so nothing can be signed. */
  plan: PlanFile | null;
  forms: DecisionForm[];
  copy: Copy;
}

/** As much of one call as a page shows; the digest binds all of it. */
const MOST_CALL = 4_000;

const call = (tool: string, args: unknown): string =>
  outside(`${tool}(${typeof args === 'string' ? args : (JSON.stringify(args) ?? '')})`, MOST_CALL);

const line = (action: PlannedAction): Html =>
  html`<tr>
    <td class="count">${action.index + 1}</td>
    <td class="id">${action.target === null ? '–' : outside(action.target, 200)}</td>
    <td class="id">${outside(action.sessionId, 80)}, step ${action.step}</td>
    <td>${action.outcome === 'done' ? 'done' : html`<strong>${action.outcome}</strong>`}</td>
    <td class="id">${call(action.tool, action.args)}</td>
    <td class="id">
      ${action.reversal ? call(action.reversal.tool, action.reversal.args) : 'cannot be undone'}
    </td>
  </tr>`;

function list(plan: PlanFile, request: SignOff): Html {
  const actions = riskiest(asked(plan, undecided(request)));
  return html`<h2>${plural(actions.length, 'action')}, the riskiest first</h2>
    <div class="wide">
      <table>
        <thead>
          <tr>
            ${['No.', 'Target', 'Where', 'Outcome', 'Did', 'Undo by'].map((head) => html`<th scope="col">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${actions.map(line)}
        </tbody>
      </table>
    </div>`;
}

/** One sign-off request: the whole sealed list verbatim, and the forms that sign or deny it. */
export function signOffPage({ state, request, plan, forms, copy }: SignOffView): Html {
  const tool = classOf(state, request.classId)?.spec.tool ?? 'actions';
  const title = `${request.remediation ? 'Sign the remediation plan' : 'Sign the reversal'}: ${outside(tool, 60)}`;
  const due = request.openedAt + state.policy.signOffExpiryMs;
  return page(
    title,
    html`
      <h1>
        ${title}
        <span class="id"
          ><a href="/incidents/${encodeURIComponent(state.incidentId)}">${state.incidentId}</a></span
        >
      </h1>

      <dl>
        ${
          request.remediation
            ? html`<dt>Remediation plan</dt>
                <dd>${request.remediation.text}</dd>`
            : html`<dt>What undoes them</dt>
                <dd>${classOf(state, request.classId)?.spec.strategy ?? ''}</dd>`
        }
        <dt>Signatures</dt>
        <dd>${signers(request).length} of ${request.quorum}</dd>
        <dt>Answer by</dt>
        <dd>
          ${when(new Date(due).toISOString())}; without an answer nothing runs and the request opens again
        </dd>
        <dt>Digest of the plan</dt>
        <dd class="id" title="${request.seen}">${shortDigest(request.seen)}</dd>
      </dl>
      ${plan ? list(plan, request) : html`<p class="note">The list of actions cannot be read right now, so it cannot be signed.</p>`}
      ${forms.map((form) => formHtml(form, copy))}
    `,
  );
}
