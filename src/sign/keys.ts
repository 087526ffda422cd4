import { createHash } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { fromBase64 } from '../workflows/envelope.ts';
import { createSigner, type Signer } from './envelope.ts';
import { KeyFileError, readKeyFile } from './key-file.ts';

/** A signing key that cannot be used; the message says what to do. Never holds the key. */
export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
}

/** Key ids are derived from the public key, so that two installations never share one. */
const keyIdOf = (seed: Uint8Array): string =>
  `k-${createHash('sha256').update(ed25519.getPublicKey(seed)).digest('hex').slice(0, 12)}`;

const signerOf = (text: string, where: string): Signer => {
  const seed = fromBase64(text.trim());
  if (seed?.length !== 32) {
    throw new SigningKeyError(
      `${where}: not a signing key. Write 32 random bytes in base64, for example from \`openssl rand -base64 32\`.`,
    );
  }
  return createSigner(seed, keyIdOf(seed));
};

/** The signer of `HOLDPOINT_SIGNING_KEY`: the 32-byte Ed25519 seed in base64. */
export const signerFromText = (text: string): Signer => signerOf(text, 'HOLDPOINT_SIGNING_KEY');

/** The signer whose key lies in `file`; a first start makes one that only its owner may read (0600). */
export function signerFromFile(file: string): Signer {
  try {
    return signerOf(readKeyFile(file), file);
  } catch (error) {
    throw error instanceof KeyFileError ? new SigningKeyError(error.message) : error;
  }
}
