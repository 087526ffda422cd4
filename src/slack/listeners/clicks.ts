import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { Person } from '../../domain/incident/actor.ts';
import { refusal } from '../../domain/incident/refusal.ts';
import type { IncidentRow } from '../../store/port.ts';
import { actionPattern, jsonOf, parseClick, type Click, type ClickName } from '../action-ids.ts';
import { loadingModal, refusalModal } from '../blocks/modals/modal.ts';
import { slackErrorOf } from '../errors.ts';
import { formId, PlaceInModal, type Place } from '../form-ids.ts';
import { ClickBody } from './bodies.ts';
import type { ListenerDeps } from './deps.ts';
import { CLICK_PATIENCE_MS, decideInTime, startInTime } from './in-time.ts';
import { decidedOf, outcomeText, rejected, send, type Given, type Outcome, type Rejected } from './send.ts';
import { tell, uncertain } from './tell.ts';

/** A click as a listener sees it, after signature, parsing and identity. */
export interface ClickDesk<N extends ClickName> {
  click: Click<N>;
  body: ClickBody;
  actor: Person;
  place: Place;
  send(given: Given): Promise<Outcome>;
  /** Answers where the person sees it, after Slack has its answer. mrkdwn. */
  tell(text: string): Promise<void>;
  /** The same, once it is decided: `done` is what happened, or says it. */
  answer(outcome: Outcome, done: string | ((decided: Outcome) => Promise<string>)): Promise<void>;
  row(): Promise<IncidentRow | null>;
}

const gone = rejected(
  'unknown-incident',
  'This button belongs to an older version of the message.',
  'Use the newest card.',
);
const unknownIncident = rejected('unknown-incident', 'There is no such incident.', 'Use `/incident list`.');

const clickKey = (body: ClickBody): string => `${body.actions[0]?.action_ts ?? ''}:${body.user.id}`;
const clickerOf = (body: ClickBody) => ({
  userId: body.user.id,
  teamId: body.user.team_id ?? body.team?.id ?? null,
  proof:
    `click ${body.actions[0]?.action_id ?? ''} ${clickKey(body)} in ${body.container.channel_id ?? body.view?.id ?? 'home'} ${body.container.message_ts ?? ''}`.trim(),
});

/** Where the click happened, and the modal it happened in. */
function placeOf(body: ClickBody, incidentId: string): Place {
  const known = PlaceInModal.safeParse(jsonOf(body.view?.private_metadata ?? '')).data;
  const shows = (['postmortem', 'checklist', 'more'] as const).find(
    (name) => body.view?.callback_id === formId(name),
  );
  return {
    incidentId,
    channel: body.container.channel_id ?? known?.channel ?? null,
    below:
      body.view?.type === 'modal' && shows
        ? { viewId: body.view.id, shows, checklistId: known?.below?.viewId ?? null }
        : null,
  };
}

function deskOf<N extends ClickName>(
  deps: ListenerDeps,
  body: ClickBody,
  click: Click<N>,
  actor: Person,
): ClickDesk<N> {
  const place = placeOf(body, click.incidentId);
  return {
    click,
    body,
    actor,
    place,
    send: (given) =>
      send(deps, click.incidentId, actor, clickKey(body), given, { patienceMs: CLICK_PATIENCE_MS }),
    answer: async (outcome, done) =>
      deps.later(async () => {
        const decided = await decidedOf(outcome);
        if (!decided) return;
        const text = typeof done === 'string' ? outcomeText(decided, done) : await done(decided);
        await tell(deps, body, place.channel, text);
      }),
    tell: async (text) => deps.later(() => tell(deps, body, place.channel, text)),
    row: () => deps.store.incidents.get(click.incidentId),
  };
}

/** Identity first; then what the click asks for, or the answer why not. */
export async function withDesk<N extends ClickName>(
  deps: ListenerDeps,
  body: ClickBody,
  click: Click<N> | null,
  handle: (at: ClickDesk<N>) => Promise<void>,
): Promise<void> {
  const { channel } = placeOf(body, '');
  if (!click) return await tell(deps, body, channel, `*Not done.* ${gone.sentence} ${gone.next}`);
  const who = await deps.identity.of(clickerOf(body));
  if (!who.ok) return await tell(deps, body, channel, `*Not done.* ${who.sentence} ${who.next}`);
  await handle(deskOf(deps, body, click, who.actor));
}

/** A button that acts at once and answers to the person who pressed it. */
export function onClick<N extends ClickName>(
  app: App,
  deps: ListenerDeps,
  name: N,
  handle: (at: ClickDesk<N>) => Promise<void>,
): void {
  app.action(actionPattern(name), async ({ ack, body: raw }) => {
    const body = ClickBody.parse(raw);
    await decideInTime(
      deps,
      () => withDesk(deps, body, parseClick(name, body.actions[0]?.value ?? ''), handle),
      { failed: () => tell(deps, body, placeOf(body, '').channel, uncertain('press again')) },
    );
    await ack();
  });
}

/** What a click opens: a modal, or why there is none. */
export type Opened = ModalView | Rejected;
export interface OpenDesk<N extends ClickName> extends ClickDesk<N> {
  state: IncidentRow['state'];
  found: IncidentRow;
}
type Build<N extends ClickName> = (at: OpenDesk<N>) => Promise<Opened> | Opened;

/** Opens what a click asks for, with the newest state; why not is shown in the modal. */
export async function openFor<N extends ClickName>(
  deps: ListenerDeps,
  body: ClickBody,
  click: Click<N> | null,
  title: string,
  build: Build<N>,
  options: { alsoEnded?: boolean } = {},
): Promise<void> {
  await openModal(deps, body, title, async () => {
    if (!click) return gone;
    const who = await deps.identity.of(clickerOf(body));
    if (!who.ok) return rejected('identity', who.sentence, who.next);
    const desk = deskOf(deps, body, click, who.actor);
    const found = await desk.row();
    if (!found) return unknownIncident;
    if (found.state.status !== 'open' && !options.alsoEnded)
      return { ok: false, ...refusal('already-ended') };
    return await build({ ...desk, found, state: found.state });
  });
}

/** A button that opens a modal. */
export function onOpen<N extends ClickName>(
  app: App,
  deps: ListenerDeps,
  name: N,
  title: string,
  build: Build<N>,
  options: { alsoEnded?: boolean } = {},
): void {
  app.action(actionPattern(name), async ({ ack, body: raw }) => {
    const body = ClickBody.parse(raw);
    await openFor(deps, body, parseClick(name, body.actions[0]?.value ?? ''), title, build, options);
    await ack();
  });
}

const viewOf = (opened: Opened): ModalView => ('ok' in opened ? refusalModal(opened) : opened);

type Opener = Pick<ClickBody, 'trigger_id'> & Partial<Pick<ClickBody, 'view' | 'response_url' | 'user'>>;

async function answerTo(
  deps: ListenerDeps,
  { user, response_url: url }: Opener,
  text: string,
): Promise<void> {
  if (user) await tell(deps, { user, ...(url ? { response_url: url } : {}) }, null, text);
}

/** Opens (or, inside a modal, pushes) "Loading…" and fills it. A second delivery of the same click does nothing. */
export async function openModal(
  deps: ListenerDeps,
  body: Opener,
  title: string,
  shown: () => Promise<Opened>,
): Promise<void> {
  const pushed = body.view?.type === 'modal';
  const open = pushed ? deps.client.views.push : deps.client.views.open;
  let opened;
  try {
    opened = await open({ trigger_id: body.trigger_id, view: loadingModal(title) });
  } catch (error) {
    const code = slackErrorOf(error);
    if (code === 'exchanged_trigger_id') return;
    if (code !== 'expired_trigger_id' || !body.user) throw error;
    return await answerTo(deps, body, 'That took too long, so nothing was opened. Please press again.');
  }
  const at = { viewId: opened.view?.id ?? '', hash: opened.view?.hash ?? '' };
  await startInTime(deps, async () => await replace(deps, at, viewOf(await orWhyNot(deps, shown))), {
    failed: () => answerTo(deps, body, 'This could not be filled. Close it, please, and press again.'),
  });
}

async function orWhyNot(deps: ListenerDeps, shown: () => Promise<Opened>): Promise<Opened> {
  try {
    return await shown();
  } catch (error) {
    deps.log.error('a modal could not be built', error);
    return rejected('input', 'This could not be read right now.', 'Close it and try again in a minute.');
  }
}

/** Fills an open modal. When somebody closed it or another update was faster, there is nothing to fill. */
export async function replace(
  deps: Pick<ListenerDeps, 'client'>,
  at: { viewId: string; hash?: string },
  view: ModalView,
): Promise<void> {
  try {
    await deps.client.views.update({ view_id: at.viewId, view, ...(at.hash ? { hash: at.hash } : {}) });
  } catch (error) {
    if (!['hash_conflict', 'not_found'].includes(slackErrorOf(error) ?? '')) throw error;
  }
}
