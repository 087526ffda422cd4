#!/usr/bin/env -S npx tsx
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { startServices } from './services/start.ts';

const port = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('a port, or 0 for a free one');
  return value;
};

const program = new Command('services')
  .description('The four services of the sample loan agent, on loopback, with their state on disk')
  .requiredOption('--state <dir>', 'where the state is kept; a restart goes on from it')
  .option('--income-port <port>', 'income service', port, 0)
  .option('--credit-port <port>', 'credit bureau', port, 0)
  .option('--applications-port <port>', 'application store', port, 0)
  .option('--letters-port <port>', 'letter mailer', port, 0);

const main = async (): Promise<void> => {
  const options = program.parse().opts<{
    state: string;
    incomePort: number;
    creditPort: number;
    applicationsPort: number;
    lettersPort: number;
  }>();
  const { urls, close } = await startServices(options.state, {
    income: options.incomePort,
    credit: options.creditPort,
    applications: options.applicationsPort,
    letters: options.lettersPort,
  });
  // Written beside and moved, so that a reader never sees half of it.
  const file = join(options.state, 'services.json');
  writeFileSync(`${file}.new`, JSON.stringify(urls, null, 2));
  renameSync(`${file}.new`, file);
  process.stdout.write(`${JSON.stringify(urls)}\n`);
  const stop = (): void => void close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
};

main().catch((error: unknown) => {
  process.stderr.write(`services: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
