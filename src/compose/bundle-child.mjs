/**
 * Bundles the workflows and ends, so that a worker does not carry for ever what a bundler takes of memory:
 * `node bundle-child.mjs ENTRY PRELOADED FILE`. FILE holds the bundle, the digest of each file that it is made of, and
 * the places where a new file would take the place of one of them.
 */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const [workflowsPath, preloaded, file] = process.argv.slice(2);
const isFile = (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
const digestOf = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

const startedAtMs = Date.now();
let used = [];
let missing = [];
const noting = {
  apply: (compiler) =>
    compiler.hooks.done.tap('noting', ({ compilation }) => {
      used = [...compilation.fileDependencies].filter(isFile);
      missing = [...compilation.missingDependencies].filter((path) => !isFile(path));
    }),
};
const { code } = await bundleWorkflowCode({
  workflowsPath,
  preloadModules: [preloaded],
  logger: new DefaultLogger('WARN'),
  webpackConfigHook: (config) => ({ ...config, plugins: [...(config.plugins ?? []), noting] }),
});
const sources = Object.fromEntries(used.map((path) => [path, digestOf(path)]));
if (!(workflowsPath in sources)) throw new Error('the bundler does not say what the bundle is made of');
if (used.some((path) => statSync(path).ctimeMs >= startedAtMs))
  throw new Error('a source changed while it was bundled');
const unfinished = `${file}.${process.pid}`;
writeFileSync(unfinished, JSON.stringify({ sources, missing, code }), { mode: 0o600 });
renameSync(unfinished, file);
process.exit(0);
