import { signatureOf } from '../containment/webhook.ts';
import type { Resolve } from '../tools/address-guard.ts';
import { postPage } from './post.ts';
import type { Pager } from './port.ts';

export interface PagerWebhookOptions {
  url: string;
  /** Shared with the receiver: what signs each call. */
  secret: string;
  timeoutMs?: number;
  nowMs?: () => number;
  resolve?: Resolve;
}

/** Pages by a signed call: `{to, text, key}`, with the key in `Idempotency-Key`. */
export const createPagerWebhook = ({
  url,
  secret,
  timeoutMs = 10_000,
  nowMs = Date.now,
  resolve,
}: PagerWebhookOptions): Pager => ({
  name: 'webhook',
  page: ({ to, text, key }) => {
    const body = JSON.stringify({ to, text, key });
    const timestamp = String(Math.floor(nowMs() / 1000));
    const headers = {
      'idempotency-key': key,
      'x-holdpoint-timestamp': timestamp,
      'x-holdpoint-signature': signatureOf(secret, timestamp, body),
    };
    return postPage({ name: 'webhook', url, headers, body, timeoutMs, resolve });
  },
});
