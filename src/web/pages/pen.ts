import { html } from 'hono/html';
import { sizeOf } from '../../domain/incident/ranges.ts';
import type { IncidentState } from '../../domain/incident/state.ts';
import { classOf, openRequests, signers } from '../../slack/blocks/reading.ts';
import { plural } from '../../slack/blocks/text.ts';
import type { Decisions } from '../../http/forms/form.ts';
import { foldedForm, formHtml, type Copy } from './forms.ts';
import type { Html } from './layout.ts';

export interface PenView {
  state: IncidentState;
  /** Whose pen it is. */
  name: string;
  decisions: Decisions;
  copy: Copy;
  /** What the last form did, in a sentence. */
  done: string | null;
}

export const signOffPath = (incidentId: string, requestId: string): string =>
  `/incidents/${encodeURIComponent(incidentId)}/sign-offs/${encodeURIComponent(requestId)}`;

const requests = (state: IncidentState): Html[] =>
  openRequests(state).map((request) => {
    const { requestId, remediation, quorum, indices } = request;
    const what = `${remediation ? 'Remediation plan' : 'Reversal'}: ${classOf(state, request.classId)?.spec.tool ?? ''}`;
    const count = `${plural(sizeOf(indices), 'action')}, ${signers(request).length} of ${plural(quorum, 'signature')}`;
    return html`<li>
      <a href="${signOffPath(state.incidentId, requestId)}">Review &amp; sign</a> ${what}, ${count}
    </li>`;
  });

/** For whoever may read without being anybody: deciding takes a person. */
export const signInLink = (path: string): Html =>
  html`<p><a href="/sign-in?next=${encodeURIComponent(path)}">Sign in</a> to decide here.</p>`;

/** What a person can decide about an open incident: the same commands as in Slack, and the same rules. */
export const penHtml = ({ state, name, decisions, copy, done }: PenView): Html => {
  const signOffs = requests(state);
  const { wanted, always } = decisions;
  const isEmpty = wanted.length === 0 && always.length === 0 && signOffs.length === 0;
  const [first, ...rest] = wanted;
  return html`<section class="pen" aria-label="Decisions">
    ${done ? html`<p class="note" role="status">${done}</p>` : ''}
    ${
      isEmpty
        ? ''
        : html`<h2>Decide, as ${name}</h2>
            ${
              signOffs.length > 0
                ? html`<ul>
                    ${signOffs}
                  </ul>`
                : ''
            }
            ${first ? formHtml(first, copy) : ''} ${rest.map((form) => foldedForm(form, copy))}
            ${always.map((form) => foldedForm(form, copy))}`
    }
  </section>`;
};
