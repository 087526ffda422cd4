import { ed25519 } from '@noble/curves/ed25519.js';
import { canonical } from '../domain/canonical.ts';

/** `privateKey`: the 32 bytes of an Ed25519 seed, as bytes or as 64 hex digits. */
export interface SigningKey {
  keyId: string;
  privateKey: Uint8Array | string;
}

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
    canonical({ purpose: 'holdpoint-audit-head', incidentId, seq, head, signedAtMs, keyId }),
  );

/** 64 hex digits → 32 bytes. `name` is what the error calls it. */
export const keyBytes = (key: Uint8Array | string, name: string): Uint8Array => {
  if (typeof key !== 'string' && key.length === 32) return key;
  if (typeof key === 'string' && /^[0-9a-fA-F]{64}$/.test(key)) return Uint8Array.from(Buffer.from(key, 'hex'));
  throw new TypeError(`${name} must be an Ed25519 key of 32 bytes: give 64 hex digits`);
};

export const createHeadSigner = ({ keyId, privateKey }: SigningKey) => {
  const secret = keyBytes(privateKey, 'signing.privateKey');
  return (head: Omit<SignedHead, 'keyId' | 'signature'>): SignedHead => {
    const message = { ...head, keyId };
    return { ...message, signature: Buffer.from(ed25519.sign(messageOf(message), secret)).toString('base64') };
  };
};

/** False for a wrong signature and for what is no signature at all. */
export const isHeadSignedBy = (head: SignedHead, publicKey: Uint8Array): boolean => {
  try {
    return ed25519.verify(Uint8Array.from(Buffer.from(head.signature, 'base64')), messageOf(head), publicKey);
  } catch {
    return false;
  }
};
