import { z } from 'zod';
import { contentOf } from '../api/chat.ts';
import { SlackError, findChannel, findMessage } from '../core.ts';
import type { Core } from '../core.ts';
import { post, remove } from '../workspace/messages.ts';
import type { ResponseUrl } from '../workspace/model.ts';
import { nextTs } from '../workspace/numbers.ts';

/** A response_url may be used five times within thirty minutes. */
const MAX_USES = 5;
export const RESPONSE_URL_LIFE_MS = 30 * 60_000;

const Body = z.looseObject({
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  attachments: z.array(z.looseObject({ blocks: z.unknown() })).optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).default('ephemeral'),
  replace_original: z.boolean().default(false),
  delete_original: z.boolean().default(false),
  thread_ts: z.string().optional(),
});

/** Takes what an app posts to a response_url; the answer is Slack's HTTP status and body. */
export function respond(core: Core, token: string, body: unknown): { status: 200 | 400 | 404; text: string } {
  const known = core.workspace.responseUrls[token];
  if (known === undefined) return { status: 404, text: 'no_service' };
  if (core.now() - known.issuedAtMs > RESPONSE_URL_LIFE_MS) return { status: 404, text: 'expired_url' };
  if (known.uses >= MAX_USES) return { status: 404, text: 'used_url' };
  const parsed = Body.safeParse(body);
  if (!parsed.success) return { status: 400, text: 'invalid_payload' };
  try {
    show(core, known, parsed.data);
    known.uses += 1;
    core.store.changed();
    return { status: 200, text: 'ok' };
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return { status: error.message === 'message_not_found' ? 404 : 400, text: error.message };
  }
}

function show(core: Core, about: ResponseUrl, body: z.infer<typeof Body>): void {
  const channel = findChannel(core, about.channel);
  if (channel === undefined) throw new SlackError('channel_not_found');
  if (channel.archived) throw new SlackError('is_archived');
  const original = about.ts === null ? undefined : findMessage(core, about.channel, about.ts);
  if (body.delete_original) {
    if (original === undefined) throw new SlackError('message_not_found');
    return remove(core, original);
  }
  const content = contentOf(body);
  if (body.replace_original && about.ts !== null) {
    if (original === undefined) throw new SlackError('message_not_found');
    Object.assign(original, content, { editedTs: nextTs(core.workspace, core.now()) });
    return core.store.changed();
  }
  post(core, channel, {
    ...content,
    user: core.workspace.app.botUserId,
    threadTs: body.thread_ts ?? about.threadTs,
    ephemeralFor: body.response_type === 'in_channel' ? null : about.userId,
  });
}
