import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Answer, Search } from './search.ts';
import { run } from '../run.ts';

/** The oldest CLI whose dev server (1.29) has what Holdpoint uses. */
const OLDEST = [1, 5, 0] as const;

/** Looks for the program on the PATH; a Temporal CLI must run and be new enough. */
export async function findOnPath({ program, env }: Search): Promise<Answer> {
  const path = (env['PATH'] ?? '')
    .split(delimiter)
    .filter((dir) => dir !== '')
    .map((dir) => join(dir, program))
    .find(isExecutable);
  if (!path) return { miss: `no ${program}` };
  if (program !== 'temporal') return { path };
  const { code, output } = await run(path, ['--version'], { timeoutMs: 10_000, env });
  const version = /version (\d+)\.(\d+)\.(\d+)/.exec(output);
  if (code !== 0 || !version) return { miss: `${path} does not tell its version` };
  if (!isNewEnough(version.slice(1, 4).map(Number))) {
    return { miss: `${path} is version ${version.slice(1, 4).join('.')}, older than ${OLDEST.join('.')}` };
  }
  return { path };
}

function isNewEnough(version: readonly number[]): boolean {
  for (const [index, oldest] of OLDEST.entries()) {
    const part = version[index] ?? 0;
    if (part !== oldest) return part > oldest;
  }
  return true;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
