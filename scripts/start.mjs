/** `npm start`: installs what is missing, then runs `holdpoint up` with the arguments given. */
import { join } from 'node:path';
import { runNode } from './child.mjs';
import { ensureInstalled, main, ROOT } from './install.mjs';

await main(async () => {
  await ensureInstalled();
  const cli = join(ROOT, 'src', 'cli', 'main.ts');
  process.exit(await runNode(['--import', import.meta.resolve('tsx'), cli, 'up', ...process.argv.slice(2)]));
});
