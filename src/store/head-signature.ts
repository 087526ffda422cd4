import { ed25519 } from '@noble/curves/ed25519.js';
import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { canonical } from '../domain/canonical.ts';

/** Either the key, `privateKey` being the 32 bytes of an Ed25519 seed (bytes, base64 or hex), or who signs with it. */
export type HeadSigning =
  | { keyId: string; privateKey: Uint8Array | string }
  | { keyId: string; signBytes: (message: Uint8Array) => Uint8Array };

/** A head of the chain, signed: it proves the records up to `seq` to whoever has the public key. */
export interface SignedHead {
  incidentId: string;
  seq: number;
  head: string;
  signedAtMs: number;
  keyId: string;
  /** Ed25519, base64, over the canonical JSON of the fields above. */
  signature: string;
}

const messageOf = ({ incidentId, seq, head, signedAtMs, keyId }: Omit<SignedHead, 'signature'>): Uint8Array =>
  new TextEncoder().encode(
    canonical({ purpose: 'holdpoint/audit-head/1', incidentId, seq, head, signedAtMs, keyId }),
  );

/** An Ed25519 key as bytes, base64 (as `openssl rand -base64 32` writes it) or hex → 32 bytes. */
export const keyBytes = (key: Uint8Array | string, name: string): Uint8Array => {
  const bytes =
    typeof key === 'string' ? Buffer.from(key, /^[0-9a-fA-F]{64}$/.test(key) ? 'hex' : 'base64') : key;
  if (bytes.length !== 32)
    throw new TypeError(`${name} must be an Ed25519 key of 32 bytes: give base64 or 64 hex digits`);
  return Uint8Array.from(bytes);
};

const signerOf = (signing: HeadSigning): ((message: Uint8Array) => Uint8Array) => {
  if ('signBytes' in signing) return signing.signBytes;
  const secret = keyBytes(signing.privateKey, 'signing.privateKey');
  return (message) => ed25519.sign(message, secret);
};

export const createHeadSigner = (signing: HeadSigning) => {
  const signBytes = signerOf(signing);
  return (head: Omit<SignedHead, 'keyId' | 'signature'>): SignedHead => {
    const message = { ...head, keyId: signing.keyId };
    return { ...message, signature: Buffer.from(signBytes(messageOf(message))).toString('base64') };
  };
};

/** False for a wrong signature and for what is no signature at all. */
const keyObjects = new WeakMap<Uint8Array, KeyObject>();

/** The platform's own verifier, its key read once: many times as fast as JavaScript, for exports of a thousand incidents. */
const keyObjectOf = (publicKey: Uint8Array): KeyObject => {
  const known = keyObjects.get(publicKey);
  if (known) return known;
  const key = createPublicKey({ key: Buffer.concat([ED25519_SPKI, publicKey]), format: 'der', type: 'spki' });
  keyObjects.set(publicKey, key);
  return key;
};

export const isHeadSignedBy = (head: SignedHead, publicKey: Uint8Array): boolean => {
  const signature = Buffer.from(head.signature, 'base64');
  // Base64 is read leniently; only what was written counts.
  if (signature.toString('base64') !== head.signature) return false;
  try {
    return verify(null, messageOf(head), keyObjectOf(publicKey), signature);
  } catch {
    return false;
  }
};

/** What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410). */
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');
