import { ErrorCode, type WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { ChannelPost } from '../activities/distribute.ts';

const SlackFailure = z.object({
  code: z.string().optional(),
  message: z.string(),
  data: z.object({ error: z.string().optional() }).optional(),
});

/** Posts a postmortem to a channel. Only an answer by Slack that it refused is sure; a lost one is uncertain. */
export function createChannelPost(client: WebClient): ChannelPost {
  return async ({ channel, text, key }) => {
    try {
      const metadata = { event_type: 'holdpoint_postmortem', event_payload: { key } };
      const answer = await client.chat.postMessage({ channel, text, metadata, unfurl_links: false });
      return { status: 'sent', words: 'ok', id: answer.ts ? `${channel}:${answer.ts}` : null };
    } catch (error) {
      const failure = SlackFailure.safeParse(error);
      const words = failure.success ? (failure.data.data?.error ?? failure.data.message) : String(error);
      const code = failure.success ? failure.data.code : undefined;
      if (code === ErrorCode.RateLimitedError) return { status: 'not_sent', words, id: null };
      return { status: code === ErrorCode.PlatformError ? 'refused' : 'uncertain', words, id: null };
    }
  };
}
