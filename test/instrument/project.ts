import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const ROOT = join(__dirname, '..', '..');
export const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

const build = (outDir: string): Promise<unknown> =>
  run(process.execPath, [TSC, '-p', join(ROOT, 'scripts', 'tsconfig.build.json'), '--outDir', outDir], {
    cwd: ROOT,
  });

/** The same from a tarball as `npm pack` makes it of the built package: what is not in `files` is missing. */
export const projectFromTarball = async (): Promise<string> => {
  const [staged, folder] = await Promise.all(
    ['staged', 'project'].map((name) => mkdtemp(join(tmpdir(), `holdpoint-${name}-`))),
  );
  if (!staged || !folder) throw new Error('no folder');
  await cp(join(ROOT, 'package.json'), join(staged, 'package.json'));
  await build(join(staged, 'dist'));
  await run('npm', ['pack', '--ignore-scripts', '--silent'], { cwd: staged });
  const [tarball = ''] = (await readdir(staged)).filter((name) => name.endsWith('.tgz'));
  const own = join(folder, 'node_modules', 'holdpoint');
  await mkdir(own, { recursive: true });
  await run('tar', ['-xzf', join(staged, tarball), '--strip-components=1', '-C', own]);
  await symlink(join(ROOT, 'node_modules'), join(own, 'node_modules'));
  await symlink(join(ROOT, 'node_modules', '@types'), join(folder, 'node_modules', '@types'));
  await rm(staged, { recursive: true, force: true });
  return folder;
};

/** A folder of another project in which `holdpoint` is installed: built as for the package, its dependencies linked. */
export const projectWithHoldpoint = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'holdpoint-project-'));
  const modules = join(folder, 'node_modules');
  const own = join(modules, 'holdpoint');
  await mkdir(own, { recursive: true });
  await cp(join(ROOT, 'package.json'), join(own, 'package.json'));
  await cp(join(ROOT, 'python'), join(own, 'python'), { recursive: true });
  await build(join(own, 'dist'));
  await symlink(join(ROOT, 'node_modules'), join(own, 'node_modules'));
  await symlink(join(ROOT, 'node_modules', '@types'), join(modules, '@types'));
  return folder;
};
