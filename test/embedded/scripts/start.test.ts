import { join } from 'node:path';
import { run } from '../../../src/embedded/run.ts';
import { identityOf, until } from '../../../src/embedded/processes.ts';
import { removeFolder } from '../../support/folder.ts';
import { runFile, type Running } from '../../support/processes.ts';
import { newInstalledCheckout, writeFiles } from './checkout.ts';

/** In place of the command line: says what it was given and each signal; ends with code 7 on SIGTERM. */
const PROGRAM = `
const args: readonly string[] = process.argv.slice(2);
const alive = setInterval(() => undefined, 60_000);
process.on('SIGINT', () => console.log('SIGINT'));
process.on('SIGTERM', () => { clearInterval(alive); console.log('SIGTERM'); process.exitCode = 7; });
console.log(JSON.stringify({ pid: process.pid, args }));
`;

let dir: string;
beforeEach(() => {
  dir = newInstalledCheckout({ 'package.json': '{"type":"module"}', 'src/cli/main.ts': PROGRAM });
});
afterEach(() => removeFolder(dir));

async function start(
  file: string,
  ...args: string[]
): Promise<{ launcher: Running; program: { pid: number; args: string[] } }> {
  const launcher = runFile(join(dir, file), args);
  return { launcher, program: JSON.parse(await launcher.line()) };
}

describe('npm start', () => {
  it('runs "up" with the arguments given and ends with the program’s exit code', async () => {
    const { launcher, program } = await start('scripts/start.mjs', '--auto', '--trace', 'a b.json');
    expect(program.args).toEqual(['up', '--auto', '--trace', 'a b.json']);
    launcher.kill('SIGTERM');
    await expect(launcher.line()).resolves.toBe('SIGTERM');
    await expect(launcher.ended).resolves.toBe(7);
  });

  it('passes a Ctrl-C on once, however many tell us of it, and a later one again', async () => {
    const { launcher } = await start('scripts/start.mjs');
    const pressed = Date.now();
    launcher.kill('SIGINT');
    launcher.kill('SIGINT');
    await expect(launcher.line()).resolves.toBe('SIGINT');
    await until(() => Date.now() - pressed > 600, 2_000);
    launcher.kill('SIGINT');
    await expect(launcher.line()).resolves.toBe('SIGINT');
    launcher.kill('SIGTERM');
    await expect(launcher.line()).resolves.toBe('SIGTERM');
  });

  it('leaves no program behind when it is killed', async () => {
    const { launcher, program } = await start('scripts/start.mjs');
    const identity = identityOf(program.pid);
    expect(identity).toBeDefined();
    launcher.kill('SIGKILL');
    expect(await until(() => identityOf(program.pid) !== identity, 5_000)).toBe(true);
  });
});

describe('the holdpoint command', () => {
  it('runs the sources in a checkout and the built program where there is one', async () => {
    const { launcher, program } = await start('bin/holdpoint.mjs', 'check');
    expect(program.args).toEqual(['check']);
    launcher.kill('SIGTERM');
    await expect(launcher.ended).resolves.toBe(7);
    writeFiles(dir, { 'dist/cli/main.js': "console.log('built', ...process.argv.slice(2))" });
    const built = await run(process.execPath, [join(dir, 'bin', 'holdpoint.mjs'), 'check'], {
      timeoutMs: 30_000,
    });
    expect(built).toEqual({ code: 0, output: 'built check\n' });
  });
});

describe('npm run build', () => {
  const build = () => run(process.execPath, [join(dir, 'scripts', 'build.mjs')], { timeoutMs: 60_000 });

  it('makes a program that runs without a loader and has its templates beside it', async () => {
    writeFiles(dir, {
      'src/cli/main.ts': `import { readFileSync } from 'node:fs';
import { name } from '../name.ts';
const template: string = readFileSync(new URL('../templates/mail.eta', import.meta.url), 'utf8');
console.log(name + template);`,
      'src/name.ts': "export const name: string = 'built: ';",
      'src/templates/mail.eta': 'hello',
    });
    expect((await build()).code).toBe(0);
    const built = await run(process.execPath, [join(dir, 'dist', 'cli', 'main.js')], { timeoutMs: 30_000 });
    expect(built).toEqual({ code: 0, output: 'built: hello\n' });
  });

  it('fails on sources that do not compile', async () => {
    writeFiles(dir, { 'src/cli/main.ts': "const wrong: number = 'text'; console.log(wrong);" });
    const { code, output } = await build();
    expect(code).toBe(1);
    expect(output).toContain('TS2322');
  });
});
