import { digestOf, placeOf, placeOfName, sha256Of, uriOf } from './address.ts';
import { EvidenceAltered, EvidenceUnavailable, type EvidenceStore, type Verdict } from './port.ts';
import { type BucketOptions, createBucket, type ObjectLock } from './s3/bucket.ts';
import { createPromises } from './s3/promises.ts';

export interface S3Options extends BucketOptions {
  /** Null: the bucket's own rules alone. */
  lock?: ObjectLock | null | undefined;
  /** Refuses every write: for verifying a copy. */
  readOnly?: boolean | undefined;
}

/**
 * Evidence as objects of a bucket, under the same keys as in a folder. Needs a server that honours `If-None-Match: *`,
 * and object lock where one is configured: both are tried, and a server that only takes the header is refused.
 */
export const createS3Evidence = ({ lock = null, readOnly = false, ...options }: S3Options): EvidenceStore => {
  const bucket = createBucket(options);
  const promises = createPromises(bucket);
  const keyOf = (uri: string): string => placeOf(digestOf(uri));

  const read = async (uri: string): Promise<Uint8Array> => {
    const key = keyOf(uri);
    // Twice, so that an answer cut on its way is not called an alteration.
    for (const isLast of [false, true]) {
      const bytes = await bucket.read(key);
      if (bytes === null)
        throw new EvidenceAltered(`evidence ${uri} is missing: ${key} is not in ${bucket.where}`);
      if (uriOf(sha256Of(bytes)) === uri) return bytes;
      if (isLast) break;
    }
    throw new EvidenceAltered(`evidence ${uri} was altered: ${key} in ${bucket.where} holds other bytes`);
  };
  const verify = async (uri: string): Promise<Verdict> => {
    try {
      await read(uri);
      return { ok: true };
    } catch (error) {
      if (error instanceof EvidenceAltered) return { ok: false, problem: error.message };
      throw error;
    }
  };
  const named = async (name: readonly string[]): Promise<string | null> => {
    const bytes = await bucket.read(placeOfName(name));
    return bytes === null ? null : new TextDecoder().decode(bytes).trim();
  };
  const assertWritable = (): void => {
    if (readOnly)
      throw new EvidenceUnavailable(`the evidence in ${bucket.where} was opened for reading only`);
  };
  const create = async (key: string, bytes: Uint8Array): Promise<'created' | 'there'> => {
    if (lock) await promises.locks();
    return bucket.create(key, bytes, lock);
  };

  return {
    put: async (bytes) => {
      assertWritable();
      const sha256 = sha256Of(bytes);
      const uri = uriOf(sha256);
      const isThere = await bucket.has(keyOf(uri));
      // What is there must be what was meant, whoever put it there.
      if (isThere || (await create(keyOf(uri), bytes)) === 'there') await read(uri);
      return { sha256, uri };
    },
    get: read,
    verify,
    named,
    name: async (name, uri) => {
      assertWritable();
      digestOf(uri);
      const standing = await named(name);
      if (standing !== null) return standing;
      await promises.keepsTheFirst(lock);
      await create(placeOfName(name), new TextEncoder().encode(`${uri}\n`));
      return (await named(name)) ?? uri;
    },
  };
};
