import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { endLeftover, identityOf, until, type ServerProcess } from './processes.ts';

/** What a started server leaves beside its data, so that the next start knows what it finds. */
const ServerRecord = z.object({
  pid: z.number().int().positive(),
  identity: z.string(),
  owner: z.object({ pid: z.number().int().positive(), identity: z.string() }),
  ports: z.record(z.string(), z.number().int()),
});
type ServerRecord = z.infer<typeof ServerRecord>;

/** What a start finds: a server another living Holdpoint owns, or none, with the ports used last. */
export type Found = { shared: boolean; lastPorts: Readonly<Record<string, number>> };

/**
 * Looks at the record of an earlier start. A server whose owner lives is shared; one whose owner is gone is
 * ended, so that two servers never open the same data.
 */
export async function settleEarlier(file: string, stopSignal: 'SIGTERM' | 'SIGINT'): Promise<Found> {
  const record = readRecord(file);
  if (!record) return { shared: false, lastPorts: {} };
  const runs = identityOf(record.pid) === record.identity;
  const owned = identityOf(record.owner.pid) === record.owner.identity;
  if (runs && owned) return { shared: true, lastPorts: record.ports };
  if (runs) await endLeftover(record, stopSignal);
  return { shared: false, lastPorts: record.ports };
}

/** Writes down a server this process started. */
export function recordServer(file: string, server: ServerProcess, ports: Record<string, number>): void {
  const owner = { pid: process.pid, identity: identityOf(process.pid) ?? 'unknown' };
  const record: ServerRecord = { pid: server.pid, identity: server.identity, owner, ports };
  writeFileSync(`${file}.new`, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/**
 * Runs `work` while no other Holdpoint process starts the same server: the lock is a file that names its
 * holder, and a holder that is gone holds nothing.
 */
export async function whileStarting<T>(file: string, work: () => Promise<T>, timeoutMs = 60_000): Promise<T> {
  const mine = `${process.pid} ${identityOf(process.pid) ?? ''}`;
  const free = await until(() => takeLock(file, mine), timeoutMs);
  if (!free) throw new Error(`${file} is held by process ${readText(file)}; stop it, or delete the file`);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function takeLock(file: string, mine: string): boolean {
  try {
    writeFileSync(file, mine, { flag: 'wx', mode: 0o600 });
    return true;
  } catch {
    const [pid, identity] = readText(file).split(' ');
    if (pid && identity && identityOf(Number(pid)) !== identity) rmSync(file, { force: true });
    return false;
  }
}

function readRecord(file: string): ServerRecord | undefined {
  try {
    return ServerRecord.parse(JSON.parse(readText(file)));
  } catch {
    return undefined;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
