#!/usr/bin/env node
/** The `holdpoint` command: the built program, or in a checkout its sources. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main, requireNode } from '../scripts/install.mjs';

await main(async () => {
  requireNode();
  const built = new URL('../dist/cli/main.js', import.meta.url);
  if (existsSync(built)) {
    process.argv[1] = fileURLToPath(built);
    await import(built.href);
    return;
  }
  const { runNode } = await import('../scripts/child.mjs');
  const source = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
  process.exit(await runNode(['--import', import.meta.resolve('tsx'), source, ...process.argv.slice(2)]));
});
