import { z } from 'zod';
import { SlackError, findMessage, findUser, openDm } from '../core.ts';
import type { Core } from '../core.ts';
import { messageForApp } from '../workspace/messages.ts';
import type { Channel, Message } from '../workspace/model.ts';
import { nextId } from '../workspace/numbers.ts';
import { count, flag, page, parseArgs, text } from './args.ts';
import type { Args } from './args.ts';
import { channelFor, memberChannel } from './chat.ts';

type Answer = Record<string, unknown>;

const paging = { cursor: z.string().optional(), limit: count(100, 1_000) };
const One = z.looseObject({ channel: text });
const History = z.looseObject({
  channel: text,
  ...paging,
  oldest: z.string().default('0'),
  latest: z.string().optional(),
  inclusive: flag,
});

export function list(core: Core, args: Args): Answer {
  const schema = z.looseObject({
    ...paging,
    types: z.string().default('public_channel'),
    exclude_archived: flag,
  });
  const call = parseArgs(schema, args);
  const kinds = new Set(call.types.split(',').map((type) => type.trim()));
  const shown = core.workspace.channels.filter((channel) => {
    if (call.exclude_archived && channel.archived) return false;
    return kinds.has(typeOf(channel)) && (channel.kind === 'public' || isMember(core, channel));
  });
  const { items, cursor } = page(shown, call.limit, call.cursor);
  return {
    channels: items.map((one) => channelForApp(core, one)),
    response_metadata: { next_cursor: cursor },
  };
}

export function info(core: Core, args: Args): Answer {
  return { channel: channelForApp(core, channelFor(core, parseArgs(One, args).channel)) };
}

export function members(core: Core, args: Args): Answer {
  const call = parseArgs(z.looseObject({ channel: text, ...paging }), args);
  const channel = channelFor(core, call.channel);
  const { items, cursor } = page(channel.members, call.limit, call.cursor);
  return { members: items, response_metadata: { next_cursor: cursor } };
}

export function open(core: Core, args: Args): Answer {
  const call = parseArgs(z.looseObject({ users: text }), args);
  if (call.users.includes(',')) throw new SlackError('invalid_arguments', ['[ERROR] one person at a time']);
  const user = findUser(core, call.users);
  if (user === undefined) throw new SlackError('user_not_found');
  if (user.isBot) throw new SlackError('cannot_dm_bot');
  if (user.deleted) throw new SlackError('user_disabled');
  return { channel: { id: openDm(core, user.id).id } };
}

export function create(core: Core, args: Args): Answer {
  const call = parseArgs(z.looseObject({ name: z.string(), is_private: flag }), args);
  if (call.name === '') throw new SlackError('invalid_name_required');
  if (call.name.length > 80) throw new SlackError('invalid_name_maxlength');
  if (!/^[a-z0-9_-]+$/.test(call.name)) throw new SlackError('invalid_name_specials');
  if (core.workspace.channels.some((channel) => channel.name === call.name))
    throw new SlackError('name_taken');
  const channel: Channel = {
    id: nextId(core.workspace, 'C'),
    name: call.name,
    kind: call.is_private ? 'private' : 'public',
    topic: '',
    members: [core.workspace.app.botUserId],
    archived: false,
    creatorId: core.workspace.app.botUserId,
    createdAtMs: core.now(),
  };
  core.workspace.channels.push(channel);
  core.store.changed();
  return { channel: channelForApp(core, channel) };
}

export function invite(core: Core, args: Args): Answer {
  const call = parseArgs(One.extend({ users: text }), args);
  const channel = memberChannel(core, call.channel);
  if (channel.archived) throw new SlackError('is_archived');
  const users = call.users.split(',').map((one) => one.trim());
  for (const id of users) {
    const user = findUser(core, id);
    if (user === undefined || user.deleted) throw new SlackError('user_not_found');
    if (channel.members.includes(id)) throw new SlackError('already_in_channel');
  }
  channel.members.push(...users);
  core.store.changed();
  return { channel: channelForApp(core, channel) };
}

export function join(core: Core, args: Args): Answer {
  const channel = channelFor(core, parseArgs(One, args).channel);
  if (channel.kind !== 'public') throw new SlackError('method_not_supported_for_channel_type');
  if (channel.archived) throw new SlackError('is_archived');
  if (!isMember(core, channel)) channel.members.push(core.workspace.app.botUserId);
  core.store.changed();
  return { channel: channelForApp(core, channel) };
}

export function history(core: Core, args: Args): Answer {
  const call = parseArgs(History, args);
  const channel = memberChannel(core, call.channel);
  const shown = within(core, channel, call).filter((one) => one.threadTs === null || one.broadcast);
  const { items, cursor } = page(shown.toReversed(), call.limit, call.cursor);
  return pageOf(core, items, cursor);
}

export function replies(core: Core, args: Args): Answer {
  const call = parseArgs(History.extend({ ts: text }), args);
  const channel = memberChannel(core, call.channel);
  const asked = findMessage(core, channel.id, call.ts);
  if (asked === undefined || asked.ephemeralFor !== null) throw new SlackError('thread_not_found');
  const first = asked.threadTs ?? asked.ts;
  const shown = within(core, channel, call).filter((one) => one.ts === first || one.threadTs === first);
  const { items, cursor } = page(shown, call.limit, call.cursor);
  return pageOf(core, items, cursor);
}

function pageOf(core: Core, items: Message[], cursor: string): Answer {
  return {
    messages: items.map((message) => messageForApp(core, message)),
    has_more: cursor !== '',
    response_metadata: { next_cursor: cursor },
  };
}

/** The messages of a channel between two times, oldest first; ephemeral ones are in nobody's history. */
function within(core: Core, channel: Channel, range: z.infer<typeof History>): Message[] {
  const oldest = Number(range.oldest);
  const latest = range.latest === undefined ? Infinity : Number(range.latest);
  return core.workspace.messages.filter((message) => {
    if (message.channel !== channel.id || message.ephemeralFor !== null) return false;
    const ts = Number(message.ts);
    return range.inclusive ? ts >= oldest && ts <= latest : ts > oldest && ts < latest;
  });
}

function isMember(core: Core, channel: Channel): boolean {
  return channel.members.includes(core.workspace.app.botUserId);
}

function typeOf(channel: Channel): string {
  if (channel.kind === 'dm') return 'im';
  return channel.kind === 'private' ? 'private_channel' : 'public_channel';
}

function channelForApp(core: Core, channel: Channel): Answer {
  const dm = channel.kind === 'dm';
  return {
    id: channel.id,
    ...(dm ? { user: channel.members[0] } : { name: channel.name, name_normalized: channel.name }),
    is_channel: channel.kind === 'public',
    is_group: false,
    is_im: dm,
    is_private: channel.kind === 'private',
    is_archived: channel.archived,
    is_member: isMember(core, channel),
    creator: channel.creatorId ?? '',
    created: Math.floor(channel.createdAtMs / 1_000),
    context_team_id: core.workspace.team.id,
    topic: { value: channel.topic, creator: '', last_set: 0 },
    num_members: channel.members.length,
  };
}
