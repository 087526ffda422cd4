import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '../../../src/embedded/ports.ts';
import { serverAccount } from '../../../src/embedded/postgres/account.ts';
import { startPostgres } from '../../../src/embedded/postgres/server.ts';
import { until } from '../../../src/embedded/processes.ts';
import { newFolder, removeFolder } from '../../support/folder.ts';
import { killWithKeeper, processes, runFile, type Running } from '../../support/processes.ts';

const FIXTURE = 'test/embedded/fixtures/postgres.ts';
let dir: string;
let started: Running[];

beforeEach(() => {
  dir = newFolder();
  started = [];
});
afterEach(async () => {
  for (const one of started) one.kill('SIGTERM');
  await Promise.all(started.map(({ ended }) => ended));
  await until(() => serversHere().length === 0, 15_000);
  removeFolder(dir);
});

async function start(): Promise<{ holdpoint: Running; url: string }> {
  const holdpoint = runFile(FIXTURE, [dir, `${await freePort()}`]);
  started.push(holdpoint);
  return { holdpoint, url: await holdpoint.line() };
}

const serversHere = () => processes().filter(({ command }) => command.includes(`-D ${dir}`));

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded Postgres', () => {
  it('listens on loopback only and lets nobody in without its password', async () => {
    const { url } = await start();
    expect(await query(url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await query(url, 'show unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
  });

  it('keeps its password in a file that only its owner may read, and out of its log', async () => {
    const { url } = await start();
    const { password } = new URL(url);
    expect(password.length).toBeGreaterThanOrEqual(32);
    expect(statSync(join(dir, 'password')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dir, 'postgres.log'), 'utf8')).not.toContain(password);
  });

  it('has every committed row after everything was killed at once', async () => {
    const first = await start();
    await query(first.url, 'create table kept (x int)');
    await query(first.url, 'insert into kept values (1)');
    const [postmaster] = serversHere();
    if (postmaster) process.kill(postmaster.pid, 'SIGKILL');
    killWithKeeper(first.holdpoint.pid);
    await first.holdpoint.ended;
    const second = await start();
    expect(await query(second.url, 'select x from kept')).toEqual([{ x: 1 }]);
  });

  it('leaves no server behind when its owner is killed', async () => {
    const { holdpoint } = await start();
    expect(serversHere()).toHaveLength(1);
    holdpoint.kill('SIGKILL');
    expect(await until(() => serversHere().length === 0, 15_000)).toBe(true);
  });

  it('ends the server of an owner and keeper that were killed, before it starts its own', async () => {
    const { holdpoint } = await start();
    const [orphan] = serversHere();
    killWithKeeper(holdpoint.pid);
    await holdpoint.ended;
    const { url } = await start();
    expect(serversHere().map(({ pid }) => pid)).not.toContain(orphan?.pid);
    expect(await query(url, 'select 1 as x')).toEqual([{ x: 1 }]);
  });

  it('starts although another process now has the number in its pid file', async () => {
    const first = await startPostgres({ dataDir: dir, port: await freePort() });
    await first.stop();
    writeFileSync(
      join(dir, 'cluster', 'postmaster.pid'),
      `${process.pid}\n${dir}/cluster\n1\n1\n\n\n0 0\nready\n`,
    );
    const second = await startPostgres({ dataDir: dir });
    expect(await query(second.url, 'select 1 as x')).toEqual([{ x: 1 }]);
    await second.stop();
  });

  it('is shared by a second Holdpoint process, whose end does not end it', async () => {
    const [first, second] = await Promise.all([start(), start()]);
    expect(second.url).toBe(first.url);
    expect(serversHere()).toHaveLength(1);
    const guest = (await ownerOf(dir)) === first.holdpoint.pid ? second : first;
    guest.holdpoint.kill('SIGTERM');
    await guest.holdpoint.ended;
    expect(await query(first.url, 'select 1 as x')).toEqual([{ x: 1 }]);
  });

  it('starts again after an initialisation that was cut short', async () => {
    writeFileSync(join(dir, 'password'), 'of the first try\n');
    writeFileSync(join(dir, 'password.init'), 'of the first try');
    const server = await startPostgres({ dataDir: dir, port: await freePort() });
    expect(await query(server.url, 'select 1 as x')).toEqual([{ x: 1 }]);
    await server.stop();
  });

  it('works below a folder that only its owner may enter', async () => {
    const closed = mkdtempSync(join(tmpdir(), 'holdpoint-test-'));
    const dataDir = join(closed, 'postgres');
    const server = await startPostgres({ dataDir, port: await freePort() });
    expect(await query(server.url, 'select 1 as x')).toEqual([{ x: 1 }]);
    await server.stop();
    const pointer = join(dataDir, 'location');
    if (existsSync(pointer)) rmSync(readFileSync(pointer, 'utf8'), { recursive: true });
    removeFolder(closed);
  });

  it('says what to do with the data of another major version', async () => {
    const server = await startPostgres({ dataDir: dir, port: await freePort() });
    await server.stop();
    writeFileSync(join(dir, 'cluster', 'PG_VERSION'), '14\n');
    await expect(startPostgres({ dataDir: dir })).rejects.toThrow('was made by Postgres 14, this is 18');
  });
});

describe('the account it runs as', () => {
  const passwd = (text: string) => {
    const file = join(dir, 'passwd');
    writeFileSync(file, text);
    return file;
  };

  it('is ours, unless we are root', () => {
    expect(serverAccount(1000, passwd(''))).toBeUndefined();
    const both = 'nobody:x:65534:65533:::\nroot:x:0:0:::\npostgres:x:101:104:::\n';
    expect(serverAccount(0, passwd(both))).toEqual({ uid: 101, gid: 104 });
    expect(serverAccount(0, passwd('nobody:x:65534:65533:::\n'))).toEqual({ uid: 65534, gid: 65533 });
    expect(() => serverAccount(0, passwd('root:x:0:0:::\n'))).toThrow('set DATABASE_URL');
  });
});

async function ownerOf(folder: string): Promise<number> {
  const record: { owner: { pid: number } } = JSON.parse(readFileSync(join(folder, 'postgres.json'), 'utf8'));
  return record.owner.pid;
}
