import type { Block } from '../block-kit/blocks.ts';
import type { Element } from '../block-kit/elements.ts';
import { optionsOf } from '../block-kit/validate.ts';
import { findChannel, findUser } from '../core.ts';
import type { Core } from '../core.ts';
import type { Channel, Entered, Message, Toast, Values, View } from '../workspace/model.ts';
import { topModal } from '../workspace/views.ts';
import { blocksOf, draftOf } from './drafts.ts';
import { allElements, entered } from './fields.ts';
import type { PersonInput } from './fields.ts';

/**
 * What Slack shows one person, and nothing more: no values behind buttons, no `private_metadata`, no channel
 * they are not in, nobody else's ephemeral messages. Options are named by their place (`option:3`).
 */
type SeenValues = Record<string, Record<string, PersonInput>>;

export interface SeenChannel {
  id: string;
  name: string;
  kind: Channel['kind'];
  topic: string;
  archived: boolean;
}

export interface SeenMessage {
  channel: string;
  ts: string;
  author: { id: string; name: string; isApp: boolean };
  text: string;
  blocks: Block[];
  attachments: { color: string | null; blocks: Block[] }[];
  /** block_id → action_id → what this person has picked. */
  values: SeenValues;
  threadTs: string | null;
  replyCount: number;
  edited: boolean;
  onlyVisibleToYou: boolean;
  files: { id: string; title: string; name: string; lengthBytes: number; path: string }[];
  reactions: { name: string; count: number }[];
  pinned: boolean;
}

export interface SeenView {
  id: string;
  type: View['type'];
  hash: string;
  title: string;
  submit: string | null;
  close: string;
  submitDisabled: boolean;
  blocks: Block[];
  values: SeenValues;
  errors: Record<string, string>;
  /** How many modals lie below. */
  below: number;
}

export function seenChannels(core: Core, userId: string): SeenChannel[] {
  return core.workspace.channels
    .filter((channel) => channel.members.includes(userId))
    .map(({ id, name, kind, topic, archived }) => ({
      id,
      name: kind === 'dm' ? core.workspace.app.name : name,
      kind,
      topic,
      archived,
    }));
}

/** A channel's messages oldest first, or with `threadTs` those of one thread, its first message included. */
export function seenMessages(
  core: Core,
  userId: string,
  channelId: string,
  threadTs: string | null,
): SeenMessage[] {
  if (findChannel(core, channelId)?.members.includes(userId) !== true) return [];
  const visible = core.workspace.messages.filter(
    (message) => message.channel === channelId && isFor(message, userId),
  );
  const replies = new Map<string, number>();
  for (const { threadTs: parent } of visible) {
    if (parent !== null) replies.set(parent, (replies.get(parent) ?? 0) + 1);
  }
  return visible
    .filter((message) =>
      threadTs === null
        ? message.threadTs === null || message.broadcast
        : message.ts === threadTs || message.threadTs === threadTs,
    )
    .map((message) => seenMessage(core, message, userId, replies.get(message.ts) ?? 0));
}

/** The id of the last message a person can see in a channel, replies included; empty when there is none. */
export function latestTs(core: Core, userId: string, channelId: string): string {
  const last = core.workspace.messages.findLast(
    (message) => message.channel === channelId && message.user !== userId && isFor(message, userId),
  );
  return last?.ts ?? '';
}

export function seenModal(core: Core, userId: string): SeenView | null {
  const view = topModal(core, userId);
  return view === null ? null : seenView(core, view);
}

export function seenHome(core: Core, userId: string): SeenView | null {
  const view = core.workspace.views[core.workspace.homes[userId] ?? ''];
  return view === undefined ? null : seenView(core, view);
}

export function seenToasts(core: Core, userId: string): Pick<Toast, 'id' | 'text' | 'atMs'>[] {
  return core.workspace.toasts
    .filter((toast) => toast.userId === userId)
    .map(({ id, text, atMs }) => ({ id, text, atMs }));
}

/** The bytes of a file shared in a channel the person is in; null when they may not see it. */
export function seenFile(core: Core, userId: string, fileId: string): { name: string; bytes: Buffer } | null {
  const file = core.workspace.files[fileId];
  if (file === undefined || file.content === null) return null;
  const visible = file.channels.some((id) => findChannel(core, id)?.members.includes(userId));
  return visible ? { name: file.name, bytes: Buffer.from(file.content, 'base64') } : null;
}

function isFor(message: Message, userId: string): boolean {
  return message.ephemeralFor === null || message.ephemeralFor === userId;
}

function seenMessage(core: Core, message: Message, userId: string, replyCount: number): SeenMessage {
  const { app } = core.workspace;
  const author = findUser(core, message.user);
  return {
    channel: message.channel,
    ts: message.ts,
    author: {
      id: message.user,
      name: author?.realName ?? message.user,
      isApp: message.user === app.botUserId,
    },
    text: message.text,
    blocks: seenBlocks(message.blocks),
    attachments: message.attachments.map((one) => ({
      color: one.color ?? null,
      blocks: seenBlocks(one.blocks),
    })),
    values: seenValues(blocksOf(message), draftOf(core, userId, message)),
    threadTs: message.threadTs,
    replyCount,
    edited: message.editedTs !== null,
    onlyVisibleToYou: message.ephemeralFor !== null,
    files: message.files.flatMap((id) => {
      const file = core.workspace.files[id];
      if (file === undefined) return [];
      const { title, name, lengthBytes } = file;
      return [{ id, title, name, lengthBytes, path: `/stand-in/people/${userId}/files/${id}` }];
    }),
    reactions: message.reactions.map(({ name, users }) => ({ name, count: users.length })),
    pinned: message.pinned,
  };
}

function seenView(core: Core, view: View): SeenView {
  return {
    id: view.id,
    type: view.type,
    hash: view.hash,
    title: view.title?.text ?? '',
    submit: view.submit?.text ?? null,
    close: view.close?.text ?? 'Cancel',
    submitDisabled: view.submitDisabled,
    blocks: seenBlocks(view.blocks),
    values: seenValues(view.blocks, view.values),
    errors: view.errors,
    below: (core.workspace.stacks[view.userId] ?? []).indexOf(view.id),
  };
}

function seenValues(blocks: Block[], values: Values): SeenValues {
  const seen: SeenValues = {};
  for (const { element, blockId, actionId } of allElements(blocks)) {
    const entry = values[blockId]?.[actionId];
    if (entry !== undefined) seen[blockId] = { ...seen[blockId], [actionId]: seenEntry(element, entry) };
  }
  return seen;
}

/** An entry as a person would say it: text, date, people, or options by their place. */
function seenEntry(element: Element, entry: Entered): PersonInput {
  const value = entered(entry);
  const values = optionsOf(element).map((option) => option.value);
  const name = (option: unknown): string => {
    if (typeof option === 'string') return option;
    const known = typeof option === 'object' && option !== null && 'value' in option ? option.value : null;
    return `option:${values.findIndex((one) => one === known)}`;
  };
  if (value === null) return null;
  return Array.isArray(value) ? value.map(name) : name(value);
}

/** Blocks without what only the app knows. */
function seenBlocks(blocks: Block[]): Block[] {
  return blocks.map((block) => {
    const copy = structuredClone(block);
    for (const { element } of allElements([copy])) {
      if (element.type === 'button') delete element.value;
      if ('initial_option' in element) delete element.initial_option;
      if ('initial_options' in element) delete element.initial_options;
      for (const [place, option] of optionsOf(element).entries()) option.value = `option:${place}`;
    }
    return copy;
  });
}
