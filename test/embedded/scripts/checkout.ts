import { chmodSync, cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { newFolder } from '../../support/folder.ts';

/** A small checkout of its own: our scripts, and whatever files the test puts beside them. */
export function newCheckout(files: Readonly<Record<string, string>>): string {
  const dir = newFolder();
  cpSync(resolve('scripts'), join(dir, 'scripts'), { recursive: true });
  cpSync(resolve('bin'), join(dir, 'bin'), { recursive: true });
  cpSync(resolve('.ci'), join(dir, '.ci'), { recursive: true });
  writeFiles(dir, files);
  return dir;
}

/** The same, with our installed dependencies, so that nothing is to be installed. */
export function newInstalledCheckout(files: Readonly<Record<string, string>>): string {
  const dir = newCheckout(files);
  for (const name of ['package-lock.json', 'tsconfig.json']) cpSync(resolve(name), join(dir, name));
  const modules = join(dir, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(resolve('node_modules'))) {
    if (name !== '.holdpoint-install') symlinkSync(resolve('node_modules', name), join(modules, name));
  }
  return dir;
}

export function writeFiles(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), content);
    if (content.startsWith('#!')) chmodSync(join(dir, name), 0o755);
  }
}
