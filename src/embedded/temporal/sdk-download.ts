import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { privateDir } from '../home.ts';
import { storeInCache } from './cache.ts';
import type { Answer, Search } from './search.ts';
import { run } from '../run.ts';

const DOWNLOAD_HOST = 'https://temporal.download/';
const PROBE_MS = 5_000;
const PATIENCE_MS = 180_000;
const SCRIPT = fileURLToPath(new URL('../../../scripts/sdk-download.mjs', import.meta.url));

/**
 * Lets the Temporal SDK fetch the program it was made for. A machine that does not reach the download host learns so
 * within seconds; the SDK itself would go on trying.
 */
export async function fetchThroughSdk(search: Search): Promise<Answer> {
  const unreachable = await probe(DOWNLOAD_HOST);
  if (unreachable) return { miss: `${DOWNLOAD_HOST} ${unreachable}` };
  const dir = mkdtempSync(join(privateDir(search.cacheDir), 'fetch-'));
  try {
    search.report(`fetching ${search.program} from temporal.download`);
    const { code, output } = await run(process.execPath, [SCRIPT, search.program, dir], {
      timeoutMs: PATIENCE_MS,
    });
    const file = readdirSync(dir).find((name) => name.startsWith('temporal'));
    if (code !== 0 || !file) return { miss: output.trim().split('\n').at(-1) || 'the download failed' };
    return { path: storeInCache(search, 'sdk', readFileSync(join(dir, file))) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Why the address cannot be reached, or undefined when it answers at all. */
export async function probe(url: string, timeoutMs = PROBE_MS): Promise<string | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    await fetch(url, { method: 'HEAD', redirect: 'manual', signal });
    return undefined;
  } catch {
    return signal.aborted ? 'does not answer' : 'cannot be reached';
  }
}
