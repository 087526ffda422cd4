/** `npm test`: installs what is missing, then runs jest; the result goes to test-results/jest.json as well. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from './child.mjs';
import { ensureInstalled, main, ROOT } from './install.mjs';

await main(async () => {
  await ensureInstalled();
  const results = join(ROOT, 'test-results');
  const file = join(results, 'jest.json');
  mkdirSync(results, { recursive: true });
  rmSync(file, { force: true });
  const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const args = [jest, '--json', `--outputFile=${file}`, ...process.argv.slice(2)];
  process.exit(await runNode(args, { cwd: ROOT }));
});
