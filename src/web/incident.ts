import { html } from 'hono/html';
import { checklistOf } from '../domain/incident/checklist.ts';
import { phaseOf } from '../domain/incident/phase.ts';
import { sizeOf } from '../domain/incident/ranges.ts';
import type { ClassState, IncidentState } from '../domain/incident/state.ts';
import { nextOf } from '../slack/blocks/card/lead.ts';
import type { IncidentRow } from '../store/port.ts';
import { type Html, page, plain, span, time } from './layout.ts';

type NameOf = (actorId: string | null) => string;

const row = (name: string, value: string | null): [string, string][] =>
  value === null ? [] : [[name, value]];

const facts = (state: IncidentState, nameOf: NameOf, nowMs: number): [string, string][] => [
  ...row('Waits for', state.status === 'open' ? nextOf(state) : null),
  ['Agent', state.agent],
  ['Status', state.status === 'open' ? `open, ${plain(phaseOf(state))}` : plain(state.status)],
  ['Severity', state.severity.toUpperCase()],
  ['Owner', nameOf(state.ownerId)],
  ['Opened', `${time(state.openedAt)} (${span((state.endedAt ?? nowMs) - state.openedAt)})`],
  ...row('Ended', state.endedAt === null ? null : time(state.endedAt)),
  ['Alerts', String(state.alerts.count)],
  ['Sessions', Object.keys(state.sessions).join(', ') || 'none known yet'],
  ['Agent on hold', state.held ? 'yes: it starts no new session' : 'no'],
  [
    'Failure mode',
    plain(
      state.mode.confirmed ??
        (state.mode.suggested ? `${state.mode.suggested} (suggested)` : 'not classified yet'),
    ),
  ],
  [
    'Fault origin',
    state.origin ? `step ${state.origin.step} of ${state.origin.sessionId}` : 'not confirmed yet',
  ],
  ['Blast radius', state.blast ? `${state.blast.total} external actions` : 'not mapped yet'],
  state.distributed
    ? ['Distributed', `${time(state.distributed.at)}${state.distributed.late ? ', LATE' : ', in time'}`]
    : ['Distribution due', time(state.openedAt + state.policy.distributionMs)],
  ...row('Before this one', state.linkedFrom),
];

const targets = (state: IncidentState): Html[] =>
  Object.values(state.targets).map(
    ({ agent, sessionId, status, evidence }) =>
      html`<tr>
        <td>${agent}</td>
        <td class="id">${sessionId}</td>
        <td>${plain(status)}</td>
        <td>${evidence ?? ''}</td>
      </tr>`,
  );

const actions = (classes: ClassState[]): Html[] =>
  classes.map(({ spec, classifiedAs, done, uncertain, declined, remediated }) => {
    const settled = [
      [sizeOf(done), 'reversed'],
      [sizeOf(remediated), 'remediated'],
      [sizeOf(declined), 'declined'],
      [sizeOf(uncertain), 'UNCERTAIN'],
    ]
      .flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`]))
      .join(', ');
    return html`<tr>
      <td>${spec.tool}</td>
      <td>${plain(classifiedAs ?? spec.kind)}</td>
      <td class="count">${spec.count}</td>
      <td>${settled || 'nothing yet'}</td>
    </tr>`;
  });

const section = (title: string, heads: string[], rows: Html[]): Html | '' =>
  rows.length === 0
    ? ''
    : html`<h2>${title}</h2>
        <div class="wide">
          <table>
            <thead>
              <tr>
                ${heads.map((head) => html`<th scope="col">${head}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${rows}
            </tbody>
          </table>
        </div>`;

/** One incident as the projection has it, without trace content, and what the person who reads it can decide. */
export function incidentPage(
  { incidentId, seq, head, state }: IncidentRow,
  nameOf: NameOf,
  nowMs: number,
  pen: Html | '' = '',
): Html {
  const items = checklistOf(state);
  const classes = Object.values(state.classes).filter(({ superseded }) => !superseded);
  return page(
    incidentId,
    html`<header>
        <h1>${state.alerts.first?.title ?? 'Incident'} <span class="id">${incidentId}</span></h1>
      </header>
      <main>
        ${pen}
        <dl>
          ${facts(state, nameOf, nowMs).map(
            ([name, value]) =>
              html`<dt>${name}</dt>
                <dd>${value}</dd>`,
          )}
        </dl>
        ${section('Containment', ['Agent', 'Session', 'State', 'Evidence'], targets(state))}
        ${section('Actions after the fault', ['Tool', 'Kind', 'Count', 'Settled'], actions(classes))}
        ${section(
          `Checklist (${items.filter(({ proven }) => proven).length} of ${items.length} proven)`,
          ['Item', 'State', 'Proof, or what is missing'],
          items.map(
            ({ item, proven, proof }) =>
              html`<tr>
                <td>${plain(item)}</td>
                <td class="${proven ? 'proven' : 'open'}">${proven ? 'proven' : 'open'}</td>
                <td>${proof}</td>
              </tr>`,
          ),
        )}
        <h2>Record</h2>
        <dl>
          <dt>Events</dt>
          <dd>${seq}</dd>
          <dt>Head of the audit chain</dt>
          <dd class="id">${head}</dd>
        </dl>
      </main>`,
  );
}
