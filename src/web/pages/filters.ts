import { html } from 'hono/html';
import { phases } from '../../domain/incident/phase.ts';
import { Severity } from '../../domain/incident/vocabulary.ts';
import { FailureModeOrUnknown } from '../../domain/session/analysis.ts';
import { modeWords, phaseWords, severityWords } from '../../domain/incident/words.ts';
import type { FilterQuery } from '../views/query.ts';
import type { Html } from './layout.ts';

export interface Choices {
  agents: readonly string[];
  people: readonly { id: string; name: string }[];
}

type Options = readonly (readonly [value: string, label: string])[];

export const select = (name: string, label: string, chosen: string | undefined, options: Options): Html => {
  const isListed = chosen === undefined || options.some(([value]) => value === chosen);
  const all: Options = isListed ? options : [...options, [chosen ?? '', chosen ?? '']];
  return html`<div>
    <label for="f-${name}">${label}</label>
    <select id="f-${name}" name="${name}">
      <option value="">any</option>
      ${all.map(
        ([value, text]) =>
          html`<option value="${value}" ${value === chosen ? 'selected' : ''}>${text}</option>`,
      )}
    </select>
  </div>`;
};

export const day = (name: string, label: string, value: string | undefined): Html =>
  html`<div>
    <label for="f-${name}">${label}</label>
    <input type="date" id="f-${name}" name="${name}" value="${value ?? ''}" />
  </div>`;

const fields: Record<string, (query: FilterQuery, choices: Choices) => Html> = {
  q: ({ q }) =>
    html`<div>
      <label for="f-q">Words</label>
      <input type="search" id="f-q" name="q" value="${q ?? ''}" maxlength="300" />
    </div>`,
  status: ({ status }) =>
    select('status', 'Status', status, [
      ['open', 'open'],
      ['ended', 'ended'],
    ]),
  agent: ({ agent }, { agents }) =>
    select(
      'agent',
      'Agent',
      agent,
      agents.map((name) => [name, name] as const),
    ),
  severity: ({ severity }) =>
    select(
      'severity',
      'Severity',
      severity,
      Severity.options.map((one) => [one, severityWords[one]] as const),
    ),
  phase: ({ phase }) =>
    select(
      'phase',
      'Phase',
      phase,
      phases.map((one) => [one, phaseWords[one]] as const),
    ),
  mode: ({ mode }) =>
    select(
      'mode',
      'Failure mode',
      mode,
      FailureModeOrUnknown.options.map((one) => [one, modeWords[one]] as const),
    ),
  owner: ({ owner }, { people }) =>
    select('owner', 'Owner', owner, [
      ['nobody', 'nobody'],
      ...people.map(({ id, name }) => [id, name] as const),
    ]),
  late: ({ late }) =>
    select('late', 'Distribution', late, [
      ['true', 'late'],
      ['false', 'not late'],
    ]),
  from: ({ from }) => day('from', 'Opened from', from),
  to: ({ to }) => day('to', 'Opened to', to),
};

export type FilterName =
  | 'q'
  | 'status'
  | 'agent'
  | 'severity'
  | 'phase'
  | 'mode'
  | 'owner'
  | 'late'
  | 'from'
  | 'to';

/** The filters of a list as a form: they stand in the address, so a list can be sent to somebody. */
export const filters = (
  path: string,
  names: readonly FilterName[],
  query: FilterQuery,
  choices: Choices,
): Html =>
  html`<form method="get" action="${path}" class="filters" aria-label="Filter">
    ${names.map((name) => fields[name]?.(query, choices) ?? '')}
    <button type="submit" class="plain">Filter</button>
    ${names.some((name) => query[name]) ? html`<a href="${path}">Clear</a>` : ''}
  </form>`;
