import { createHmac } from 'node:crypto';
import { digestOf, sameDigest } from './compare.ts';

/** Short texts that this installation has sealed and can recognise; each purpose has seals of its own. */
export interface Sealer {
  /** `<body>.<expiry, ms>.<seal>`; `bind` must be the same when it is opened, and is not in it. */
  seal(purpose: string, body: string, bind: string, expiresAtMs: number): string;
  /** The body of a text that was sealed for this purpose and has not expired; null for any other. */
  open(purpose: string, text: string, bindOf: (body: string) => string | null): string | null;
}

const SEALED = /^([A-Za-z0-9_-]{1,400})\.(\d{1,15})\.([0-9a-f]{64})$/;

/** `secret`: at least 32 bytes that every server process of the installation shares. */
export function createSealer(secret: Uint8Array, nowMs: () => number): Sealer {
  const macOf = (purpose: string, body: string, bind: string, expiry: string): string =>
    createHmac('sha256', secret)
      .update(JSON.stringify(['holdpoint/seal/1', purpose, body, bind, expiry]))
      .digest('hex');
  return {
    seal: (purpose, body, bind, expiresAtMs) => {
      const expiry = String(expiresAtMs);
      return `${Buffer.from(body).toString('base64url')}.${expiry}.${macOf(purpose, body, bind, expiry)}`;
    },
    open: (purpose, text, bindOf) => {
      const [, encoded, expiry, mac] = SEALED.exec(text) ?? [];
      if (encoded === undefined || expiry === undefined || mac === undefined) return null;
      const body = Buffer.from(encoded, 'base64url').toString('utf8');
      const bind = bindOf(body);
      const expected = macOf(purpose, body, bind ?? '', expiry);
      const isOurs = sameDigest(digestOf(expected), digestOf(mac));
      return isOurs && bind !== null && Number(expiry) > nowMs() ? body : null;
    },
  };
}
