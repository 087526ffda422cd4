/** `npm run build`: compiles src to dist and copies what is not TypeScript (templates, style sheets, scripts for browsers). */
import { cpSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from './child.mjs';
import { ensureInstalled, main, ROOT, say } from './install.mjs';

await main(async () => {
  await ensureInstalled();
  const dist = join(ROOT, 'dist');
  rmSync(dist, { recursive: true, force: true });
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const code = await runNode([tsc, '-p', join(ROOT, 'scripts', 'tsconfig.build.json')], { cwd: ROOT });
  if (code !== 0) throw new Error('the sources do not compile');
  cpSync(join(ROOT, 'src'), dist, {
    recursive: true,
    filter: (source) => statSync(source).isDirectory() || !/\.[cm]?ts$/.test(source),
  });
  say('built dist');
});
