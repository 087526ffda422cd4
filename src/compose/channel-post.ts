import { ErrorCode, type WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { ChannelPost } from '../activities/distribute.ts';
import { escape } from '../slack/blocks/text.ts';

const SlackFailure = z.object({
  code: z.string().optional(),
  message: z.string(),
  data: z.object({ error: z.string().optional() }).optional(),
  /** Of the request that failed; `cause` is the socket's own error. */
  original: z.object({ cause: z.object({ code: z.string().optional() }).optional() }).optional(),
});

/** Errors before anything was sent. */
const NEVER_LEFT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

const EVENT_TYPE = 'holdpoint_postmortem';
const Posted = z.looseObject({
  ts: z.string(),
  metadata: z.looseObject({
    event_type: z.literal(EVENT_TYPE),
    event_payload: z.looseObject({ key: z.string() }),
  }),
});

/** The message of this key among the newest of the channel; null when it is not there or cannot be looked for. */
async function findPosted(client: WebClient, channel: string, key: string): Promise<string | null> {
  const answer = await client.conversations
    .history({ channel, include_all_metadata: true, limit: 200 })
    .catch(() => null);
  for (const raw of answer?.messages ?? []) {
    const message = Posted.safeParse(raw).data;
    if (message?.metadata.event_payload.key === key) return message.ts;
  }
  return null;
}

/**
 * Posts a postmortem to a channel. A post whose answer was lost is looked for by its key; one that is not found may
 * still come, so it is uncertain.
 */
export function createChannelPost(client: WebClient): ChannelPost {
  return async ({ channel, text, key }) => {
    try {
      const metadata = { event_type: EVENT_TYPE, event_payload: { key } };
      // A title from outside must not call everybody.
      const answer = await client.chat.postMessage({
        channel,
        text: escape(text),
        metadata,
        unfurl_links: false,
      });
      return { status: 'sent', words: 'ok', id: answer.ts ? `${channel}:${answer.ts}` : null };
    } catch (error) {
      const { code, data, message, original } = SlackFailure.safeParse(error).data ?? {
        message: String(error),
      };
      const words = data?.error ?? message;
      if (code === ErrorCode.RateLimitedError || NEVER_LEFT.has(original?.cause?.code ?? ''))
        return { status: 'not_sent', words, id: null };
      if (code === ErrorCode.PlatformError) return { status: 'refused', words, id: null };
      const ts = await findPosted(client, channel, key);
      return ts === null
        ? { status: 'uncertain', words, id: null }
        : { status: 'sent', words: 'found again', id: `${channel}:${ts}` };
    }
  };
}
