import { ed25519 } from '@noble/curves/ed25519.js';
import { canonical } from '../domain/canonical.ts';
import type { SignedCommand } from './messages.ts';

/** Separates these signatures from any other that the same key might make. */
const PURPOSE = 'holdpoint/command/1';

/** The signed text: incident, key and command together, so that none of them can be exchanged. UTF-8 bytes. */
export const envelopeBytes = ({
  incidentId,
  keyId,
  command,
}: Pick<SignedCommand, 'incidentId' | 'keyId' | 'command'>): Uint8Array =>
  new TextEncoder().encode(canonical({ purpose: PURPOSE, incidentId, keyId, command }));

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes of a base64 text (RFC 4648, padded); null for anything else. The sandbox has no `Buffer` and no `atob`. */
export function fromBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const bare = text.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((bare.length * 3) / 4));
  let buffer = 0;
  let bits = 0;
  let at = 0;
  for (const letter of bare) {
    buffer = ((buffer << 6) | ALPHABET.indexOf(letter)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at] = (buffer >> bits) & 0xff;
    at += 1;
  }
  return bytes;
}

/**
 * Whether the command was signed by one of the keys (id → Ed25519 public key, base64). Synchronous pure JavaScript,
 * for the update validator; strict (RFC 8032) verification. Never throws: what it cannot read is not signed.
 */
export function verifyEnvelope(signed: SignedCommand, publicKeys: Record<string, string>): boolean {
  if (typeof signed.keyId !== 'string' || typeof signed.signature !== 'string') return false;
  if (!Object.hasOwn(publicKeys, signed.keyId)) return false;
  const publicKey = fromBase64(publicKeys[signed.keyId] ?? '');
  const signature = fromBase64(signed.signature);
  if (publicKey?.length !== 32 || signature?.length !== 64) return false;
  try {
    return ed25519.verify(signature, envelopeBytes(signed), publicKey, { zip215: false });
  } catch {
    return false;
  }
}
