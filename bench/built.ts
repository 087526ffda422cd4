import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Inside of node_modules, so that imports of packages are found from it. */
const out = join(root, 'node_modules', '.cache', 'holdpoint-bench');

/** Compiles the sources and benchmarks as `npm run build` does and people run them. Where a compiled file is. */
export const build = (): ((file: string) => string) => {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const config = join(out, 'tsconfig.json');
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { noEmit: false, noCheck: true, rootDir: root, outDir: out },
      include: [join(root, 'src'), join(root, 'bench')],
      exclude: [],
    }),
  );
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', config], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the sources do not compile: ${stdout}`);
  copyFileSync(join(root, 'package.json'), join(out, 'package.json'));
  return (file) => join(out, file.replace(/\.ts$/, '.js'));
};
