import { plural } from '../../domain/incident/words.ts';
import type { App } from '@slack/bolt';
import { rangesOf, type Ranges } from '../../domain/incident/ranges.ts';
import { refusal } from '../../domain/incident/refusal.ts';
import { undecided } from '../../domain/incident/decisions/sign-off.ts';
import type { IncidentState, SignOff } from '../../domain/incident/state.ts';
import { choiceIn, textIn, wholeIn } from '../blocks/modals/values.ts';
import { signers } from '../blocks/reading.ts';
import { asked } from '../blocks/sign-off/actions.ts';
import { signModal } from '../blocks/sign-off/modals.ts';
import { parseMeta, type Place } from '../form-ids.ts';
import { proseOf } from '../prose.ts';
import { onClick, onOpen, replace, type Opened } from './clicks.ts';
import { onTold } from './told.ts';
import type { ListenerDeps } from './deps.ts';
import { planOf } from './reading.ts';
import { answered, onSubmit, wrongInput, type SubmitAnswer, type SubmitDesk } from './submits.ts';
import { keepTicks, ticksOf, tickedNow } from './ticks.ts';

/** The request as the decider would answer to it, or why there is nothing to sign. */
export function signable(state: IncidentState, requestId: string, seen: string): SignOff | Opened {
  const request = state.signOffs[requestId];
  if (!request) return { ok: false, ...refusal('unknown-request') };
  if (request.status === 'void') return { ok: false, ...refusal('request-void') };
  if (request.status === 'decided') return { ok: false, ...refusal('already-decided') };
  if (request.seen !== seen) return { ok: false, ...refusal('plan-changed') };
  return request;
}

const isRequest = (found: SignOff | Opened): found is SignOff => 'requestId' in found;

async function pageOf(
  deps: ListenerDeps,
  state: IncidentState,
  at: { requestId: string; seen: string; page: number; actorId: string; place: Place },
): Promise<Opened> {
  const request = signable(state, at.requestId, at.seen);
  if (!isRequest(request)) return request;
  const plan = await planOf(deps, state, request.classId);
  if (!plan)
    return {
      ok: false,
      code: 'input',
      sentence: 'The list of actions cannot be read right now, so it cannot be signed.',
      next: 'Try again in a minute; `holdpoint doctor` says what is wrong.',
    };
  const rest: SignOff = { ...request, indices: undecided(request) };
  const ticked = await ticksOf(deps, at.requestId, at.seen, at.actorId);
  return signModal({ state, request: rest, plan, page: at.page, ticked, place: at.place });
}

/** Turning the page keeps the ticks of the page that is left. */
function paging(app: App, deps: ListenerDeps): void {
  onClick(app, deps, 'sign_page', async (at) => {
    const { view } = at.body;
    const meta = view && parseMeta('sign', view.private_metadata);
    const state = (await at.row())?.state;
    if (!view || !meta || !state) return;
    const { requestId, seen, page } = at.click;
    const request = state.signOffs[requestId];
    const plan = request && (await planOf(deps, state, request.classId));
    if (request && plan) {
      const list = asked(plan, undecided(request));
      await keepTicks(
        deps,
        { requestId, seen, actorId: at.actor.id },
        tickedNow(view.state.values, list, meta.page),
      );
    }
    const place: Place = { incidentId: meta.incidentId, channel: meta.channel, below: meta.below };
    const next = await pageOf(deps, state, { requestId, seen, page, actorId: at.actor.id, place });
    if ('type' in next) await replace(deps, { viewId: view.id, hash: view.hash }, next);
    else await at.tell(`*Not done.* ${next.sentence} ${next.next}`);
  });
}

/** Every tick is saved at once: closing the modal loses none. */
function ticking(app: App, deps: ListenerDeps): void {
  onTold(app, deps, 'sign', /^ticks_/, async ({ meta, values, actor, row }) => {
    const state = (await row())?.state;
    const request = state?.signOffs[meta.requestId];
    const plan = state && request ? await planOf(deps, state, request.classId) : null;
    if (!request || !plan) return;
    const { requestId, seen, page } = meta;
    const list = asked(plan, undecided(request));
    await keepTicks(deps, { requestId, seen, actorId: actor.id }, tickedNow(values, list, page));
  });
}

function signedText(state: IncidentState | undefined, requestId: string, actorId: string): string {
  const request = state?.signOffs[requestId];
  if (!request) return 'Signed.';
  const count = new Set([...signers(request), actorId]).size;
  const missing = request.quorum - count;
  return missing > 0
    ? `Signed: ${count} of ${plural(request.quorum, 'signature')}. ${plural(missing, 'other person', 'other people')} must sign too.`
    : 'Signed. Enough people have signed.';
}

export function register(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'review', 'Review and sign', ({ state, place, click, actor }) =>
    pageOf(deps, state, { requestId: click.requestId, seen: click.seen, page: 0, actorId: actor.id, place }),
  );
  paging(app, deps);
  ticking(app, deps);
  onSubmit(app, deps, 'sign', async (at) => {
    const chosen = await chosenIndices(deps, at);
    if (typeof chosen === 'object' && 'kind' in chosen) return chosen;
    const reason = textIn(at.values, 'reason');
    const { requestId, seen } = at.meta;
    const outcome = await at.send({
      type: 'signReversal',
      requestId,
      seen,
      indices: chosen,
      reason: reason ? proseOf(reason) : null,
      typedCount: wholeIn(at.values, 'count'),
    });
    const field = !outcome.ok && outcome.code === 'count-needed' ? 'count' : 'reason';
    return answered(outcome, signedText((await at.row())?.state, requestId, at.actor.id), field);
  });
}

/** The whole list, or what is ticked on all pages. Ticks beside "all" are a contradiction, and asked about. */
async function chosenIndices(
  deps: ListenerDeps,
  at: SubmitDesk<'sign'>,
): Promise<'all' | Ranges | SubmitAnswer> {
  const { requestId, seen, page } = at.meta;
  const scope = choiceIn(at.values, 'scope');
  if (scope === null) return 'all';
  const state = (await at.row())?.state;
  const request = state?.signOffs[requestId];
  const plan = state && request ? await planOf(deps, state, request.classId) : null;
  if (!request || !plan)
    return wrongInput('The list cannot be read right now.', 'Try again in a minute.', 'scope');
  const list = asked(plan, undecided(request));
  await keepTicks(deps, { requestId, seen, actorId: at.actor.id }, tickedNow(at.values, list, page));
  const ticked = await ticksOf(deps, requestId, seen, at.actor.id);
  if (scope === 'all' && ticked.size > 0)
    return wrongInput(
      `You ticked ${plural(ticked.size, 'action')} and chose all ${list.length}.`,
      'Choose the ticked ones, or take the ticks back.',
      'scope',
    );
  if (scope === 'all') return 'all';
  return ticked.size > 0
    ? rangesOf(ticked)
    : wrongInput('Nothing is ticked.', 'Tick some, or sign all.', 'scope');
}
