import { createPrivateKey, sign } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import type { Command } from '../domain/incident/command.ts';
import { envelopeBytes } from '../workflows/envelope.ts';
import type { SignedCommand } from '../workflows/messages.ts';

export { verifyEnvelope } from '../workflows/envelope.ts';

export interface Signer {
  keyId: string;
  /** Ed25519 public key, base64: what workflows are started with. */
  publicKey: string;
  sign(incidentId: string, command: Command): SignedCommand;
  /** Ed25519 over any bytes: heads of the audit chain. The caller's bytes name their purpose. */
  signBytes(message: Uint8Array): Uint8Array;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Signs commands for incidents. `privateKey`: the 32-byte Ed25519 seed. */
export function createSigner(privateKey: Uint8Array, keyId: string): Signer {
  if (privateKey.length !== 32) throw new TypeError(`a signing key has 32 bytes, not ${privateKey.length}`);
  const publicKey = base64(ed25519.getPublicKey(privateKey));
  // The platform's own signer: many times as fast as JavaScript, which the sandbox of the workflows needs.
  const der = Buffer.concat([ED25519_PKCS8, privateKey]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const signBytes = (message: Uint8Array): Uint8Array => sign(null, message, key);
  return {
    keyId,
    publicKey,
    signBytes,
    sign: (incidentId, command) => {
      const bytes = envelopeBytes({ incidentId, keyId, command });
      return { incidentId, keyId, command, signature: base64(signBytes(bytes)) };
    },
  };
}

/** What stands before the 32 bytes of an Ed25519 seed in its PKCS #8 (RFC 8410). */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
