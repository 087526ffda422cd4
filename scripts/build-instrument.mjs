/**
 * `npm run build:instrument [-- FOLDER]`: what an agent imports as a package of its own, which needs OpenTelemetry and
 * nothing else. `npm pack ./dist-instrument` makes one file of it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runNode } from './child.mjs';
import { ensureInstalled, main, ROOT, say } from './install.mjs';

const README = `# holdpoint-instrument

Traced model calls, traced tool calls and the stop switch of Holdpoint, for an agent in TypeScript or JavaScript:

    import { withSession } from 'holdpoint-instrument';

It sends OpenTelemetry spans to the address in HOLDPOINT_URL with the key in HOLDPOINT_KEY. Holdpoint's docs/connect.md
has a whole agent, and each option.
`;

await main(async () => {
  await ensureInstalled();
  const out = resolve(process.argv[2] ?? join(ROOT, 'dist-instrument'));
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const config = join(ROOT, 'scripts', 'tsconfig.instrument.json');
  const code = await runNode([tsc, '-p', config, '--outDir', join(out, 'dist')], { cwd: ROOT });
  if (code !== 0) throw new Error('the sources do not compile');
  const own = manifestOf(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(own, null, 2)}\n`);
  writeFileSync(join(out, 'README.md'), README);
  say(`built ${out}`);
});

/** Versions are those of the whole, so that the two cannot drift apart. */
function manifestOf({ version, license, engines, dependencies }) {
  const entry = { types: './dist/instrument/index.d.ts', default: './dist/instrument/index.js' };
  const used = Object.entries(dependencies).filter(([name]) => name.startsWith('@opentelemetry/'));
  return {
    name: 'holdpoint-instrument',
    version,
    description: "Traced calls and the stop switch of Holdpoint for an agent's own code",
    license,
    type: 'module',
    exports: { '.': entry, './package.json': './package.json' },
    files: ['dist'],
    engines,
    dependencies: Object.fromEntries(used),
  };
}
