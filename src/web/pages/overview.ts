import { plural } from '../../domain/incident/words.ts';
import { html } from 'hono/html';
import type { OverviewView } from '../views/overview.ts';
import { addressOf, type FilterQuery } from '../views/query.ts';
import type { IncidentLineView, PendingSignOff } from '../views/line.ts';
import { type Choices, filters } from './filters.ts';
import { type Chrome, type Html, page } from './layout.ts';
import {
  ago,
  clock,
  type Column,
  dueWords,
  empty,
  modeLabel,
  ownerLabel,
  severityBadge,
  statusWords,
  table,
} from './pieces.ts';

export const incidentPath = (incidentId: string): string => `/incidents/${encodeURIComponent(incidentId)}`;

/** Who acts opens the sealed list and signs; everybody else the incident. */
export type SignOffPath = (signOff: PendingSignOff) => string;

interface Tile {
  count: number;
  words: string;
  hint: string;
  href: string;
  tone: 'bad' | 'warn' | '';
}

const tile = ({ count, words, hint, href, tone }: Tile): Html =>
  html`<li>
    <a class="tile ${count > 0 ? tone : ''}" href="${href}"
      ><b>${count.toLocaleString('en-US')}</b> <span>${words}</span> <span class="hint">${hint}</span></a
    >
  </li>`;

const ownersHint = ({ open, unowned }: OverviewView['counts']): string => {
  if (open === 0) return 'nothing goes on';
  return unowned > 0 ? `${unowned} without an owner` : 'each has an owner';
};

function tiles({ counts, signOffs }: OverviewView, nowMs: number): Html {
  const next = signOffs[0];
  const all: Tile[] = [
    {
      count: counts.open,
      words: 'open',
      hint: ownersHint(counts),
      href: '/incidents?status=open',
      tone: '',
    },
    {
      count: counts.pendingSignOffs,
      words: 'sign-offs waiting',
      hint: next ? `the next expires ${dueWords(next.dueAt, nowMs)}` : 'nobody is asked to sign',
      href: '/?phase=sign_off',
      tone: 'warn',
    },
    {
      count: counts.late,
      words: 'late',
      hint: 'past the time to distribute',
      href: '/incidents?status=open&late=true',
      tone: 'bad',
    },
    {
      count: counts.dueSoon,
      words: 'due within 12 h',
      hint: 'postmortem not distributed yet',
      href: '/#open',
      tone: 'warn',
    },
    {
      count: counts.openRemediation,
      words: 'actions to settle',
      hint: 'not reversed, declined or remediated',
      href: '/measures#remediation',
      tone: '',
    },
  ];
  return html`<ul class="tiles" aria-label="In numbers">
    ${all.map(tile)}
  </ul>`;
}

const name = (incident: IncidentLineView): Html =>
  html`${severityBadge(incident.severity)}
    <a href="${incidentPath(incident.incidentId)}">${incident.title}</a>
    <span class="sub">${incident.agent} · ${modeLabel(incident.failureMode)}</span>`;

const waits = (incident: IncidentLineView, nowMs: number): Html =>
  html`${incident.waitsFor}
  ${incident.waitsSince ? html`<span class="sub">for ${ago(incident.waitsSince, nowMs)}</span>` : ''}`;

const pending = ({ signOffs }: IncidentLineView, nowMs: number): Html | string => {
  const [first] = [...signOffs].sort((a, b) => a.dueAt.localeCompare(b.dueAt));
  return first
    ? html`${signOffs.length} <span class="sub">expires ${dueWords(first.dueAt, nowMs)}</span>`
    : '–';
};

const columns = (nowMs: number): Column<IncidentLineView>[] => [
  { head: 'Incident', kind: 'name', cell: name },
  { head: 'Waits for', cell: (incident) => waits(incident, nowMs) },
  { head: 'Owner', cell: ownerLabel },
  { head: 'Phase', cell: (incident) => statusWords(incident) },
  { head: 'Sign-offs', cell: (incident) => pending(incident, nowMs) },
  { head: 'Distribution', cell: (incident) => clock(incident.clock, nowMs) },
];

const signOffColumns = (nowMs: number, pathOf: SignOffPath): Column<PendingSignOff>[] => [
  {
    head: 'Sign-off',
    kind: 'name',
    cell: (one) =>
      html`<a href="${pathOf(one)}"
          >${one.kind === 'reversal' ? 'Reversal' : 'Remediation plan'}: ${one.tool}</a
        >
        <span class="sub id">${one.incidentId}</span>`,
  },
  { head: 'Actions', kind: 'number', cell: ({ actions }) => actions.toLocaleString('en-US') },
  { head: 'Signatures', kind: 'number', cell: ({ signatures, quorum }) => `${signatures} of ${quorum}` },
  { head: 'Asked', cell: ({ askedAt }) => html`${ago(askedAt, nowMs)} ago` },
  { head: 'Expires', cell: ({ dueAt }) => html`<strong>${dueWords(dueAt, nowMs)}</strong>` },
];

const MOST_SIGN_OFFS = 10;

function signOffs(view: OverviewView, nowMs: number, pathOf: SignOffPath): Html | '' {
  if (view.signOffs.length === 0) return '';
  const rest = view.signOffs.length - MOST_SIGN_OFFS;
  return html`<h2>Sign-offs waiting</h2>
    ${table('Sign-offs waiting', signOffColumns(nowMs, pathOf), view.signOffs.slice(0, MOST_SIGN_OFFS))}
    ${rest > 0 ? html`<p>and ${rest} more below</p>` : ''}`;
}

function list({ incidents, matching, counts }: OverviewView, query: FilterQuery, nowMs: number): Html {
  if (incidents.length === 0)
    return counts.open === 0
      ? empty('No incident is open.', html`<a href="/incidents?status=ended">Ended incidents</a>`)
      : empty('No open incident matches.', html`<a href="/">Show all ${counts.open}</a>`);
  const more = matching - incidents.length;
  const all = addressOf('/incidents', { ...query, status: 'open' });
  return html`${table('Open incidents', columns(nowMs), incidents)}
  ${
    more > 0
      ? html`<p class="pager">
          The ${incidents.length} most urgent of ${plural(matching, 'incident')}.
          <a href="${all}">All of them</a>
        </p>`
      : ''
  }`;
}

export interface OverviewPage {
  view: OverviewView;
  query: FilterQuery;
  choices: Choices;
  signOffPath: SignOffPath;
  nowMs: number;
  chrome: Chrome;
}

/** What is open, who has it, what it waits for, and what will be late. */
export const overviewPage = ({ view, query, choices, signOffPath, nowMs, chrome }: OverviewPage): Html =>
  page(
    'Overview',
    html`<h1>Overview</h1>
      <div id="overview-counts" data-part>${tiles(view, nowMs)}</div>
      <div id="overview-sign-offs" data-part>${signOffs(view, nowMs, signOffPath)}</div>
      <h2 id="open">Open incidents, the most urgent first</h2>
      ${filters('/', ['agent', 'severity', 'phase', 'mode', 'owner'], query, choices)}
      <div id="overview-list" data-part>${list(view, query, nowMs)}</div>`,
    chrome,
  );
