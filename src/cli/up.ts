import type { Command } from 'commander';

interface UpOptions {
  auto?: boolean;
  again?: boolean;
  json?: boolean;
  trace?: string;
  tools?: string;
  profile?: string;
}

/** `holdpoint up`: everything that is not configured is brought along, on loopback. `npm start` runs this. */
export const registerUp = (program: Command): void => {
  program
    .command('up')
    .description('start Holdpoint; without a configuration, the sample with everything embedded')
    .option('--auto', 'play the people too, until the incident is closed, and exit')
    .option('--again', 'the sample’s failure once more, after the lesson of its first incident, and exit')
    .option('--json', 'with --auto or --again: print the summary as one JSON object on stdout')
    .option('--trace <file>', 'run the incident on a recorded OTLP/JSON session instead of the sample agent')
    .option('--tools <file>', 'what the recorded session’s tools do (YAML)')
    .option('--profile <file>', 'what is normal, from `holdpoint profile learn`')
    .action(async (options: UpOptions, command: Command) => {
      if (!options.trace && (options.tools || options.profile))
        command.error('error: --tools and --profile describe a recorded session: name it with --trace');
      if (options.trace && (options.auto || options.again))
        command.error('error: --auto and --again play the sample: leave them out with --trace');
      const { up } = await import('../embedded/up/up.ts');
      process.exitCode = await up(options);
    });
};
