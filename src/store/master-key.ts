import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** Wraps the keys of incidents, so that who has the database alone has none of them. */
export interface MasterKey {
  /** Names the key, tells nothing of it. */
  id: string;
  wrap(key: Uint8Array, name: string): Buffer;
  /** Throws `WrongMasterKey`. */
  unwrap(wrapped: Uint8Array, name: string): Buffer;
}

/** A key was wrapped by another master key, or by one where none is given. The message names both, by their ids. */
export class WrongMasterKey extends Error {
  override readonly name = 'WrongMasterKey';
}

/** A wrapped key: these bytes, the master key's id (12), nonce, tag, and the key under AES-256-GCM, its name as additional data. */
const MAGIC = Buffer.from('HPKEY1');
const SECRET_BYTES = 32;
const ID_CHARS = 12;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export const isWrapped = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes).subarray(0, MAGIC.length).equals(MAGIC);

const wrongKey = (name: string, wrapped: Uint8Array, has: string | null): WrongMasterKey => {
  const needs = Buffer.from(wrapped).toString('latin1', MAGIC.length, MAGIC.length + ID_CHARS);
  return new WrongMasterKey(
    `the key of incident ${name} was wrapped by the master key ${needs}, and ${has === null ? 'none is given' : `${has} is given`}: set HOLDPOINT_MASTER_KEY to that one`,
  );
};

/** `secret`: 32 bytes. */
export function createMasterKey(secret: Uint8Array): MasterKey {
  if (secret.length !== SECRET_BYTES)
    throw new TypeError(`a master key is ${SECRET_BYTES} random bytes in base64, not ${secret.length}`);
  const id = createHash('sha256')
    .update('holdpoint/master-key/1')
    .update(secret)
    .digest('hex')
    .slice(0, ID_CHARS);
  const bound = (name: string): Buffer => Buffer.concat([MAGIC, Buffer.from(`${id}\n${name}`)]);
  return {
    id,
    wrap: (key, name) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', secret, nonce);
      cipher.setAAD(bound(name));
      const body = Buffer.concat([cipher.update(key), cipher.final()]);
      return Buffer.concat([MAGIC, Buffer.from(id), nonce, cipher.getAuthTag(), body]);
    },
    unwrap: (wrapped, name) => {
      const bytes = Buffer.from(wrapped);
      if (!isWrapped(bytes)) throw new TypeError(`the key of incident ${name} is not a wrapped one`);
      if (bytes.toString('latin1', MAGIC.length, MAGIC.length + ID_CHARS) !== id)
        throw wrongKey(name, wrapped, id);
      const rest = bytes.subarray(MAGIC.length + ID_CHARS);
      const decipher = createDecipheriv('aes-256-gcm', secret, rest.subarray(0, NONCE_BYTES));
      decipher.setAAD(bound(name));
      decipher.setAuthTag(rest.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(rest.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    },
  };
}

/** A key as it is kept: wrapped where there is a master key, else in the clear. */
export const kept = (master: MasterKey | null, key: Uint8Array, name: string): Buffer =>
  master ? master.wrap(key, name) : Buffer.from(key);

/** The key of what is kept, in either form. Throws `WrongMasterKey`. */
export const opened = (master: MasterKey | null, bytes: Uint8Array, name: string): Uint8Array => {
  if (!isWrapped(bytes)) return bytes;
  if (!master) throw wrongKey(name, bytes, null);
  return master.unwrap(bytes, name);
};
