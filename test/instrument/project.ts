import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const ROOT = join(__dirname, '..', '..');
export const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

/** A folder of another project in which `holdpoint` is installed: built as for the package, its dependencies linked. */
export const projectWithHoldpoint = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'holdpoint-project-'));
  const modules = join(folder, 'node_modules');
  const own = join(modules, 'holdpoint');
  await mkdir(own, { recursive: true });
  await cp(join(ROOT, 'package.json'), join(own, 'package.json'));
  await cp(join(ROOT, 'python'), join(own, 'python'), { recursive: true });
  const build = ['-p', join(ROOT, 'scripts', 'tsconfig.build.json'), '--outDir', join(own, 'dist')];
  await run(process.execPath, [TSC, ...build], { cwd: ROOT });
  await symlink(join(ROOT, 'node_modules'), join(own, 'node_modules'));
  await symlink(join(ROOT, 'node_modules', '@types'), join(modules, '@types'));
  return folder;
};
