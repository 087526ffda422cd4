import { SlackError, findMessage } from '../core.ts';
import type { Core } from '../core.ts';
import type { Attachment, Channel, Message } from './model.ts';
import type { Block } from '../block-kit/blocks.ts';
import { nextTs } from './numbers.ts';

export interface NewMessage {
  user: string;
  text: string;
  blocks: Block[];
  attachments?: Attachment[];
  threadTs?: string | null;
  broadcast?: boolean;
  ephemeralFor?: string | null;
  files?: string[];
  metadata?: unknown;
}

/** Puts a message into a channel; a reply to a reply goes to the thread's first message. */
export function post(core: Core, channel: Channel, draft: NewMessage): Message {
  const parent = draft.threadTs == null ? undefined : findMessage(core, channel.id, draft.threadTs);
  if (draft.threadTs != null && parent === undefined && draft.ephemeralFor == null) {
    throw new SlackError('thread_not_found');
  }
  const message: Message = {
    ts: nextTs(core.workspace, core.now()),
    channel: channel.id,
    user: draft.user,
    text: draft.text,
    blocks: draft.blocks,
    attachments: draft.attachments ?? [],
    threadTs: parent?.threadTs ?? parent?.ts ?? draft.threadTs ?? null,
    broadcast: draft.broadcast ?? false,
    ephemeralFor: draft.ephemeralFor ?? null,
    editedTs: null,
    files: draft.files ?? [],
    reactions: [],
    pinned: false,
    metadata: draft.metadata ?? null,
  };
  core.workspace.messages.push(message);
  core.store.changed();
  return message;
}

/** Takes a message away; the replies of a thread go with its first message. */
export function remove(core: Core, message: Message): void {
  const { messages } = core.workspace;
  core.workspace.messages = messages.filter(
    (other) => other !== message && !(other.channel === message.channel && other.threadTs === message.ts),
  );
  core.store.changed();
}

/** A message the way the Web API and the interaction payloads show it to the app. */
export function messageForApp(core: Core, message: Message): Record<string, unknown> {
  const { app, team } = core.workspace;
  const fromApp = message.user === app.botUserId;
  const replies = core.workspace.messages.filter(
    (other) =>
      other.channel === message.channel && other.threadTs === message.ts && other.ephemeralFor === null,
  );
  return {
    type: 'message',
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: team.id,
    ...(fromApp ? { bot_id: app.botId, app_id: app.id } : {}),
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.attachments.length > 0 ? { attachments: message.attachments } : {}),
    ...(message.threadTs !== null ? { thread_ts: message.threadTs } : {}),
    ...(replies.length > 0 ? { thread_ts: message.ts, reply_count: replies.length } : {}),
    ...(message.editedTs !== null ? { edited: { user: message.user, ts: message.editedTs } } : {}),
    ...(message.files.length > 0 ? { files: message.files.map((id) => fileForApp(core, id)) } : {}),
    ...(message.pinned ? { pinned_to: [message.channel] } : {}),
    ...(message.reactions.length > 0 ? { reactions: message.reactions } : {}),
    ...(message.metadata !== null ? { metadata: message.metadata } : {}),
  };
}

function fileForApp(core: Core, id: string): Record<string, unknown> {
  const file = core.workspace.files[id];
  return { id, ...(file ? { name: file.name, title: file.title, size: file.lengthBytes } : {}) };
}
