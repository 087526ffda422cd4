import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedCall {
  /** Header `X-Holdpoint-Timestamp`: seconds since the epoch. */
  timestamp: string | undefined;
  /** Header `X-Holdpoint-Signature`: `v1=` and the HMAC-SHA256, hex, over `${timestamp}.${body}`. */
  signature: string | undefined;
  /** The raw body, empty for GET. */
  body: string;
}

const MOST_SKEW_MS = 300_000;

/** Whether a call to an agent's control endpoint comes from Holdpoint, within five minutes. */
export const isFromHoldpoint = (secret: string, call: SignedCall, nowMs = Date.now()): boolean => {
  const { timestamp, signature, body } = call;
  if (timestamp === undefined || signature === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(nowMs - Number(timestamp) * 1000) > MOST_SKEW_MS) return false;
  const wanted = Buffer.from(
    `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`,
  );
  const given = Buffer.from(signature);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
};
