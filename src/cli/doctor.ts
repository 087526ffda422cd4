import type { Command } from 'commander';

/** `holdpoint doctor`: tries every connection; one line each, with what to do about those that fail. */
export const registerDoctor = (program: Command): void => {
  program
    .command('doctor')
    .description('try every connection and say what to do about those that fail')
    .option('--config <file>', 'the configuration; default HOLDPOINT_CONFIG, or holdpoint.yaml here')
    .action(async ({ config: file }: { config?: string }) => {
      const [{ loadConfig }, { examine }] = await Promise.all([
        import('../config.ts'),
        import('../doctor/examine.ts'),
      ]);
      const findings = await examine(loadConfig({ file, env: process.env }));
      for (const { name, ok, says } of findings)
        process.stdout.write(`${ok ? 'ok    ' : 'FAILED'}  ${name}: ${says}\n`);
      if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
    });
};
