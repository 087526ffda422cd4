import { z } from 'zod';
import { SlackError, findMessage } from '../core.ts';
import type { Core } from '../core.ts';
import { post } from '../workspace/messages.ts';
import type { StoredFile } from '../workspace/model.ts';
import { nextId, secretToken } from '../workspace/numbers.ts';
import { jsonField, parseArgs, text } from './args.ts';
import type { Args } from './args.ts';
import { memberChannel } from './chat.ts';

type Answer = Record<string, unknown>;

/** The stand-in keeps files in its state file; what Holdpoint uploads are lists, not films. */
const MAX_FILE_BYTES = 5_000_000;

export function getUploadUrl(core: Core, args: Args): Answer {
  const call = parseArgs(z.looseObject({ filename: text, length: z.coerce.number().int().min(1) }), args);
  if (call.length > MAX_FILE_BYTES) throw new SlackError('file_upload_size_restricted');
  const file: StoredFile = {
    id: nextId(core.workspace, 'F'),
    name: call.filename,
    title: call.filename,
    lengthBytes: call.length,
    content: null,
    uploadToken: secretToken(),
    completed: false,
    userId: core.workspace.app.botUserId,
    channels: [],
    createdAtMs: core.now(),
  };
  core.workspace.files[file.id] = file;
  core.store.changed();
  return { upload_url: `${core.url()}/upload/v1/${file.uploadToken}`, file_id: file.id };
}

/** Takes the bytes of a file; false when the address is unknown, used, or the length is not the announced one. */
export function receiveUpload(core: Core, token: string, bytes: Buffer): boolean {
  const file = Object.values(core.workspace.files).find((one) => one.uploadToken === token);
  if (file === undefined || file.content !== null || bytes.length !== file.lengthBytes) return false;
  file.content = bytes.toString('base64');
  core.store.changed();
  return true;
}

export function completeUpload(core: Core, args: Args): Answer {
  const schema = z.looseObject({
    files: jsonField(z.array(z.looseObject({ id: text, title: z.string().optional() })).min(1)),
    channel_id: text.optional(),
    initial_comment: z.string().optional(),
    thread_ts: text.optional(),
  });
  const call = parseArgs(schema, args);
  const files = call.files.map(({ id, title }) => {
    const file = core.workspace.files[id];
    if (file === undefined || file.content === null) throw new SlackError('file_not_found');
    if (file.completed) throw new SlackError('file_update_failed');
    return { file, title: title ?? file.name };
  });
  const channel = call.channel_id === undefined ? null : memberChannel(core, call.channel_id);
  for (const { file, title } of files) {
    file.completed = true;
    file.title = title;
    if (channel !== null) file.channels.push(channel.id);
  }
  if (channel !== null) {
    post(core, channel, {
      user: core.workspace.app.botUserId,
      text: call.initial_comment ?? '',
      blocks: [],
      threadTs: call.thread_ts ?? null,
      files: files.map(({ file }) => file.id),
    });
  }
  core.store.changed();
  return { files: files.map(({ file }) => ({ id: file.id, title: file.title })) };
}

export function addPin(core: Core, args: Args): Answer {
  const call = parseArgs(z.looseObject({ channel: text, timestamp: text }), args);
  const channel = memberChannel(core, call.channel);
  const message = findMessage(core, channel.id, call.timestamp);
  if (message === undefined || message.ephemeralFor !== null) throw new SlackError('message_not_found');
  if (message.pinned) throw new SlackError('already_pinned');
  message.pinned = true;
  core.store.changed();
  return {};
}

export function addReaction(core: Core, args: Args): Answer {
  const call = parseArgs(z.looseObject({ channel: text, timestamp: text, name: text }), args);
  if (!/^[a-z0-9_+'-]+$/.test(call.name)) throw new SlackError('invalid_name');
  const channel = memberChannel(core, call.channel);
  const message = findMessage(core, channel.id, call.timestamp);
  if (message === undefined || message.ephemeralFor !== null) throw new SlackError('message_not_found');
  const { botUserId } = core.workspace.app;
  const known = message.reactions.find((reaction) => reaction.name === call.name);
  if (known?.users.includes(botUserId) === true) throw new SlackError('already_reacted');
  if (known === undefined) message.reactions.push({ name: call.name, users: [botUserId] });
  else known.users.push(botUserId);
  core.store.changed();
  return {};
}
