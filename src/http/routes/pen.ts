import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import type { Config, PersonConfig } from '../../config/types.ts';
import { decisions as rules } from '../../domain/incident/decide.ts';
import type { IncidentState } from '../../domain/incident/state.ts';
import { analysisOf } from '../../slack/blocks/reading.ts';
import type { EvidenceReader } from '../../slack/evidence.ts';
import { lateRefusals } from '../../store/late-refusals.ts';
import type { Documents } from '../../store/port.ts';
import { contextHtml } from '../../web/pages/context.ts';
import type { Copy } from '../../web/pages/forms.ts';
import type { Html } from '../../web/pages/layout.ts';
import { commandWords, penHtml, signInLink } from '../../web/pages/pen.ts';
import type { PeopleGate, Reader } from '../auth/people.ts';
import { decisionsOf, mayDecide } from '../forms/catalogue.ts';
import type { Option } from '../forms/form.ts';

/** The forms of an incident's page for whoever reads it; empty for those who may only look. */
export type PenOf = (context: Context, reader: Reader, state: IncidentState) => Promise<Html | ''>;

export const copyOf = (people: PeopleGate, person: PersonConfig, incidentId: string): Copy => ({
  action: `/incidents/${encodeURIComponent(incidentId)}/decisions`,
  token: people.formToken(person),
  once: () => randomBytes(12).toString('base64url'),
});

/** To whom an incident can be handed over. */
export const handOverTo = ({ people }: Pick<Config, 'people'>): Option[] =>
  people
    .filter(({ roles }) => mayDecide(roles))
    .map(({ actorId, name }) => ({ value: actorId, label: name }));

const isCommand = (type: string): boolean => Object.hasOwn(rules, type);

/** `?done=…` of our own redirect, in words; nothing else is repeated. */
function doneWords(context: Context): string | null {
  const done = context.req.query('done') ?? '';
  if (!isCommand(done)) return null;
  const words = commandWords(done);
  return context.req.query('pending') === undefined
    ? `On record: ${words}.`
    : `Received, pending: ${words}. It is decided as soon as the engine can; this page shows the result.`;
}

export interface PenDeps {
  documents: Documents;
  /** Null: sealed sessions cannot be read here. */
  loadContext: EvidenceReader['loadContext'] | null;
  nowMs: () => number;
}

/** The context window beside the question for the fault origin: of the best candidate, or of the step asked for. */
async function contextOf(
  context: Context,
  state: IncidentState,
  loadContext: PenDeps['loadContext'],
): Promise<Html | ''> {
  const analysis = analysisOf(state);
  const seal = analysis && state.sessions[analysis.sessionId]?.seal;
  if (!loadContext || !seal || !state.mode.confirmed || state.origin) return '';
  const { steps } = seal;
  const asked = Number(context.req.query('context'));
  const isStep = Number.isInteger(asked) && asked >= 1 && asked <= steps;
  const step = isStep ? asked : (analysis.candidates[0]?.step ?? 1);
  const lines = await loadContext(seal.uri, step).catch((): string[] => []);
  const incidentPath = `/incidents/${encodeURIComponent(state.incidentId)}`;
  return contextHtml({ incidentPath, step, steps, lines });
}

/** So long a click that was refused late is told to its giver. */
const REFUSED_SHOWN_MS = 24 * 3_600_000;

export const penOf =
  (config: Pick<Config, 'people'>, people: PeopleGate, { documents, loadContext, nowMs }: PenDeps): PenOf =>
  async (context, reader, state) => {
    if (reader.kind === 'local') return people.takesTokens ? signInLink(context.req.path) : '';
    if (!mayDecide(reader.person.roles)) return '';
    const { person } = reader;
    return penHtml({
      state,
      name: person.name,
      decisions: decisionsOf(state, person.roles, handOverTo(config)),
      copy: copyOf(people, person, state.incidentId),
      done: doneWords(context),
      context: await contextOf(context, state, loadContext),
      refused: await lateRefusals(documents, state.incidentId, person.actorId, nowMs() - REFUSED_SHOWN_MS),
    });
  };
