import { setTimeout as sleep } from 'node:timers/promises';
import type { Hono } from 'hono';
import { html } from 'hono/html';
import type { Answer, Incidents, Words } from '../../client/port.ts';
import type { Config, PersonConfig } from '../../config/types.ts';
import type { Person } from '../../domain/incident/actor.ts';
import type { IncidentState, SignOff } from '../../domain/incident/state.ts';
import { Section } from '../../domain/incident/vocabulary.ts';
import type { EvidenceReader } from '../../slack/evidence.ts';
import { mergedEdit } from '../../slack/section-merge.ts';
import type { PlanFile } from '../../slack/plan-file.ts';
import { proseOf } from '../../slack/prose.ts';
import type { AuditLog, Projection } from '../../store/port.ts';
import type { PeopleGate } from '../auth/people.ts';
import { readForm } from '../forms/body.ts';
import { decisionsOf, mayDecide } from '../forms/catalogue.ts';
import { sectionForm } from '../forms/catalogue/postmortem.ts';
import { signOffForms } from '../forms/catalogue/sign-off.ts';
import type { DecisionForm, Option } from '../forms/form.ts';
import { commandIn, FORM, type Sent } from '../forms/read.ts';
import { formHtml } from '../../web/pages/forms.ts';
import { type Html, page } from '../../web/pages/layout.ts';
import { signOffPage } from '../../web/pages/sign-off.ts';
import { Problem } from '../problem.ts';
import { answerProblem, sendCommand, wordsOf } from './commands.ts';
import { incidentOr404, unknownIncident } from '../incident-or-404.ts';
import { copyOf, handOverTo } from './pen.ts';
import { shown } from './shown.ts';

export interface DecisionRoutesDeps {
  config: Pick<Config, 'server' | 'people'>;
  people: PeopleGate;
  incidents: Pick<Incidents, 'send'>;
  rows: Pick<Projection, 'get'>;
  audit: Pick<AuditLog, 'words'>;
  /** Null: sealed lists cannot be read here, so nothing is signed on the page. */
  evidence: Pick<EvidenceReader, 'loadPlan'> | null;
  nowMs: () => number;
}

const LAG_MS = 1_500;
const STEP_MS = 50;

/** The projection follows the decision within moments; the page that comes next should show it. */
async function caughtUp(rows: Pick<Projection, 'get'>, incidentId: string, seq: number): Promise<void> {
  const until = performance.now() + LAG_MS;
  while (performance.now() < until && ((await rows.get(incidentId))?.seq ?? 0) < seq) await sleep(STEP_MS);
}

/** What was refused, why, what to do, and where words would be lost: the form with them still in it. */
const refusedPage = (problem: Problem, incidentId: string, again: Html | ''): Html =>
  page(
    'Not done',
    html`
      <h1>Not done</h1>
      <p class="note" role="alert">${problem.details.detail} ${problem.details.remedy}</p>
      ${again}
      <p><a href="/incidents/${encodeURIComponent(incidentId)}">Back to the incident</a></p>
    `,
  );

const signOffOf = (state: IncidentState, requestId: string): SignOff => {
  const request = Object.hasOwn(state.signOffs, requestId) ? state.signOffs[requestId] : undefined;
  if (request) return request;
  throw new Problem({
    status: 404,
    code: 'unknown-request',
    detail: 'There is no such sign-off request.',
    remedy: 'Open the incident’s page.',
  });
};

/** The sealed list of a request, or null when it cannot be read. */
async function planOf(
  evidence: DecisionRoutesDeps['evidence'],
  state: IncidentState,
  request: SignOff,
): Promise<PlanFile | null> {
  const spec = state.classes[request.classId]?.spec;
  if (!spec || !evidence) return null;
  return await evidence.loadPlan(spec.planUri, spec.planSha256).catch(() => null);
}

/** The form that was sent, as it would be shown now, with what the person wrote in it. */
function formAgain(
  state: IncidentState,
  sent: Sent,
  roles: PersonConfig['roles'],
  to: Option[],
): DecisionForm | null {
  const section = Section.safeParse(sent.get('section'));
  if (sent.get(FORM.type) === 'editSection' && section.success)
    return sectionForm(state, section.data, sent.get('text') ?? '');
  const { wanted, always } = decisionsOf(state, roles, to);
  const found = [...wanted, ...always].find(({ id }) => id === sent.get(FORM.id));
  if (!found) return null;
  const fields = found.fields.map((field) => {
    const value = sent.get(field.name);
    const keeps = field.kind === 'line' || field.kind === 'lines' || field.kind === 'choice';
    return keeps && value !== null ? { ...field, value } : field;
  });
  return { ...found, fields };
}

/** A section that somebody else saved meanwhile is saved with both people's changes, where they do not disagree. */
async function decided(
  { incidents, rows, audit }: DecisionRoutesDeps,
  incidentId: string,
  words: Words,
  by: Person,
): Promise<Answer> {
  const answer = await sendCommand(incidents, incidentId, words, by);
  if (answer.ok || answer.refusal.code !== 'section-changed' || words.type !== 'editSection') return answer;
  const state = (await rows.get(incidentId).catch(() => null))?.state;
  const merged = state && (await mergedEdit(audit, state, { ...words, text: words.text.text }));
  if (!merged) return answer;
  const again = { ...words, ...merged, id: `${words.id}:merged`.slice(0, 200), text: proseOf(merged.text) };
  const saved = await sendCommand(incidents, incidentId, again, by);
  return saved.ok ? saved : answer;
}

/**
 * `POST /incidents/:id/decisions`: a form of our own pages, decided by the same rules as a click in Slack.
 * `GET /incidents/:id/sign-offs/:request`: the sealed list, to be read and signed.
 */
export function decisionRoutes(app: Hono, deps: DecisionRoutesDeps): void {
  const { config, people, rows, evidence, nowMs } = deps;
  const to = handOverTo(config);

  app.post('/incidents/:id/decisions', (context) =>
    shown(context, people, async () => {
      const reader = people.reader(context);
      const incidentId = context.req.param('id');
      if (incidentId.length > 200) throw unknownIncident(incidentId);
      const sent = await readForm(context, config);
      const by = people.pen(context, sent.get(FORM.token) ?? undefined);
      const before = await rows.get(incidentId).catch(() => null);
      let words: Words;
      try {
        const { json, once } = commandIn(sent);
        words = wordsOf(json, once ?? undefined, by, nowMs());
        const answer = await decided(deps, incidentId, words, by);
        if (!answer.ok) throw answerProblem(answer);
        if (!answer.pending) await caughtUp(rows, incidentId, (before?.seq ?? 0) + answer.events);
        const pending = answer.pending ? '&pending' : '';
        return context.redirect(
          `/incidents/${encodeURIComponent(incidentId)}?done=${words.type}${pending}`,
          303,
        );
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const state = (await rows.get(incidentId).catch(() => null))?.state;
        const person = reader.kind === 'person' ? reader.person : null;
        const form = state && person ? formAgain(state, sent, person.roles, to) : null;
        const again = form && person ? formHtml(form, copyOf(people, person, incidentId)) : '';
        return context.html(refusedPage(error, incidentId, again), error.details.status);
      }
    }),
  );

  app.get('/incidents/:id/sign-offs/:request', (context) =>
    shown(context, people, async () => {
      const reader = people.reader(context);
      if (reader.kind !== 'person' || !mayDecide(reader.person.roles))
        throw new Problem({
          status: 403,
          code: 'role-missing',
          detail: 'The actions of an incident are shown to those who act.',
          remedy: 'Sign in with the role responder or approver.',
        });
      const { state } = await incidentOr404(rows, context.req.param('id'));
      const request = signOffOf(state, context.req.param('request'));
      const plan = await planOf(evidence, state, request);
      const isOpen = request.status === 'open' && state.status === 'open';
      const forms = isOpen ? signOffForms(request, plan) : [];
      return signOffPage({
        state,
        request,
        plan,
        forms,
        copy: copyOf(people, reader.person, state.incidentId),
      });
    }),
  );
}
