import { findChannel, findMessage, findUser, openDm } from '../core.ts';
import type { Core } from '../core.ts';
import type { Delivery } from '../journal.ts';
import { post } from '../workspace/messages.ts';
import type { Channel, Message, User, Values, View } from '../workspace/model.ts';
import { issueTrigger } from '../workspace/triggers.ts';
import { closeModal, topModal, viewForApp } from '../workspace/views.ts';
import { TROUBLE, applyCommandAnswer, applyViewAnswer, toast } from './answers.ts';
import type { Deliverer, Outgoing } from './deliver.ts';
import { blocksOf, draftOf } from './drafts.ts';
import { allElements, entryFor, fieldError, findElement, findField } from './fields.ts';
import type { ElementQuery, Found, PersonInput } from './fields.ts';
import * as payloads from './payloads.ts';

/** What came of an action: how the app answered, and the modal the person sees then. */
export interface Acted {
  /** Null when the client itself refused, e.g. a required field was empty. */
  delivery: Delivery | null;
  /** The app answered 200 in time; or it had not to be told, and nothing was wrong. */
  ok: boolean;
  view: View | null;
  /** By block_id: what the person reads below the fields. */
  errors: Record<string, string>;
}

/** Values of a modal by block_id, by `block_id/action_id`, or by the label a person reads. */
export type FieldValues = Record<string, PersonInput>;

/** Acts as one person of the workspace, through signed requests only; a client's own rules are kept. */
export class Person {
  readonly id: string;
  private readonly core: Core;
  private readonly deliverer: Deliverer;

  private readonly commands: readonly string[] | null;

  constructor(core: Core, deliverer: Deliverer, id: string, commands: readonly string[] | null) {
    this.commands = commands;
    this.core = core;
    this.deliverer = deliverer;
    this.id = id;
  }

  /** Presses a button of a message. `target`: action_id, or a query by label and block. */
  async click(channelId: string, ts: string, target: string | ElementQuery): Promise<Acted> {
    return await this.useInMessage(channelId, ts, target, null);
  }

  /** Picks, ticks or types in an element of a message. */
  async select(
    channelId: string,
    ts: string,
    target: string | ElementQuery,
    input: PersonInput,
  ): Promise<Acted> {
    return await this.useInMessage(channelId, ts, target, { input });
  }

  /** Presses a button of an open modal or of the Home tab. */
  async clickInView(viewId: string, target: string | ElementQuery): Promise<Acted> {
    return await this.useInView(viewId, target, null);
  }

  /** Enters something in an open modal or the Home tab; the app hears of it only where Slack tells it. */
  async enter(viewId: string, target: string | ElementQuery, input: PersonInput): Promise<Acted> {
    return await this.useInView(viewId, target, { input });
  }

  /** Fills fields of the modal on top and submits it. */
  async submitView(viewId: string, values: FieldValues = {}): Promise<Acted> {
    const user = this.user();
    const view = this.visibleModal(viewId);
    if (view.submit === null) throw new Error(`The modal ${view.callbackId} has no submit button`);
    for (const [key, input] of Object.entries(values)) {
      keepEntry(view.values, findField(view.blocks, key), input);
    }
    view.errors = fieldErrors(view);
    this.core.store.changed();
    if (Object.keys(view.errors).length > 0) return this.acted(null);
    const triggerId = issueTrigger(this.core, user.id, view.id);
    const payload = payloads.viewSubmission(this.core, user, view, triggerId);
    const delivery = await this.deliverer.interact(interaction('view_submission', user, payload));
    applyViewAnswer(this.core, view, delivery);
    return this.acted(delivery);
  }

  /** Closes the modal on top (or all of them); the app hears of it if it asked to. */
  async closeView(viewId: string, all = false): Promise<Acted> {
    const user = this.user();
    const view = this.visibleModal(viewId);
    const payload = payloads.viewClosed(this.core, user, view, all);
    closeModal(this.core, view, all || view.clearOnClose);
    if (!view.notifyOnClose) return this.acted(null, true);
    return this.acted(await this.deliverer.interact(interaction('view_closed', user, payload)));
  }

  /** Types a slash command, e.g. `slash('/incident', 'list', channelId)`. */
  async slash(command: string, text: string, channelId: string): Promise<Acted> {
    const user = this.user();
    const channel = this.openChannel(channelId);
    if (this.commands !== null && !this.commands.includes(command)) {
      toast(this.core, user.id, `${command} is not a valid command.`);
      return this.acted(null);
    }
    const triggerId = issueTrigger(this.core, user.id, null);
    const form = payloads.slashCommand(this.core, { user, channel, command, text, triggerId });
    const delivery = await this.deliverer.interact({
      kind: 'slash_command',
      userId: user.id,
      payload: form,
      form,
    });
    applyCommandAnswer(this.core, { userId: user.id, channel, command }, delivery);
    return this.acted(delivery);
  }

  /** Opens the app's Home tab. */
  async openHome(): Promise<Acted> {
    const user = this.user();
    const home = this.core.workspace.views[this.core.workspace.homes[user.id] ?? ''];
    const event = {
      type: 'app_home_opened',
      user: user.id,
      channel: openDm(this.core, user.id).id,
      tab: 'home',
      event_ts: (this.core.now() / 1_000).toFixed(6),
      ...(home !== undefined ? { view: viewForApp(this.core, home) } : {}),
    };
    return this.acted(
      await this.deliverer.event({
        kind: 'event',
        userId: user.id,
        payload: payloads.eventCallback(this.core, event),
        form: null,
      }),
    );
  }

  /** Uses a global shortcut of the app. */
  async shortcut(callbackId: string): Promise<Acted> {
    const user = this.user();
    const triggerId = issueTrigger(this.core, user.id, null);
    const payload = payloads.shortcut(this.core, user, callbackId, triggerId);
    return this.finish(await this.deliverer.interact(interaction('shortcut', user, payload)));
  }

  /** Uses a shortcut of the app on a message. */
  async messageShortcut(callbackId: string, channelId: string, ts: string): Promise<Acted> {
    const user = this.user();
    const { channel, message } = this.visibleMessage(channelId, ts);
    const triggerId = issueTrigger(this.core, user.id, null);
    const payload = payloads.messageShortcut(this.core, { user, channel, message, callbackId, triggerId });
    return this.finish(await this.deliverer.interact(interaction('message_action', user, payload)));
  }

  /** Writes a message as the person; the app is not told. */
  say(channelId: string, text: string, threadTs: string | null = null): Message {
    const channel = this.openChannel(channelId);
    return post(this.core, channel, { user: this.user().id, text, blocks: [], threadTs });
  }

  private async useInMessage(
    channelId: string,
    ts: string,
    target: string | ElementQuery,
    change: { input: PersonInput } | null,
  ): Promise<Acted> {
    const user = this.user();
    const { channel, message } = this.visibleMessage(channelId, ts);
    const blocks = blocksOf(message);
    const found = findElement(blocks, asQuery(target));
    const values = draftOf(this.core, user.id, message);
    const entry = change === null ? null : keepEntry(values, found, change.input);
    this.core.store.changed();
    const action = payloads.actionOf(this.core, pressed(found, change).element, found.blockId, entry);
    const triggerId = issueTrigger(this.core, user.id, null);
    const payload = payloads.messageAction(this.core, { user, channel, message, action, values, triggerId });
    return this.finish(await this.deliverer.interact(interaction('block_actions', user, payload)));
  }

  private async useInView(
    viewId: string,
    target: string | ElementQuery,
    change: { input: PersonInput } | null,
  ): Promise<Acted> {
    const user = this.user();
    const home = this.core.workspace.homes[user.id] === viewId;
    const view = home ? this.core.workspace.views[viewId] : this.visibleModal(viewId);
    if (view === undefined) throw new Error('The Home tab is empty');
    const found = findElement(view.blocks, asQuery(target));
    const entry = change === null ? null : keepEntry(view.values, found, change.input);
    this.core.store.changed();
    if (found.block.type === 'input' && found.block.dispatch_action !== true) return this.acted(null, true);
    const action = payloads.actionOf(this.core, pressed(found, change).element, found.blockId, entry);
    const triggerId = issueTrigger(this.core, user.id, home ? null : view.id);
    const payload = payloads.viewAction(this.core, { user, view, action, triggerId });
    return this.finish(await this.deliverer.interact(interaction('block_actions', user, payload)));
  }

  private finish(delivery: Delivery): Acted {
    if (delivery.status !== 200) toast(this.core, this.id, `${TROUBLE} (${delivery.error ?? 'error'})`);
    return this.acted(delivery);
  }

  private acted(delivery: Delivery | null, ok = delivery?.status === 200): Acted {
    const view = topModal(this.core, this.id);
    return { delivery, ok, view, errors: view?.errors ?? {} };
  }

  private user(): User {
    const user = findUser(this.core, this.id);
    if (user === undefined) throw new Error(`Nobody has the id ${this.id}`);
    if (user.deleted) throw new Error(`${user.realName} is deactivated and can do nothing`);
    if (user.isBot) throw new Error(`${user.realName} is a bot and cannot click`);
    return user;
  }

  private openChannel(channelId: string): Channel {
    const channel = findChannel(this.core, channelId);
    if (channel === undefined || !channel.members.includes(this.id)) {
      throw new Error(`${this.id} is in no channel ${channelId}`);
    }
    if (channel.archived) throw new Error(`#${channel.name} is archived`);
    return channel;
  }

  private visibleMessage(channelId: string, ts: string): { channel: Channel; message: Message } {
    const channel = this.openChannel(channelId);
    const message = findMessage(this.core, channelId, ts);
    if (message === undefined || (message.ephemeralFor !== null && message.ephemeralFor !== this.id)) {
      throw new Error(`${this.id} sees no message ${ts} in #${channel.name}`);
    }
    return { channel, message };
  }

  private visibleModal(viewId: string): View {
    const view = topModal(this.core, this.user().id);
    if (view?.id !== viewId)
      throw new Error(`${this.id} has ${view?.id ?? 'no modal'} before them, not ${viewId}`);
    return view;
  }
}

function interaction(kind: Outgoing['kind'], user: User, payload: Record<string, unknown>): Outgoing {
  return { kind, userId: user.id, payload, form: { payload: JSON.stringify(payload) } };
}

const asQuery = (target: string | ElementQuery): ElementQuery =>
  typeof target === 'string' ? { actionId: target } : target;

/** A click needs a button; a choice needs something to choose from. */
function pressed(found: Found, change: { input: PersonInput } | null): Found {
  if ((found.element.type === 'button') === (change === null)) return found;
  throw new Error(`${found.blockId}/${found.actionId} is a ${found.element.type}`);
}

function keepEntry(values: Values, found: Found, input: PersonInput) {
  const entry = entryFor(found.element, input);
  if (found.element.type !== 'overflow') {
    values[found.blockId] = { ...values[found.blockId], [found.actionId]: entry };
  }
  return entry;
}

function fieldErrors(view: View): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { block, element, blockId, actionId } of allElements(view.blocks)) {
    const error = fieldError(block, element, view.values[blockId]?.[actionId]);
    if (error !== null) errors[blockId] = error;
  }
  return errors;
}
