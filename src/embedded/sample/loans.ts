import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { privateDir } from '../home.ts';
import { freePort } from '../ports.ts';
import { type ServerProcess, startServer, tailOf, until } from '../processes.ts';

const Urls = z.object({ income: z.url(), credit: z.url(), applications: z.url(), letters: z.url() });
export type LoanUrls = z.infer<typeof Urls>;

const LOG = 'agent.log';

const script = (name: string): string =>
  fileURLToPath(new URL(`../../../examples/loan-agent/${name}`, import.meta.url));
const node = (name: string, args: string[]) => ({
  command: process.execPath,
  args: ['--import', import.meta.resolve('tsx'), script(name), ...args],
  stopSignal: 'SIGTERM' as const,
});

/** The four services of the sample, a process of their own with its state on disk. */
export async function startLoanServices(dir: string): Promise<{ urls: LoanUrls; stop(): Promise<void> }> {
  privateDir(dir);
  const file = join(dir, 'services.json');
  const last = Urls.safeParse(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null);
  rmSync(file, { force: true });
  const ports = [];
  for (const name of ['income', 'credit', 'applications', 'letters'] as const) {
    const wished = last.success ? Number(new URL(last.data[name]).port) : 0;
    ports.push(`--${name}-port`, String(wished > 0 ? await freePort(wished) : 0));
  }
  const logFile = join(dir, 'services.log');
  const server = await startServer({ ...node('services.ts', ['--state', dir, ...ports]), logFile });
  const up = await until(() => existsSync(file) || !server.isRunning(), 30_000);
  if (!up || !server.isRunning()) throw new Error(`the loan services do not start:\n${tailOf(logFile)}`);
  return { urls: Urls.parse(JSON.parse(readFileSync(file, 'utf8'))), stop: () => server.stop() };
}

export interface AgentRun {
  endpoint: string;
  key: string;
  dir: string;
  sessions: number | 'forever';
  paceMs: number;
}

/** The agent, a process of its own: what Holdpoint must stop. */
export function startLoanAgent(run: AgentRun): Promise<ServerProcess> {
  const { endpoint, key, dir, sessions, paceMs } = run;
  const services = join(dir, 'services.json');
  const many = sessions === 'forever' ? ['--forever'] : ['--sessions', String(sessions)];
  const args = ['--endpoint', endpoint, '--services', services, '--pace', String(paceMs), '--json', ...many];
  return startServer({
    ...node('agent.ts', args),
    logFile: join(dir, LOG),
    env: { ...process.env, HOLDPOINT_KEY: key },
  });
}

/** Waits for the agent to have run its sessions; stops it and throws with the log's tail after `timeoutMs`. */
export async function untilEnded(agent: ServerProcess, dir: string, timeoutMs: number): Promise<void> {
  if (await until(() => !agent.isRunning(), timeoutMs, 100)) return;
  await agent.stop();
  throw new Error(`the loan agent did not end its sessions:\n${tailOf(join(dir, LOG))}`);
}

const Report = z.looseObject({ session: z.string(), outcome: z.string() });

/** Null for a line that is no report, or half of one. */
function reportIn(line: string): z.infer<typeof Report> | null {
  try {
    return Report.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

/** The sessions that the agent says it completed; one that was cut short is no example of what is normal. */
export function completedSessions(dir: string): string[] {
  const file = join(dir, LOG);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines.flatMap((line) => {
    const report = reportIn(line);
    return report?.outcome === 'completed' ? [report.session] : [];
  });
}

const Listed = z.object({ total: z.number() });

/** How many applications stand declined: what the sample's own monitor watches. */
export async function declinedCount(urls: LoanUrls): Promise<number> {
  const answer = await fetch(`${urls.applications}/applications?status=declined&limit=1`);
  return Listed.parse(await answer.json()).total;
}

/** How many letters were sent, and how many decisions were recorded: what cannot, and what can, be undone. */
export async function doneCounts(urls: LoanUrls): Promise<{ letters: number; decisions: number }> {
  const letters = Listed.parse(await (await fetch(`${urls.letters}/letters`)).json()).total;
  let decisions = 0;
  for (const status of ['approved', 'declined']) {
    const answer = await fetch(`${urls.applications}/applications?status=${status}&limit=1`);
    decisions += Listed.parse(await answer.json()).total;
  }
  return { letters, decisions };
}

/** The provider's quiet release: a field has another name from now on, every answer is 200. */
export async function renameIncomeField(urls: LoanUrls, from: string, to: string): Promise<void> {
  const body = JSON.stringify({ from, to });
  const answer = await fetch(`${urls.income}/admin/rename`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  if (!answer.ok) throw new Error(`the income service refused the rename: ${answer.status}`);
}
