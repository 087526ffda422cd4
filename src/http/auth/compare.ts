import { createHash, timingSafeEqual } from 'node:crypto';

/** Digests have one length whatever was sent, so a comparison tells nothing about either. */
export const digestOf = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

export const sameDigest = (a: Buffer, b: Buffer): boolean => timingSafeEqual(a, b);

/** The entry whose digest is that of `given`; every entry is compared, found or not. */
export function findByDigest<T extends { digest: Buffer }>(entries: readonly T[], given: string): T | null {
  const digest = digestOf(given);
  let found: T | null = null;
  for (const entry of entries) if (sameDigest(entry.digest, digest)) found = entry;
  return found;
}

/** The token of an `Authorization: Bearer …` header; null for any other. */
export const bearerOf = (header: string | undefined): string | null =>
  /^Bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? null;
