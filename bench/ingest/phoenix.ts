import { execFile } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asked, type Load, type Processes, type Stats } from './processes.ts';

const run = promisify(execFile);
const URL_IN = /http:\/\/127\.0\.0\.1:\d+/;
/** What Phoenix took it may keep minutes from now; nobody waits longer than this. */
const SETTLE_MS = 20_000;
const PAGE = 1_000;

/** How many spans it has written so far, over its own API. */
const storedIn = async (url: string): Promise<number> => {
  const projects = await pages(`${url}/v1/projects`);
  let count = 0;
  for (const { name } of projects as { name: string }[])
    count += (await pages(`${url}/v1/projects/${encodeURIComponent(name)}/spans`)).length;
  return count;
};

const pages = async (url: string): Promise<unknown[]> => {
  const all: unknown[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const answer = await fetch(`${url}?limit=${PAGE}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    const page = (await answer.json()) as { data: unknown[]; next_cursor?: string | null };
    all.push(...page.data);
    cursor = page.next_cursor ?? null;
  }
  return all;
};

type Row = Load & { store: string; stored: number; storedPerS: number };

const ours = async (processes: Processes, seconds: string): Promise<Row> => {
  const { server, url } = await processes.startServer();
  await processes.own(url, 'protobuf', 2, ['--seconds', '4']);
  const before = await asked<Stats>(server, 'stats');
  const startedAt = performance.now();
  const row = await processes.send(url, 'protobuf', 4, seconds);
  const after = await asked<Stats>(server, 'stats');
  const wallS = (performance.now() - startedAt) / 1_000;
  await asked(server, 'stop');
  const stored = after.stored - before.stored;
  return { ...row, store: 'Holdpoint, flags on', stored, storedPerS: Math.round(stored / wallS) };
};

/** Stored: what could be read when the load was over and twenty seconds more. */
const theirs = async (processes: Processes, seconds: string, url: string): Promise<Row> => {
  await processes.own(url, 'protobuf', 1, ['--seconds', '1', '--spans', '500']);
  const before = await storedIn(url);
  const startedAt = performance.now();
  const row = await processes.send(url, 'protobuf', 4, seconds);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const stored = (await storedIn(url)) - before;
  const wallS = (performance.now() - startedAt) / 1_000;
  return { ...row, store: 'Phoenix', stored, storedPerS: Math.round(stored / wallS) };
};

/**
 * The same load, protobuf as Phoenix takes nothing else, at our receiver and at a real Phoenix, one after the other.
 * `tools`: a folder with `phoenix.sh`, which knows `up` and `down`.
 */
export const besidePhoenix = async (processes: Processes, seconds: string, tools: string) => {
  const script = join(tools, 'phoenix.sh');
  const first = await ours(processes, seconds);
  const { stdout } = await run('bash', [script, 'up'], { timeout: 600_000 });
  try {
    const url = URL_IN.exec(stdout)?.[0];
    if (url === undefined) throw new Error(`phoenix.sh up named no address: ${stdout}`);
    return {
      loadAverage: loadavg()[0],
      name: /phoenix [\d.]+/.exec(stdout)?.[0] ?? 'phoenix',
      rows: [first, await theirs(processes, seconds, url)],
    };
  } finally {
    await run('bash', [script, 'down'], { timeout: 60_000 });
  }
};
