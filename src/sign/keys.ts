import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { ed25519 } from '@noble/curves/ed25519.js';
import { fromBase64 } from '../workflows/envelope.ts';
import { createSigner, type Signer } from './envelope.ts';

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

/** Made whole beside it and linked into place: of two first starts at once, one wins and both read the same key. */
function createKeyFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const handle = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(handle, `${randomBytes(32).toString('base64')}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    linkSync(temporary, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    unlinkSync(temporary);
  }
}

/** The signer whose key lies in `file`; a first start makes one that only its owner may read (0600). */
export function signerFromFile(file: string): Signer {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw new SigningKeyError(`${file} cannot be read: ${messageOf(error)}`);
    createKeyFile(file);
    text = readFileSync(file, 'utf8');
  }
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new SigningKeyError(
      `${file} can be read by others: run \`chmod 600 ${file}\`, and replace the key if they may have.`,
    );
  }
  return signerOf(text, file);
}

const isCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
