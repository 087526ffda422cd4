import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { type ErasablePart, EvidenceAltered, EvidenceErased, type EvidenceStore } from './port.ts';

/** Keys by name: the incident's id for its traces, `<id>/history` for its histories. Null once a key was destroyed. */
export interface EvidenceKeys {
  keyFor(name: string): Promise<Uint8Array | null>;
  keyOf(name: string): Promise<Uint8Array | null>;
}

const keyName = (incidentId: string, part: ErasablePart): string =>
  part === 'traces' ? incidentId : `${incidentId}/${part}`;

/**
 * A sealed file: these bytes, the length of its key's name (2 bytes) and the name, nonce, tag, and the content under
 * AES-256-GCM with all before it as additional data.
 */
const MAGIC = Buffer.from('HPSEAL1\n');
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const subkey = (key: Uint8Array, purpose: string): Buffer =>
  createHmac('sha256', key).update(purpose).digest();

const headOf = (name: string): Buffer => {
  const id = Buffer.from(name, 'utf8');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(id.length);
  return Buffer.concat([MAGIC, length, id]);
};

/** The nonce follows from the content, so that the same content twice is one file, as everywhere in evidence. */
const encrypt = (key: Uint8Array, name: string, content: Uint8Array): Uint8Array => {
  const head = headOf(name);
  const nonce = createHmac('sha256', subkey(key, 'nonce')).update(content).digest().subarray(0, NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', subkey(key, 'content'), nonce);
  cipher.setAAD(Buffer.concat([head, nonce]));
  const body = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([head, nonce, cipher.getAuthTag(), body]);
};

interface Sealed {
  name: string;
  head: Buffer;
  rest: Buffer;
}

const sealedIn = (bytes: Uint8Array): Sealed | null => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < MAGIC.length + 2 || !buffer.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  const end = MAGIC.length + 2 + buffer.readUInt16BE(MAGIC.length);
  return {
    name: buffer.toString('utf8', MAGIC.length + 2, end),
    head: buffer.subarray(0, end),
    rest: buffer.subarray(end),
  };
};

const decrypt = (uri: string, key: Uint8Array, { head, rest }: Sealed): Uint8Array => {
  const nonce = rest.subarray(0, NONCE_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', subkey(key, 'content'), nonce);
    decipher.setAAD(Buffer.concat([head, nonce]));
    decipher.setAuthTag(rest.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const content = rest.subarray(NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(content), decipher.final()]);
  } catch (cause) {
    throw new EvidenceAltered(`evidence ${uri} does not open with the key of its incident`, { cause });
  }
};

/**
 * Evidence of which the files that an incident asks for (`of`) are encrypted under its key. Addresses and digests are
 * those of the encrypted bytes: they can be verified without a key, and after it was destroyed. Files of before, and
 * those put without an incident, are read as they are. Without `writing` new files are left as they are, too.
 */
export const createEncryptedEvidence = (
  inner: EvidenceStore,
  keys: EvidenceKeys,
  { writing = true }: { writing?: boolean } = {},
): EvidenceStore => {
  const reading: EvidenceStore = {
    ...inner,
    get: async (uri) => {
      const bytes = await inner.get(uri);
      const sealed = sealedIn(bytes);
      if (!sealed) return bytes;
      const key = await keys.keyOf(sealed.name);
      if (key === null)
        throw new EvidenceErased(
          `evidence ${uri} was erased: the key of incident ${sealed.name} is destroyed`,
        );
      return decrypt(uri, key, sealed);
    },
  };
  if (!writing) return reading;
  const of = (incidentId: string, part: ErasablePart = 'traces'): EvidenceStore => ({
    ...reading,
    put: async (content) => {
      const name = keyName(incidentId, part);
      const key = await keys.keyFor(name);
      if (key === null)
        throw new EvidenceErased(`the evidence of incident ${name} was erased: nothing is added to it`);
      return inner.put(encrypt(key, name, content));
    },
  });
  return { ...reading, of };
};
