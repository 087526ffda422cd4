import { plural } from '../../../domain/incident/words.ts';
import { html } from 'hono/html';
import type { IncidentView } from '../../views/incident.ts';
import type { ClassView, SignOffView } from '../../views/incident/parts.ts';
import { blastWords } from '../../views/incident/story.ts';
import { type Html, plain } from '../layout.ts';
import { ago, type Column, dueWords, empty, table, when } from '../pieces.ts';

const became = (item: ClassView): string =>
  blastWords({
    ...item,
    total: item.count,
    reversible: 0,
    irreversible: 0,
    unknown: 0,
    noEffect: item.kind === 'no_effect' ? item.count : 0,
  }) || 'nothing yet';

const KINDS: Record<ClassView['kind'], string> = {
  reversible: 'reversible',
  irreversible: 'IRREVERSIBLE',
  no_effect: 'no effect',
  unknown: 'UNKNOWN TOOL: counts as irreversible',
};

const classColumns = (nowMs: number): Column<ClassView>[] => [
  {
    head: 'Tool',
    kind: 'name',
    cell: ({ tool, strategy }) => html`<strong>${tool}</strong> <span class="sub">${strategy}</span>`,
  },
  {
    head: 'Kind',
    cell: ({ kind }) =>
      html`<span class="${kind === 'irreversible' || kind === 'unknown' ? 'bad' : ''}">${KINDS[kind]}</span>`,
  },
  { head: 'Actions', kind: 'number', cell: ({ count }) => count.toLocaleString('en-US') },
  { head: 'What became of them', cell: became },
  {
    head: 'Plan, window',
    cell: ({ plan, windowClosesAt }) =>
      html`${plan ?? ''}
      ${windowClosesAt ? html`<span class="sub">reversal window closes ${dueWords(windowClosesAt, nowMs)}</span>` : ''}
      ${plan === null && windowClosesAt === null ? '–' : ''}`,
  },
];

const sum = (words: string, count: number, tone: string): Html =>
  html`<li class="tile ${count > 0 ? tone : ''}">
    <b>${count.toLocaleString('en-US')}</b> <span>${words}</span>
  </li>`;

/** What the agent did outside the session after the fault: reversed, to settle, irreversible. */
export function blast({ blast: counts, classes }: IncidentView, nowMs: number): Html {
  if (!counts)
    return html`<h2>Blast radius</h2>
      ${empty('Not mapped yet.', 'It is mapped once the trace is sealed and analysed.')}`;
  return html`<h2>Blast radius</h2>
    <ul class="tiles">
      ${sum('external actions', counts.total, '')} ${sum('reversed', counts.reversed, '')}
      ${sum('to settle', counts.pending + counts.running, 'warn')}
      ${sum('irreversible', counts.irreversible + counts.unknown, 'bad')}
      ${counts.uncertain > 0 ? sum('uncertain: a person looks', counts.uncertain, 'bad') : ''}
    </ul>
    <p class="muted">
      ${
        counts.overLikelyOrigins ? 'Over every likely fault origin: it narrows once one is confirmed. ' : ''
      }${counts.attempted > 0 ? `${plural(counts.attempted, 'action was', 'actions were')} attempted only. ` : ''}${counts.subagents > 0 ? `${plural(counts.subagents, 'subagent')} spawned. ` : ''}
    </p>
    ${classes.length > 0 ? table('Actions by class', classColumns(nowMs), classes) : ''}`;
}

const signed = ({ signatures, quorum, glass }: SignOffView): Html =>
  html`${signatures.length === 0 ? `0 of ${quorum}` : ''}
  ${signatures.map(
    ({ by, at, actions, brokeGlass }) =>
      html`<span class="sub"
        >${brokeGlass ? html`<strong class="bad">BROKE THE GLASS:</strong> ` : ''}${by.name},
        ${plural(actions, 'action')}, ${when(at)}</span
      >`,
  )}
  ${
    glass
      ? html`<span class="sub"
          >${glass.countersignedBy ? `countersigned by ${glass.countersignedBy.name}` : html`<strong class="bad">waits for a countersignature</strong>`}</span
        >`
      : ''
  }`;

const state = (one: SignOffView, nowMs: number): Html => {
  if (one.dueAt === null)
    return html`${one.status === 'void' ? 'void: what was asked has changed' : plain(one.status)}`;
  const escalated =
    one.escalation === 'none'
      ? ''
      : `, ${one.escalation === 'reminded' ? 'reminded' : `escalated to ${one.escalation}`}`;
  return html`<strong class="warn">open</strong>: expires ${dueWords(one.dueAt, nowMs)}${escalated}
    ${one.round > 1 ? html`<span class="sub">round ${one.round}</span>` : ''}`;
};

const signOffColumns = (
  nowMs: number,
  pathOf: (requestId: string) => string | null,
): Column<SignOffView>[] => [
  {
    head: 'Sign-off',
    kind: 'name',
    cell: ({ kind, tool, requestId, status }) => {
      const words = `${kind === 'reversal' ? 'Reversal' : 'Remediation plan'}: ${tool}`;
      const path = status === 'open' ? pathOf(requestId) : null;
      return path ? html`<a href="${path}">${words}</a>` : html`${words}`;
    },
  },
  { head: 'Actions', kind: 'number', cell: ({ actions }) => actions.toLocaleString('en-US') },
  { head: 'State', cell: (one) => state(one, nowMs) },
  { head: 'Signatures', cell: signed },
  { head: 'Denied', kind: 'number', cell: ({ denied }) => String(denied) },
  {
    head: 'Asked',
    cell: ({ requestedBy, askedAt }) =>
      html`by ${requestedBy.name} <span class="sub">${ago(askedAt, nowMs)} ago</span>`,
  },
];

const MOST_SIGN_OFFS = 20;

export function signOffs(
  view: IncidentView,
  nowMs: number,
  pathOf: (requestId: string) => string | null,
): Html {
  const rest = view.signOffs.length - MOST_SIGN_OFFS;
  return html`<h2>Sign-offs</h2>
    ${
      view.signOffs.length > 0
        ? table('Sign-offs', signOffColumns(nowMs, pathOf), view.signOffs.slice(0, MOST_SIGN_OFFS))
        : empty('Nobody was asked to sign yet.', 'No reversal runs without a sign-off.')
    }
    ${rest > 0 ? html`<p>and ${rest} older; the JSON has every one.</p>` : ''}`;
}
