import { z } from 'zod';
import { checkBlocks } from '../block-kit/validate.ts';
import type { Checked } from '../block-kit/validate.ts';
import { SlackError, findChannel, findMessage, findUser, openDm } from '../core.ts';
import type { Core } from '../core.ts';
import { messageForApp, post, remove } from '../workspace/messages.ts';
import type { Attachment, Channel, Message } from '../workspace/model.ts';
import { nextTs } from '../workspace/numbers.ts';
import { flag, jsonField, parseArgs, text } from './args.ts';
import type { Args } from './args.ts';

/** Slack cuts what is longer; the stand-in refuses it, so that nobody relies on the cut. */
const MAX_POST_CHARS = 40_000;
/** `chat.update` counts bytes, after `&`, `<` and `>` are escaped. */
const MAX_UPDATE_BYTES = 4_000;

const content = {
  text: z.string().optional(),
  blocks: jsonField(z.unknown()).optional(),
  attachments: jsonField(z.array(z.looseObject({ blocks: z.unknown() }))).optional(),
  metadata: jsonField(z.unknown()).optional(),
};
const Post = z.looseObject({
  channel: text,
  ...content,
  thread_ts: text.optional(),
  reply_broadcast: flag,
});
const Update = z.looseObject({ channel: text, ts: text, ...content });
const Ephemeral = z.looseObject({ channel: text, user: text, ...content, thread_ts: text.optional() });
const Place = z.looseObject({ channel: text, ts: text });

export function postMessage(core: Core, args: Args): Record<string, unknown> {
  const call = parseArgs(Post, args);
  const channel = writableChannel(core, call.channel);
  const draft = contentOf(call);
  if (Buffer.byteLength(draft.text) > MAX_POST_CHARS) throw new SlackError('msg_too_long');
  const message = post(core, channel, {
    ...draft,
    user: core.workspace.app.botUserId,
    threadTs: call.thread_ts ?? null,
    broadcast: call.reply_broadcast,
    metadata: call.metadata ?? null,
  });
  return { channel: channel.id, ts: message.ts, message: messageForApp(core, message) };
}

export function updateMessage(core: Core, args: Args): Record<string, unknown> {
  const call = parseArgs(Update, args);
  const channel = memberChannel(core, call.channel);
  if (channel.archived) throw new SlackError('is_inactive');
  const message = ownMessage(core, channel, call.ts, 'cant_update_message');
  if (call.text === undefined && call.blocks === undefined && call.attachments === undefined) {
    throw new SlackError('no_text');
  }
  const draft = contentOf({ ...call, text: call.text ?? message.text });
  if (escapedBytes(draft.text) > MAX_UPDATE_BYTES) throw new SlackError('msg_too_long');
  message.text = draft.text;
  if (call.blocks !== undefined) message.blocks = draft.blocks;
  if (call.attachments !== undefined) message.attachments = draft.attachments;
  if (call.metadata !== undefined) message.metadata = call.metadata;
  message.editedTs = nextTs(core.workspace, core.now());
  core.store.changed();
  return { channel: channel.id, ts: message.ts, text: message.text, message: messageForApp(core, message) };
}

export function postEphemeral(core: Core, args: Args): Record<string, unknown> {
  const call = parseArgs(Ephemeral, args);
  const channel = writableChannel(core, call.channel);
  if (findUser(core, call.user)?.deleted !== false || !channel.members.includes(call.user)) {
    throw new SlackError('user_not_in_channel');
  }
  const message = post(core, channel, {
    ...contentOf(call),
    user: core.workspace.app.botUserId,
    threadTs: call.thread_ts ?? null,
    ephemeralFor: call.user,
  });
  return { message_ts: message.ts };
}

export function deleteMessage(core: Core, args: Args): Record<string, unknown> {
  const call = parseArgs(Place, args);
  const channel = memberChannel(core, call.channel);
  const message = ownMessage(core, channel, call.ts, 'cant_delete_message');
  remove(core, message);
  return { channel: channel.id, ts: message.ts };
}

export function getPermalink(core: Core, args: Args): Record<string, unknown> {
  const call = parseArgs(z.looseObject({ channel: text, message_ts: text }), args);
  const channel = memberChannel(core, call.channel);
  if (findMessage(core, channel.id, call.message_ts) === undefined) throw new SlackError('message_not_found');
  const permalink = `${core.url()}/archives/${channel.id}/p${call.message_ts.replace('.', '')}`;
  return { channel: channel.id, permalink };
}

/** A channel by id, `#name`, or the id of a person (their conversation with the app). */
export function channelFor(core: Core, given: string): Channel {
  if (/^[UW]/.test(given)) {
    const user = findUser(core, given);
    if (user === undefined || user.deleted) throw new SlackError('channel_not_found');
    return openDm(core, user.id);
  }
  const name = given.replace(/^#/, '');
  const channel =
    findChannel(core, given) ??
    core.workspace.channels.find((one) => one.kind === 'public' && one.name === name);
  const hidden = channel?.kind === 'private' && !channel.members.includes(core.workspace.app.botUserId);
  const gone = channel?.kind === 'dm' && channel.members.some((id) => findUser(core, id)?.deleted === true);
  if (channel === undefined || hidden || gone) throw new SlackError('channel_not_found');
  return channel;
}

export function memberChannel(core: Core, given: string): Channel {
  const channel = channelFor(core, given);
  if (!channel.members.includes(core.workspace.app.botUserId)) throw new SlackError('not_in_channel');
  return channel;
}

function writableChannel(core: Core, given: string): Channel {
  const channel = channelFor(core, given);
  if (channel.archived) throw new SlackError('is_archived');
  return memberChannel(core, given);
}

function ownMessage(core: Core, channel: Channel, ts: string, refusal: string): Message {
  const message = findMessage(core, channel.id, ts);
  if (message === undefined || message.ephemeralFor !== null) throw new SlackError('message_not_found');
  if (message.user !== core.workspace.app.botUserId) throw new SlackError(refusal);
  return message;
}

interface Content {
  text?: string | undefined;
  blocks?: unknown;
  attachments?: { blocks: unknown }[] | undefined;
}

/** Text, blocks and attachments of a message that is about to be shown; a message must have one of them. */
export function contentOf(given: Content): Pick<Message, 'text' | 'blocks' | 'attachments'> {
  const blocks = given.blocks === undefined ? [] : must(checkBlocks(given.blocks, 'message', '/blocks'));
  const attachments = (given.attachments ?? []).map((attachment, index): Attachment => {
    const checked = checkBlocks(attachment.blocks, 'message', `/attachments/${index}/blocks`);
    if (!checked.ok) throw new SlackError('invalid_attachments', checked.messages);
    return {
      blocks: checked.value,
      ...('color' in attachment && typeof attachment.color === 'string' ? { color: attachment.color } : {}),
      ...('fallback' in attachment && typeof attachment.fallback === 'string'
        ? { fallback: attachment.fallback }
        : {}),
    };
  });
  const text = given.text ?? '';
  if (text.trim() === '' && blocks.length === 0 && attachments.length === 0) throw new SlackError('no_text');
  return { text, blocks, attachments };
}

/** The value of a check, or Slack's error. */
export function must<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  throw new SlackError(checked.error, checked.messages);
}

function escapedBytes(value: string): number {
  return Buffer.byteLength(value.replaceAll(/&(?!amp;|lt;|gt;)/g, '&amp;'));
}
