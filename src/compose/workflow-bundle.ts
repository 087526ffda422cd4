import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { cacheDir, privateDir } from '../embedded/home.ts';

/** Beside this file: TypeScript in a checkout, JavaScript once built. */
function workflowsFile(name: string): string {
  const source = fileURLToPath(new URL(`../workflows/${name}.ts`, import.meta.url));
  return existsSync(source) ? source : source.replace(/\.ts$/, '.js');
}

const CHILD = fileURLToPath(new URL('./bundle-child.mjs', import.meta.url));
const digestOf = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

const Kept = z.object({
  /** Path → SHA-256 of every file that the bundler read. */
  sources: z.record(z.string(), z.string()),
  /** Where the bundler looked for a file and found none. */
  missing: z.array(z.string()),
  code: z.string().min(1),
});

/** The kept bundle; null unless a bundler would find today what it found then. */
export function keptIn(file: string): { code: string } | null {
  try {
    const { sources, missing, code } = Kept.parse(JSON.parse(readFileSync(file, 'utf8')));
    const isAsItWas = Object.entries(sources).every(
      ([path, digest]) => digestOf(readFileSync(path)) === digest,
    );
    return isAsItWas && !missing.some((path) => existsSync(path)) ? { code } : null;
  } catch {
    return null;
  }
}

/** What decides the bundle beside its sources: where they are, the SDK that bundles, and how it is asked to. */
function keyOf(entry: string): string {
  const sdk = createRequire(import.meta.url).resolve('@temporalio/worker/package.json');
  return digestOf(JSON.stringify([entry, readFileSync(sdk, 'utf8'), readFileSync(CHILD, 'utf8')])).slice(
    0,
    32,
  );
}

/** The workflows in one text, bundled here. Takes seconds, and 150 MB that the process does not give back. */
export const bundleWorkflows = (): Promise<{ code: string }> =>
  bundleWorkflowCode({
    workflowsPath: workflowsFile('index'),
    preloadModules: [workflowsFile('shared')],
    logger: new DefaultLogger('WARN'),
  });

/**
 * The workflows in one text, for a worker. Bundled by a process of its own, and kept in the cache for the next start as
 * long as none of its sources changes; where that cannot be, bundled here.
 */
export async function workflowBundle(folder?: string): Promise<WorkflowBundle> {
  const entry = workflowsFile('index');
  try {
    const file = join(folder ?? privateDir(cacheDir(), 'workflows'), `${keyOf(entry)}.json`);
    const kept = keptIn(file);
    if (kept) return kept;
    await promisify(execFile)(process.execPath, [CHILD, entry, workflowsFile('shared'), file]);
    return keptIn(file) ?? (await bundleWorkflows());
  } catch {
    return bundleWorkflows();
  }
}
