import { plural } from '../../domain/incident/words.ts';
import type { App } from '@slack/bolt';
import type { IncidentState } from '../../domain/incident/state.ts';
import { FactorKind, GapKind } from '../../domain/incident/vocabulary.ts';
import {
  factorBlocks,
  MOST_NEW_FACTORS,
  postmortemModal,
  previewSheet,
} from '../blocks/modals/postmortem.ts';
import { choiceIn, textIn, ticksIn, type Values } from '../blocks/modals/values.ts';
import { proseOf, sha256Of } from '../prose.ts';
import { rowAt } from './below.ts';
import { onClick, onOpen, replace } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { decidedOf, type Given, type Outcome } from './send.ts';
import { onTold } from './told.ts';
import { onSubmit, wrongInput, type SubmitAnswer } from './submits.ts';
import { placeBelow } from '../form-ids.ts';

interface Step {
  given: Given;
  field: string;
  done: string;
}

/** The factor's id is made of its words: saving the same words twice is one factor. */
const factorId = (kind: string, text: string): string => `f-${sha256Of(`${kind}:${text}`).slice(0, 16)}`;

interface Read {
  steps: Step[];
  added: string[];
  removed: string[];
}

/** The same words under another kind: their kind is corrected. */
const otherKinds = (state: IncidentState, kind: FactorKind, sha256: string): string[] =>
  Object.entries(state.postmortem.factors)
    .filter(([, factor]) => factor.text.sha256 === sha256 && factor.kind !== kind)
    .map(([id]) => id);

function factors(values: Values, state: IncidentState): Read | SubmitAnswer {
  const read: Read = { steps: [], added: [], removed: [] };
  for (let place = 0; place < MOST_NEW_FACTORS; place += 1) {
    const ids = factorBlocks(place);
    const kind = FactorKind.safeParse(choiceIn(values, ids.kind)).data;
    const text = textIn(values, ids.text);
    if (!kind && !text) continue;
    if (!text)
      return wrongInput(
        'This factor has no words.',
        'Say what contributed, or take the kind back.',
        ids.text,
      );
    if (!kind) return wrongInput('This factor has no kind.', 'Choose one.', ids.kind);
    const words = proseOf(text);
    for (const id of otherKinds(state, kind, words.sha256)) {
      read.removed.push(id);
      read.steps.push({
        given: { type: 'removeFactor', factorId: id },
        field: ids.kind,
        done: 'kind corrected',
      });
    }
    const id = factorId(kind, text);
    read.added.push(id);
    read.steps.push({
      given: { type: 'addFactor', factorId: id, kind, text: words },
      field: ids.text,
      done: 'factor added',
    });
  }
  return read;
}

function gap(values: Values, state: IncidentState): Step[] | SubmitAnswer {
  const kind = GapKind.safeParse(choiceIn(values, 'gap_kind')).data;
  const text = textIn(values, 'gap_text');
  if (!kind && !text) return [];
  if (!kind)
    return wrongInput('The detection gap has no kind.', 'Choose what would have caught it.', 'gap_kind');
  if (!text) return wrongInput('The detection gap has no words.', 'Say it in a sentence.', 'gap_text');
  const words = proseOf(text);
  const before = state.postmortem.gap;
  return before?.kind === kind && before.text.sha256 === words.sha256
    ? []
    : [
        {
          given: { type: 'describeGap', kind, text: words },
          field: 'gap_text',
          done: 'detection gap described',
        },
      ];
}

/** Everything that was filled in, as commands in their order. */
function stepsOf(values: Values, state: IncidentState): Step[] | SubmitAnswer {
  const read = factors(values, state);
  if ('kind' in read) return read;
  const described = gap(values, state);
  if ('kind' in described) return described;
  const steps = [...read.steps, ...described];
  const all = [...new Set([...Object.keys(state.postmortem.factors), ...read.added])].filter(
    (id) => !read.removed.includes(id),
  );
  if (ticksIn(values, 'attest').length > 0)
    steps.push({
      given: { type: 'attestFactors', factorIds: all },
      field: 'attest',
      done: 'factors attested',
    });
  if (ticksIn(values, 'final').length > 0)
    steps.push({
      given: { type: 'finalisePostmortem' },
      field: 'final',
      done: 'final; it is being distributed',
    });
  return steps;
}

const summary = (done: string[]): string => {
  const counts = new Map<string, number>();
  for (const one of done) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts]
    .map(([what, count]) =>
      count > 1 && what === 'factor added' ? `${plural(count, 'factor')} added` : what,
    )
    .join(', ');
};

export function register(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'postmortem', 'Postmortem', ({ state, place }) => postmortemModal(state, place));

  onOpen(app, deps, 'preview', 'Distribution preview', ({ state }) => previewSheet(state, deps.recipients));
  onTold(app, deps, 'postmortem', /^gap_kind$/, async ({ values, place, view, row }) => {
    const state = (await row())?.state;
    const kind = GapKind.safeParse(choiceIn(values, 'gap_kind')).data ?? null;
    if (state) await replace(deps, view, postmortemModal(state, place, kind));
  });

  onSubmit(app, deps, 'postmortem', async ({ values, send, row }) => {
    const state = (await row())?.state;
    if (!state)
      return wrongInput('The incident cannot be read right now.', 'Try again in a minute.', 'gap_text');
    const steps = stepsOf(values, state);
    if (!Array.isArray(steps)) return steps;
    if (steps.length === 0)
      return wrongInput('Nothing has changed.', 'Fill in something, or close.', 'gap_text');
    const done: string[] = [];
    let events = 0;
    let last: Outcome = { ok: true, pending: false, events: 0 };
    for (const step of steps) {
      last = await send(step.given);
      if (!last.ok) {
        const soFar = done.length > 0 ? ` (Saved before that: ${summary(done)}.)` : '';
        return { kind: 'refused', outcome: { ...last, next: `${last.next}${soFar}` }, field: step.field };
      }
      events += last.events;
      done.push(step.done);
    }
    return { kind: 'done', outcome: { ...last, events }, say: `Postmortem: ${summary(done)}.` };
  });

  onClick(app, deps, 'remove_factor', async (at) => {
    const { view } = at.body;
    const [before, outcome] = await Promise.all([
      at.row().catch(() => null),
      at.send({ type: 'removeFactor', factorId: at.click.factorId }),
    ]);
    if (!outcome.ok) return await at.answer(outcome, '');
    deps.later(async () => {
      const decided = await decidedOf(outcome);
      const events = decided?.ok ? decided.events : 0;
      const row = await rowAt(deps, at.click.incidentId, (before?.seq ?? 0) + events);
      if (view && row)
        await replace(deps, { viewId: view.id }, postmortemModal(row.state, placeBelow(at.place)));
    });
  });
}
