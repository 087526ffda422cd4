import { EvidenceUnavailable } from '../port.ts';
import type { Bucket, ObjectLock } from './bucket.ts';

const PROBE = 'names/first-write-wins';

const unfit = (where: string, what: string, remedy: string): EvidenceUnavailable =>
  new EvidenceUnavailable(`${where} ${what}: ${remedy}`);

/** What a server must do and some only nod at. */
export const createPromises = (bucket: Bucket) => {
  const tried = new Map<string, Promise<void>>();
  const once = (what: string, work: () => Promise<void>): Promise<void> => {
    const known = tried.get(what) ?? work();
    tried.set(what, known);
    known.catch(() => tried.delete(what));
    return known;
  };

  /** Whether a second write of one key is refused. Many servers take `If-None-Match` and write all the same. */
  const tryFirst = async (lock: ObjectLock | null): Promise<void> => {
    const bytes = new TextEncoder().encode('the first write of a key stands\n');
    if ((await bucket.create(PROBE, bytes, lock)) === 'there') return;
    if ((await bucket.create(PROBE, bytes, lock)) === 'there') return;
    throw unfit(
      bucket.where,
      'lets a second write replace the first',
      'evidence needs a server that honours If-None-Match, such as Amazon S3, MinIO or Cloudflare R2',
    );
  };

  const tryLock = async (): Promise<void> => {
    if (/<ObjectLockEnabled>\s*Enabled\s*</.test(await bucket.lockRules())) return;
    throw unfit(
      bucket.where,
      'keeps no object lock',
      'make the bucket with object lock, or leave out evidence.s3.lock',
    );
  };

  return {
    /** Once a process, before the first name is given. */
    keepsTheFirst: (lock: ObjectLock | null): Promise<void> => once('first', () => tryFirst(lock)),
    /** Once a process: whether the bucket has object lock at all. Some servers take a lock, show it and keep none. */
    locks: (): Promise<void> => once('locks', tryLock),
  };
};
