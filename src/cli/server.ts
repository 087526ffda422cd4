import type { Command } from 'commander';
import { untilStopped } from './signals.ts';

/** `holdpoint server`: intake, API, pages, OTLP and Slack. Stateless; run as many as you like. */
export const registerServer = (program: Command): void => {
  program
    .command('server')
    .description('run the HTTP server with Slack, from holdpoint.yaml')
    .option('--config <file>', 'the configuration; default HOLDPOINT_CONFIG, or holdpoint.yaml here')
    .action(async ({ config: file }: { config?: string }) => {
      const [{ loadConfig }, { composeServer }] = await Promise.all([
        import('../config.ts'),
        import('../compose.ts'),
      ]);
      const config = loadConfig({ file, env: process.env });
      for (const warning of config.warnings) process.stderr.write(`warning: ${warning}\n`);
      await untilStopped('server', await composeServer(config));
    });
};
