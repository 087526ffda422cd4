import { SlackError } from '../core.ts';
import type { Core } from '../core.ts';
import type { CheckedHome, CheckedModal } from '../block-kit/view.ts';
import { carriedValues } from '../people/entered.ts';
import type { View } from './model.ts';
import { nextId } from './numbers.ts';

/** Modals of one person that may lie on each other. */
const MAX_STACK = 3;

/** Opens a modal for a person; it takes the place of what the app had open for them. */
export function openModal(core: Core, userId: string, modal: CheckedModal): View {
  refuseKnownExternalId(core, modal.external_id, null);
  for (const id of core.workspace.stacks[userId] ?? []) delete core.workspace.views[id];
  const view = fill(core, blank(core, userId, 'modal'), modal);
  core.workspace.stacks[userId] = [view.id];
  return saved(core, view);
}

/** Lays a modal on the one that is open. */
export function pushModal(core: Core, userId: string, modal: CheckedModal): View {
  const stack = core.workspace.stacks[userId] ?? [];
  if (stack.length === 0) throw new SlackError('not_found');
  if (stack.length >= MAX_STACK) throw new SlackError('push_limit_reached');
  refuseKnownExternalId(core, modal.external_id, null);
  const view = fill(core, blank(core, userId, 'modal'), modal);
  view.rootViewId = stack[0] ?? view.id;
  view.previousViewId = stack.at(-1) ?? null;
  core.workspace.stacks[userId] = [...stack, view.id];
  return saved(core, view);
}

/** Replaces what an open modal shows; what the person has entered stays in fields of the same names. */
export function updateModal(core: Core, view: View, modal: CheckedModal): View {
  refuseKnownExternalId(core, modal.external_id, view.id);
  return saved(core, fill(core, view, modal));
}

export function publishHome(core: Core, userId: string, home: CheckedHome, hash: string | undefined): View {
  const { homes, views } = core.workspace;
  const known = views[homes[userId] ?? ''];
  if (hash !== undefined && known !== undefined && known.hash !== hash) throw new SlackError('hash_conflict');
  const view = fill(core, known ?? blank(core, userId, 'home'), home);
  homes[userId] = view.id;
  return saved(core, view);
}

/** Closes a modal and everything on top of it, or (with `all`) the whole stack. */
export function closeModal(core: Core, view: View, all: boolean): void {
  const stack = core.workspace.stacks[view.userId] ?? [];
  const from = all ? 0 : stack.indexOf(view.id);
  if (from < 0) return;
  for (const id of stack.slice(from)) delete core.workspace.views[id];
  core.workspace.stacks[view.userId] = stack.slice(0, from);
  core.store.changed();
}

/** The modal a person sees, or null. */
export function topModal(core: Core, userId: string): View | null {
  const top = core.workspace.stacks[userId]?.at(-1);
  return top === undefined ? null : (core.workspace.views[top] ?? null);
}

/** A view the way the Web API and the interaction payloads show it to the app. */
export function viewForApp(core: Core, view: View): Record<string, unknown> {
  const { app, team } = core.workspace;
  const shared = {
    id: view.id,
    team_id: team.id,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.privateMetadata,
    callback_id: view.callbackId,
    state: { values: view.values },
    hash: view.hash,
    external_id: view.externalId,
    app_id: app.id,
    bot_id: app.botId,
    app_installed_team_id: team.id,
    root_view_id: view.rootViewId,
    previous_view_id: view.previousViewId,
    clear_on_close: view.clearOnClose,
    notify_on_close: view.notifyOnClose,
    close: view.close,
    submit: view.submit,
  };
  return view.type === 'home'
    ? shared
    : { ...shared, title: view.title, submit_disabled: view.submitDisabled };
}

function blank(core: Core, userId: string, type: View['type']): View {
  const id = nextId(core.workspace, 'V');
  return {
    id,
    type,
    userId,
    hash: '',
    blocks: [],
    values: {},
    title: null,
    submit: null,
    close: null,
    privateMetadata: '',
    callbackId: '',
    externalId: '',
    clearOnClose: false,
    notifyOnClose: false,
    submitDisabled: false,
    rootViewId: id,
    previousViewId: null,
    errors: {},
  };
}

function fill(core: Core, view: View, content: CheckedModal | CheckedHome): View {
  view.values = carriedValues(content.blocks, view.blocks, view.values);
  view.blocks = content.blocks;
  view.privateMetadata = content.private_metadata ?? '';
  view.callbackId = content.callback_id ?? '';
  view.externalId = content.external_id ?? '';
  view.errors = {};
  if (content.type === 'modal') {
    view.title = content.title;
    view.submit = content.submit ?? null;
    view.close = content.close ?? null;
    view.clearOnClose = content.clear_on_close ?? false;
    view.notifyOnClose = content.notify_on_close ?? false;
    view.submitDisabled = content.submit_disabled ?? false;
  }
  core.workspace.nextNumber += 1;
  view.hash = `${Math.floor(core.now() / 1_000)}.${core.workspace.nextNumber}`;
  return view;
}

function saved(core: Core, view: View): View {
  core.workspace.views[view.id] = view;
  core.store.changed();
  return view;
}

function refuseKnownExternalId(core: Core, externalId: string | undefined, own: string | null): void {
  if (externalId === undefined || externalId === '') return;
  const taken = Object.values(core.workspace.views).some(
    (view) => view.externalId === externalId && view.id !== own,
  );
  if (taken) throw new SlackError('duplicate_external_id');
}
