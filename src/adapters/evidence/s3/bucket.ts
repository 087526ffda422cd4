import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { sha256Of } from '../address.ts';
import { askAgain, Interrupted, refused } from './answers.ts';

export interface S3Place {
  bucket: string;
  /** Below which every key lies, without slashes at its ends; empty: the bucket itself. */
  prefix: string;
  /** Scheme and host. Null: Amazon's own of the region. */
  endpoint: string | null;
  region: string;
}

export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/** No object is replaced or removed before this time is over, by the server's own rule. */
export interface ObjectLock {
  mode: 'governance' | 'compliance';
  retainMs: number;
}

export interface BucketOptions extends S3Place {
  credentials: S3Credentials;
  /** Of one request. Default 30 s. */
  timeoutMs?: number | undefined;
  /** Tries of one request while the server is busy or the line breaks. Default 4. */
  tries?: number | undefined;
  /** Before the second try; doubled after each. Default 200 ms. */
  firstPauseMs?: number | undefined;
}

/** Objects of one bucket by key, each request signed (SigV4), tried again while that may help, and never redirected. */
export interface Bucket {
  /** Where it is, for sentences. */
  readonly where: string;
  /** Null where no object has this key. */
  read(key: string): Promise<Uint8Array | null>;
  has(key: string): Promise<boolean>;
  /** The bucket's object lock configuration, as XML; empty where it has none. */
  lockRules(): Promise<string>;
  /** `there`: an object had this key already, and this one was not written. */
  create(key: string, bytes: Uint8Array, lock: ObjectLock | null): Promise<'created' | 'there'>;
}

export const createBucket = (options: BucketOptions): Bucket => {
  const { bucket, prefix, region, timeoutMs = 30_000, tries = 4, firstPauseMs = 200 } = options;
  const { accessKeyId, secretAccessKey, sessionToken } = options.credentials;
  const session = sessionToken ? { sessionToken } : {};
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...session,
    service: 's3',
    region,
    retries: 0,
  });
  const host = (options.endpoint ?? `https://s3.${region}.amazonaws.com`).replace(/\/+$/, '');
  const where = `s3://${bucket}${prefix ? `/${prefix}` : ''} at ${host}`;
  const urlOf = (key: string): string => [host, bucket, ...(prefix ? [prefix] : []), key].join('/');

  /** One request; its body is read whole, so that a line that breaks in the middle is no answer. */
  const once = async (url: string, init: RequestInit): Promise<{ answer: Response; body: Uint8Array }> => {
    try {
      const signed = await client.sign(url, init);
      const answer = await fetch(signed, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
      return { answer, body: new Uint8Array(await answer.arrayBuffer()) };
    } catch (cause) {
      throw new Interrupted(cause);
    }
  };
  const request = (url: string, init: RequestInit, accepted: readonly number[]) =>
    askAgain({ tries, firstPauseMs, where }, async () => {
      const { answer, body } = await once(url, init);
      if (accepted.includes(answer.status)) return { answer, body };
      throw refused(where, answer.status, body);
    });

  return {
    where,
    read: async (key) => {
      const { answer, body } = await request(urlOf(key), { method: 'GET' }, [200, 404]);
      if (answer.status === 200) return body;
      if (isAbout(body, 'NoSuchBucket')) throw refused(where, 404, body);
      return null;
    },
    has: async (key) => {
      const { answer } = await request(urlOf(key), { method: 'HEAD' }, [200, 404]);
      return answer.status === 200;
    },
    lockRules: async () => {
      const { answer, body } = await request(`${host}/${bucket}?object-lock`, { method: 'GET' }, [200, 404]);
      return answer.status === 200 ? new TextDecoder().decode(body) : '';
    },
    create: async (key, bytes, lock) => {
      const init = { method: 'PUT', headers: headersOf(bytes, lock), body: Buffer.from(bytes) };
      const { answer } = await request(urlOf(key), init, [200, 412]);
      return answer.status === 200 ? 'created' : 'there';
    },
  };
};

const isAbout = (body: Uint8Array, code: string): boolean =>
  new TextDecoder().decode(body.subarray(0, 2_000)).includes(`<Code>${code}</Code>`);

/** Two digests, so that the server itself refuses an upload that was cut or changed: not all servers check the first. */
const headersOf = (bytes: Uint8Array, lock: ObjectLock | null): Record<string, string> => ({
  'content-type': 'application/octet-stream',
  'content-md5': createHash('md5').update(bytes).digest('base64'),
  'x-amz-content-sha256': sha256Of(bytes),
  'if-none-match': '*',
  ...(lock && {
    'x-amz-object-lock-mode': lock.mode.toUpperCase(),
    'x-amz-object-lock-retain-until-date': new Date(Date.now() + lock.retainMs).toISOString(),
  }),
});
