import type { Command } from 'commander';
import { untilStopped } from './signals.ts';

/** `holdpoint worker`: runs incidents. Stateless; run as many as you like. */
export const registerWorker = (program: Command): void => {
  program
    .command('worker')
    .description('run the Temporal worker, from holdpoint.yaml')
    .option('--config <file>', 'the configuration; default HOLDPOINT_CONFIG, or holdpoint.yaml here')
    .action(async ({ config: file }: { config?: string }) => {
      const [{ loadConfig }, { composeWorker }] = await Promise.all([
        import('../config.ts'),
        import('../compose.ts'),
      ]);
      const config = loadConfig({ file, env: process.env });
      for (const warning of config.warnings) process.stderr.write(`warning: ${warning}\n`);
      await untilStopped('worker', await composeWorker(config));
    });
};
