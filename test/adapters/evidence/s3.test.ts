import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createS3Evidence, type S3Options } from '../../../src/adapters/evidence/s3.ts';
import { startS3, type S3Server } from '../../support/rclone.ts';
import { openS3Door, type S3Door } from '../../support/s3-door.ts';
import { bytesOf, evidenceRules, textOf } from './store-rules.ts';

let server: S3Server;
let door: S3Door;
/** A place of its own for each test. */
let prefix: string;
beforeAll(async () => {
  server = await startS3();
});
afterAll(() => server.stop());
beforeEach(async () => {
  prefix = `team/${randomUUID()}`;
  door = await openS3Door(server.endpoint);
});
afterEach(() => door.close());

const optionsOf = (change: Partial<S3Options> = {}): S3Options => ({
  bucket: server.bucket,
  prefix,
  endpoint: door.endpoint,
  region: 'eu-central-1',
  credentials: server.credentials,
  firstPauseMs: 5,
  ...change,
});
const open = (change: Partial<S3Options> = {}) => createS3Evidence(optionsOf(change));
const folder = () => join(server.dir, prefix);
const fileOf = (uri: string) => join(folder(), 'sha256', uri.slice(7, 9), uri.slice(9));
const list = () =>
  readdirSync(folder(), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder().length + 1))
    // Half of a broken upload, which the server hides until it has removed it.
    .filter((path) => path !== 'names/first-write-wins' && !path.includes('.rclone_temp_put_'));
const unavailable = (words: string) => ({
  name: 'EvidenceUnavailable',
  message: expect.stringContaining(words),
});
const puts = () => door.requests.filter(({ line }) => line.startsWith('PUT')).length;

describe('evidence in a bucket', () => {
  evidenceRules(() => ({
    open,
    tamper: (uri, text) => writeFileSync(fileOf(uri), text),
    remove: (uri) => rmSync(fileOf(uri)),
    list,
  }));
});

describe('a line that breaks', () => {
  it('after the object was stored: the next try finds it, and it is there once', async () => {
    door.plan('PUT', 'lost answer');
    const { uri } = await open().put(bytesOf('sealed'));
    expect(textOf(await open().get(uri))).toBe('sealed');
    expect(puts()).toBe(2);
    expect(list()).toHaveLength(1);
  });

  it('after a name was given: it stands, and is not given twice', async () => {
    const evidence = open();
    const [one, two] = [await evidence.put(bytesOf('1')), await evidence.put(bytesOf('2'))];
    await evidence.name(['first'], one.uri);
    door.plan('PUT', 'lost answer');
    expect(await evidence.name(['a'], one.uri)).toBe(one.uri);
    expect(await evidence.name(['a'], two.uri)).toBe(one.uri);
  });

  it('in the middle of an upload: nothing half stands there, and the next try ends it', async () => {
    door.plan('PUT', 'cut upload');
    const bytes = new Uint8Array(200_000).fill(3);
    const { uri } = await open().put(bytes);
    expect(await open().get(uri)).toHaveLength(200_000);
    door.plan('PUT', 'cut upload', 9);
    await expect(open({ tries: 2 }).put(bytesOf('never whole'))).rejects.toMatchObject(
      unavailable('look at the network'),
    );
    expect(list()).toHaveLength(1);
  });

  it('in the middle of a download is no alteration', async () => {
    const { uri } = await open().put(new Uint8Array(200_000).fill(3));
    door.plan('GET', 'cut download');
    expect(await open().get(uri)).toHaveLength(200_000);
    door.plan('GET', 'cut download', 9);
    await expect(open({ tries: 2 }).verify(uri)).rejects.toMatchObject(unavailable('does not answer'));
  });

  it('never answers: given up in time, and said', async () => {
    door.plan('HEAD', 'silence', 9);
    await expect(open({ timeoutMs: 100, tries: 2 }).put(bytesOf('x'))).rejects.toMatchObject(
      unavailable('does not answer'),
    );
  });

  it('a server that asks for patience is asked again', async () => {
    door.plan('PUT', 'busy', 2);
    await expect(open().put(bytesOf('x'))).resolves.toMatchObject({
      uri: expect.stringContaining('sha256:'),
    });
    door.plan('GET', 'busy', 9);
    await expect(open({ tries: 2 }).named(['a'])).rejects.toMatchObject(unavailable('503 SlowDown'));
  });
});

describe('what the server refuses', () => {
  it('a write that is denied names the permissions, at once and without a second try', async () => {
    door.plan('PUT', 'denied');
    await expect(open().put(bytesOf('x'))).rejects.toMatchObject(unavailable('s3:PutObject'));
    expect(puts()).toBe(1);
  });

  it('a wrong key, and a bucket that is not there, show no secret', async () => {
    const credentials = { accessKeyId: server.credentials.accessKeyId, secretAccessKey: 'hunter2' };
    const wrong = await open({ credentials })
      .put(bytesOf('x'))
      .catch((error: unknown) => error);
    expect(wrong).toMatchObject(unavailable('answers 403'));
    expect(JSON.stringify(wrong, Object.getOwnPropertyNames(wrong))).not.toContain('hunter2');
    const nowhere = open({ bucket: 'nobody' });
    await expect(nowhere.put(bytesOf('x'))).rejects.toMatchObject(unavailable('make the bucket'));
    await expect(nowhere.named(['a'])).rejects.toMatchObject(unavailable('NoSuchBucket'));
  });
});

describe('a server that only nods', () => {
  it('a name is not given where a second write could replace it', async () => {
    const evidence = open({ endpoint: server.endpoint });
    const { uri } = await evidence.put(bytesOf('x'));
    await expect(evidence.name(['a'], uri)).rejects.toMatchObject(unavailable('If-None-Match'));
    expect(await evidence.named(['a'])).toBeNull();
  });

  const lock = { mode: 'compliance', retainMs: 86_400_000 } as const;

  it('evidence that was to be locked is not written where nothing is locked', async () => {
    await expect(open({ lock }).put(bytesOf('x'))).rejects.toMatchObject(unavailable('no object lock'));
    expect(puts()).toBe(0);
  });

  it('each object asks for its lock where the bucket has one', async () => {
    await door.close();
    door = await openS3Door(server.endpoint, { locks: true });
    const { uri } = await open({ lock }).put(bytesOf('y'));
    expect(textOf(await open({ lock }).get(uri))).toBe('y');
    const headers = door.requests.find(({ line }) => line.startsWith('PUT'))?.headers ?? {};
    expect(headers['x-amz-object-lock-mode']).toBe('COMPLIANCE');
    const until = Date.parse(String(headers['x-amz-object-lock-retain-until-date']));
    expect(until).toBeGreaterThan(Date.now() + lock.retainMs - 60_000);
  });
});
