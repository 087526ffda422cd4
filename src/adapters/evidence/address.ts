import { createHash } from 'node:crypto';
import { EvidenceAltered } from './port.ts';

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const uriOf = (sha256: string): string => `sha256:${sha256}`;

/** The digest that an address names. Nothing else is an address, so no address leads out of the store. */
export const digestOf = (uri: string): string => {
  const sha256 = /^sha256:([0-9a-f]{64})$/.exec(uri)?.[1];
  if (sha256 === undefined)
    throw new EvidenceAltered(
      `"${uri.slice(0, 100)}" is no address of evidence: sha256: and 64 lower-case hex digits`,
    );
  return sha256;
};

/** Where a file lies in the store: `sha256/ab/cdef…`. */
export const placeOf = (sha256: string): string => `sha256/${sha256.slice(0, 2)}/${sha256.slice(2)}`;

/** A name as a path: readable where its characters are harmless, told apart by a digest. */
export const placeOfName = (name: readonly string[]): string =>
  [
    'names',
    ...name.map((part) => `${slug(part)}-${sha256Of(new TextEncoder().encode(part)).slice(0, 24)}`),
  ].join('/');

const slug = (part: string): string => part.replaceAll(/[^A-Za-z0-9_-]+/g, '_').slice(0, 80);
