import { plural } from '../../domain/incident/words.ts';
import { html } from 'hono/html';
import { sizeOf } from '../../domain/incident/ranges.ts';
import type { IncidentState } from '../../domain/incident/state.ts';
import { classOf, openRequests, signers } from '../../slack/blocks/reading.ts';
import type { Decisions } from '../../http/forms/form.ts';
import { foldedForm, formHtml, type Copy } from './forms.ts';
import type { LateRefusal } from '../../store/late-refusals.ts';
import type { Html } from './layout.ts';
import { when } from './pieces.ts';

export interface PenView {
  state: IncidentState;
  /** Whose pen it is. */
  name: string;
  decisions: Decisions;
  copy: Copy;
  /** What the last form did, in a sentence. */
  done: string | null;
  /** The context window that the question for the fault origin is about. */
  context: Html | '';
  /** Their clicks that were taken as pending and refused later, newest first. */
  refused: LateRefusal[];
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
/** `releaseAgent` → `release agent`. */
export const commandWords = (type: string): string => type.replaceAll(/([A-Z])/g, ' $1').toLowerCase();

const refusal = ({ at, commandType, sentence, next }: LateRefusal): Html =>
  html`<p class="note" role="alert">
    <strong>Refused after it was received: ${commandWords(commandType)}</strong>,
    ${when(new Date(at).toISOString())}. ${sentence} ${next}
  </p>`;

export const penHtml = ({ state, name, decisions, copy, done, context, refused }: PenView): Html => {
  const signOffs = requests(state);
  const { wanted, always } = decisions;
  const isEmpty = wanted.length === 0 && always.length === 0 && signOffs.length === 0;
  const [first, ...rest] = wanted;
  return html`<section class="pen" aria-label="Decisions">
    ${done ? html`<p class="note" role="status">${done}</p>` : ''} ${refused.map(refusal)}
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
            ${first ? formHtml(first, copy) : ''} ${context} ${rest.map((form) => foldedForm(form, copy))}
            ${always.map((form) => foldedForm(form, copy))}`
    }
  </section>`;
};
