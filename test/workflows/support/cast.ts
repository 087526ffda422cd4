import { createHash } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import type { Actor } from '../../../src/domain/incident/actor.ts';
import type { Prose } from '../../../src/domain/incident/prose.ts';
import { createSigner, type Signer } from '../../../src/sign/envelope.ts';

export const proseOf = (text: string): Prose => ({
  text,
  sha256: createHash('sha256').update(text).digest('hex'),
});
export const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

export const person = (id: string): Actor => ({
  kind: 'person',
  id,
  roles: ['responder', 'approver'],
  via: 'api',
  verifiedBy: 'token',
  proof: null,
});
export const source: Actor = { kind: 'source', id: 'source:test' };

export const newSigner = (keyId = 'test'): Signer => createSigner(ed25519.utils.randomSecretKey(), keyId);
