import { html } from 'hono/html';
import { containmentWords, itemWords, plural } from '../../../domain/incident/words.ts';
import type { IncidentView } from '../../views/incident.ts';
import type { EvidenceView } from '../../views/incident/parts.ts';
import { addressOf } from '../../views/query.ts';
import { type Html, plain, span } from '../layout.ts';
import { incidentPath } from '../overview.ts';
import { ago, type Column, empty, table, when } from '../pieces.ts';

export const checklist = ({ checklist: items }: IncidentView): Html => {
  const proven = items.filter((item) => item.proven).length;
  return html`<h2>Checklist: ${proven} of ${items.length} proven</h2>
    <div class="wide">
      <ul class="checklist">
        ${items.map(
          ({ item, proven: isProven, proof }) =>
            html`<li>
              <strong class="${isProven ? 'proven' : 'open'}">${isProven ? '✓ proven' : '○ open'}</strong>
              <span>${itemWords[item]}</span> <span>${proof}</span>
            </li>`,
        )}
      </ul>
    </div>`;
};

export function timeline({ timeline: { entries, total, next }, incident }: IncidentView): Html {
  const older =
    next === null ? null : addressOf(incidentPath(incident.incidentId), { beforeSeq: String(next) });
  return html`<h2 id="timeline">Timeline</h2>
    <p class="muted">${plural(total, 'entry', 'entries')}, newest first.</p>
    <div class="wide">
      <ol class="timeline">
        ${entries.map(
          ({ at, who, what }) =>
            html`<li>${when(at)} <span class="who">${who}</span> <span>${what}</span></li>`,
        )}
      </ol>
    </div>
    ${older ? html`<p class="pager"><a href="${older}#timeline">Older entries</a></p>` : ''}`;
}

type Target = IncidentView['containment'][number];
const targetColumns = (nowMs: number): Column<Target>[] => [
  {
    head: 'What',
    kind: 'name',
    cell: ({ kind, agent, sessionId }) => html`${kind} of ${agent} <span class="sub id">${sessionId}</span>`,
  },
  {
    head: 'State',
    cell: ({ status }) => {
      const isBad = status === 'unconfirmed' || status === 'awaiting_person';
      return html`<span class="${isBad ? 'bad' : ''}">${containmentWords[status]}</span>`;
    },
  },
  {
    head: 'When',
    cell: ({ settledAt }) =>
      settledAt ? html`${when(settledAt)} <span class="sub">${ago(settledAt, nowMs)} ago</span>` : '–',
  },
  {
    head: 'What the adapter says',
    cell: ({ evidence, adapter }) =>
      html`${evidence ?? 'nothing yet'} <span class="sub">${adapter ?? ''}</span>`,
  },
];

export const containment = ({ containment: targets }: IncidentView, nowMs: number): Html =>
  html`<h2>Containment</h2>
    ${
      targets.length > 0
        ? table('Containment', targetColumns(nowMs), targets)
        : empty(
            'Nothing to contain yet.',
            'Which session went wrong is not known; the agent is held meanwhile.',
          )
    }`;

const seal = ({ sealed, trouble }: EvidenceView): Html => {
  if (!sealed)
    return trouble
      ? html`<strong class="bad">NOT SEALED</strong>
          <span class="sub"
            >${trouble.percentOfDeadline} % of the time before rotation is gone: ${trouble.reason}</span
          >`
      : html`being sealed <span class="sub">this page shows it once it is</span>`;
  return html`${sealed.beforeRotation ? 'sealed before rotation' : html`<strong class="bad">sealed AFTER the log had rotated</strong>`}
    <span class="sub"
      >${when(sealed.sealedAt)}, seal ${sealed.sealNumber}, ${plural(sealed.pages, 'page')}</span
    >`;
};

const completeness = ({ sealed }: EvidenceView): Html | string => {
  if (!sealed) return '–';
  if (sealed.complete) return html`<span class="good">complete</span>`;
  return html`<strong class="warn">partial</strong>
    <span class="sub"
      >not captured, which is not clean:
      ${sealed.missing.slice(0, 5).join('; ')}${sealed.missing.length > 5 ? `; and ${sealed.missing.length - 5} more` : ''}</span
    >`;
};

const sizes = ({ sealed }: EvidenceView): Html | string =>
  sealed
    ? html`${plural(sealed.steps, 'step')}, ${plural(sealed.modelCalls, 'model call')}
        <span class="sub"
          >${plural(sealed.tokens, 'token')}${sealed.baselineTokens ? `, usual ${Math.round(sealed.baselineTokens).toLocaleString('en-US')}` : ', baseline unknown'};
          lasted ${span(Date.parse(sealed.endedAt) - Date.parse(sealed.startedAt))}</span
        >`
    : '–';

const evidenceColumns: Column<EvidenceView>[] = [
  {
    head: 'Session',
    kind: 'name',
    cell: ({ sessionId, because }) =>
      html`<span class="id">${sessionId}</span> <span class="sub">${because}</span>`,
  },
  { head: 'Seal', cell: seal },
  { head: 'Completeness', cell: completeness },
  { head: 'Size', cell: sizes },
  {
    head: 'Hashes (SHA-256)',
    cell: ({ sealed, analysisSha256 }) =>
      html`${sealed ? html`<span class="sub">manifest <span class="id">${sealed.manifestSha256}</span></span>` : '–'}
      ${analysisSha256 ? html`<span class="sub">analysis <span class="id">${analysisSha256}</span></span>` : ''}`,
  },
];

const MOST_SESSIONS = 20;

export function evidence({ evidence: all, audit, postmortem, classes }: IncidentView): Html {
  const rest = all.length - MOST_SESSIONS;
  return html`<h2>Evidence</h2>
    ${
      all.length > 0
        ? table('Sealed sessions', evidenceColumns, all.slice(0, MOST_SESSIONS))
        : empty('No session is known yet.', 'Its trace is sealed as soon as one is.')
    }
    ${rest > 0 ? html`<p>and ${plural(rest, 'more session')}; the JSON has every one.</p>` : ''}
    <dl>
      <dt>Events on record</dt>
      <dd>${audit.seq.toLocaleString('en-US')}</dd>
      <dt>Head of the audit chain</dt>
      <dd class="id">${audit.head}</dd>
      ${
        postmortem.documentSha256
          ? html`<dt>Postmortem, version ${postmortem.version}</dt>
              <dd class="id">${postmortem.documentSha256}</dd>`
          : ''
      }
      ${classes.slice(0, 20).map(
        ({ tool, planSha256 }) =>
          html`<dt>Plan of ${plain(tool)}</dt>
            <dd class="id">${planSha256}</dd>`,
      )}
    </dl>`;
}
