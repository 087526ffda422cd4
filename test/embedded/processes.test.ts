import { createServer } from 'node:net';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, homeDir } from '../../src/embedded/home.ts';
import { accepts, freePort, isFree } from '../../src/embedded/ports.ts';
import { endLeftover, identityOf, startServer, until } from '../../src/embedded/processes.ts';
import { run } from '../../src/embedded/run.ts';
import { whileStarting } from '../../src/embedded/server-record.ts';
import { newFolder, removeFolder } from '../support/folder.ts';

let dir: string;
beforeEach(() => {
  dir = newFolder();
});
afterEach(() => removeFolder(dir));

const server = (script: string) =>
  startServer({
    command: process.execPath,
    args: ['-e', script],
    logFile: join(dir, 'log'),
    stopSignal: 'SIGTERM',
  });
const FOREVER = 'setInterval(() => {}, 1000);';

describe('a server as a process of its own', () => {
  it('is asked to end and may do so in its own way', async () => {
    const one = await server(
      `${FOREVER} process.on('SIGTERM', () => { console.log('goodbye'); process.exit(); }); console.log('up')`,
    );
    expect(await until(() => readFileSync(join(dir, 'log'), 'utf8').includes('up'), 10_000)).toBe(true);
    await one.stop();
    expect(readFileSync(join(dir, 'log'), 'utf8')).toBe('up\ngoodbye\n');
    expect(identityOf(one.pid)).not.toBe(one.identity);
  });

  it('is killed when it does not end', async () => {
    const one = await server(`process.on('SIGTERM', () => {}); console.log('up'); ${FOREVER}`);
    expect(
      await until(
        () => existsSync(join(dir, 'log')) && readFileSync(join(dir, 'log'), 'utf8') !== '',
        10_000,
      ),
    ).toBe(true);
    await one.stop(100);
    expect(one.isRunning()).toBe(false);
  });

  it('fails to start with the reason when there is no such program', async () => {
    const missing = startServer({
      command: join(dir, 'none'),
      args: [],
      logFile: join(dir, 'log'),
      stopSignal: 'SIGTERM',
    });
    await expect(missing).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is not ended by the record of another process that had its number', async () => {
    const one = await server(FOREVER);
    await endLeftover({ pid: one.pid, identity: 'of an earlier process' }, 'SIGTERM');
    expect(one.isRunning()).toBe(true);
    await one.stop();
  });
});

describe('starting while another process starts the same', () => {
  it('goes one after the other', async () => {
    const order: string[] = [];
    const work = (name: string) =>
      whileStarting(join(dir, 'lock'), async () => {
        order.push(`${name} in`);
        await until(() => order.length > 4, 200);
        order.push(`${name} out`);
      });
    await Promise.all([work('a'), work('b')]);
    expect(order).toEqual(['a in', 'a out', 'b in', 'b out']);
    expect(existsSync(join(dir, 'lock'))).toBe(false);
  });

  it('does not wait for a process that is gone, and names one that is not', async () => {
    const ended = await run(process.execPath, ['-p', 'process.pid'], { timeoutMs: 10_000 });
    writeFileSync(join(dir, 'lock'), `${ended.output.trim()} 1`);
    await expect(whileStarting(join(dir, 'lock'), async () => 'started')).resolves.toBe('started');
    writeFileSync(join(dir, 'lock'), `${process.pid} ${identityOf(process.pid)}`);
    const waiting = whileStarting(join(dir, 'lock'), async () => 'started', 200);
    await expect(waiting).rejects.toThrow(`held by process ${process.pid}`);
  });

  it('gives the lock back when the start fails', async () => {
    const failing = whileStarting(join(dir, 'lock'), () => Promise.reject(new Error('no luck')));
    await expect(failing).rejects.toThrow('no luck');
    expect(existsSync(join(dir, 'lock'))).toBe(false);
  });
});

describe('running a program to its end', () => {
  it('gives its code and what it printed', async () => {
    const script = 'console.log("out"); console.error("err"); process.exitCode = 3';
    const { code, output } = await run(process.execPath, ['-e', script], { timeoutMs: 10_000 });
    expect(code).toBe(3);
    expect(output.split('\n').toSorted()).toEqual(['', 'err', 'out']);
  });

  it('passes arguments on as they are, whatever a shell would make of them', async () => {
    const { output } = await run(process.execPath, ['-p', 'process.argv[1]', '$HOME; `id`'], {
      timeoutMs: 10_000,
    });
    expect(output).toBe('$HOME; `id`\n');
  });

  it('ends it, and what it started, when it takes too long', async () => {
    const child = `require('node:child_process').spawn(process.execPath, ['-e', '${FOREVER}'], { stdio: 'inherit' });`;
    const { code, output } = await run(process.execPath, ['-e', `${child} ${FOREVER}`], { timeoutMs: 500 });
    expect(code).toBeNull();
    expect(output).toContain('no answer within 1 s');
  });
});

describe('ports', () => {
  it('prefers the one asked for and takes another when it is taken', async () => {
    const wanted = await freePort();
    await expect(freePort(wanted)).resolves.toBe(wanted);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(wanted, '127.0.0.1', resolve));
    await expect(isFree(wanted)).resolves.toBe(false);
    await expect(accepts(wanted)).resolves.toBe(true);
    const other = await freePort(wanted);
    expect(other).not.toBe(wanted);
    await expect(accepts(other)).resolves.toBe(false);
    await new Promise((resolve) => taken.close(resolve));
  });
});

describe('folders', () => {
  it('come from the environment, else from where we are and who we are', () => {
    expect(homeDir({}, '/srv/app')).toBe('/srv/app/.holdpoint');
    expect(homeDir({ HOLDPOINT_HOME: 'state' }, '/srv/app')).toBe('/srv/app/state');
    expect(cacheDir({ HOLDPOINT_CACHE: '/c' })).toBe('/c');
    expect(cacheDir({ XDG_CACHE_HOME: '/x' })).toBe('/x/holdpoint');
    expect(cacheDir({})).toMatch(/\/\.cache\/holdpoint$/);
  });
});
