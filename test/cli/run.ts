import { Command } from 'commander';
import { registerAudit } from '../../src/cli/audit.ts';
import { registerEvidence } from '../../src/cli/evidence.ts';
import type { Store } from '../../src/store/port.ts';

const noStore = (): Promise<Store> => Promise.reject(new Error('the database was asked for'));

/** Runs a command line in this process; what it printed, and its exit code. */
export const run = async (args: string[], makeStore = noStore): Promise<{ output: string; code: number }> => {
  let output = '';
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    output += String(chunk);
    return true;
  });
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    const program = new Command().exitOverride();
    registerAudit(program, makeStore);
    registerEvidence(program);
    await program.parseAsync(args, { from: 'user' });
    return { output, code: Number(process.exitCode ?? 0) };
  } finally {
    process.exitCode = before;
    write.mockRestore();
  }
};
