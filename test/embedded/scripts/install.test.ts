import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../src/embedded/run.ts';
import { removeFolder } from '../../support/folder.ts';
import { newCheckout, writeFiles } from './checkout.ts';

const TIMEOUT_MS = 60_000;
let dir: string;
beforeEach(() => {
  dir = newCheckout(project('1.0.0'));
});
afterEach(() => removeFolder(dir));

/** A project with one dependency, which lies beside it: nothing comes from a registry. */
function project(version: string): Record<string, string> {
  const leaf = { name: 'leaf', version };
  const dependencies = { leaf: 'file:leaf' };
  const packages = {
    '': { name: 'project', dependencies },
    leaf: { version },
    'node_modules/leaf': { resolved: 'leaf', link: true },
  };
  return {
    'package.json': JSON.stringify({ name: 'project', type: 'module', dependencies }),
    'package-lock.json': JSON.stringify({ name: 'project', lockfileVersion: 3, requires: true, packages }),
    'leaf/package.json': JSON.stringify(leaf),
  };
}

const install = () => run(process.execPath, [join(dir, 'scripts', 'install.mjs')], { timeoutMs: TIMEOUT_MS });

describe('installing before the start', () => {
  it('installs into a clean clone, says so in one line a step, and not again', async () => {
    const first = await install();
    expect(first.code).toBe(0);
    expect(first.output).toMatch(
      /^holdpoint: installing dependencies .*\nholdpoint: dependencies installed in \d+ s\n$/,
    );
    expect(existsSync(join(dir, 'node_modules', 'leaf', 'package.json'))).toBe(true);
    await expect(install()).resolves.toEqual({ code: 0, output: '' });
  });

  it('installs again when package-lock.json has changed, and when a package is gone', async () => {
    await install();
    writeFiles(dir, project('2.0.0'));
    expect((await install()).output).toContain('dependencies installed');
    await expect(install()).resolves.toEqual({ code: 0, output: '' });
    rmSync(join(dir, 'node_modules'), { recursive: true });
    expect((await install()).output).toContain('dependencies installed');
  });

  it('leaves alone what somebody installed by hand, if it is what the lock file says', async () => {
    await install();
    const stamp = join(dir, 'node_modules', '.holdpoint-install');
    const digest = readFileSync(stamp, 'utf8');
    rmSync(stamp);
    await expect(install()).resolves.toEqual({ code: 0, output: '' });
    expect(readFileSync(stamp, 'utf8')).toBe(digest);
  });

  it('shows what npm said when it fails, and leaves no stamp', async () => {
    writeFiles(dir, {
      'package.json': JSON.stringify({ name: 'project', dependencies: { leaf: 'file:elsewhere' } }),
    });
    const { code, output } = await install();
    expect(code).toBe(1);
    expect(output).toMatch(/npm ci failed:\n[^]*npm error/);
    expect(existsSync(join(dir, 'node_modules', '.holdpoint-install'))).toBe(false);
  });

  it('names the Node it needs on one that is too old', async () => {
    const check = (version: string) =>
      run(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `import { requireNode } from '${join(dir, 'scripts', 'install.mjs')}'; requireNode('${version}')`,
        ],
        { timeoutMs: TIMEOUT_MS },
      );
    expect((await check('20.18.3')).output).toContain('Holdpoint needs Node 20.19 or later, this is 20.18.3');
    expect((await check('18.20.0')).code).toBe(1);
    expect((await check('20.19.0')).code).toBe(0);
    expect((await check('24.0.0')).code).toBe(0);
  });
});
