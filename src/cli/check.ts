import type { Command } from 'commander';
import { ConfigError, findConfigFile, loadConfig } from '../config.ts';
import { sentenceOf } from '../config/issue.ts';

const BAD_INPUT = 2;

/** `holdpoint check`: everything that is wrong with the configuration, where, and what to write instead. */
export const registerCheck = (program: Command): void => {
  program
    .command('check')
    .description('check holdpoint.yaml: what is wrong, where, and what to write instead')
    .argument('[file]', 'the configuration; default HOLDPOINT_CONFIG, or holdpoint.yaml here')
    .option('--json', 'print the findings as one JSON object on stdout')
    .action((file: string | undefined, { json = false }: { json?: boolean }) => {
      const shown = findConfigFile({ file, env: process.env }) ?? 'holdpoint.yaml';
      try {
        const { warnings, agents, people, keys } = loadConfig({ file, env: process.env });
        if (json) return print({ file: shown, ok: true, issues: [], warnings });
        warnings.forEach((warning) => process.stdout.write(`warning  ${warning}\n`));
        const counts = `${Object.keys(agents).length} agents, ${people.length} people, ${keys.length} keys`;
        process.stdout.write(`ok  ${shown}: ${counts}\n`);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        process.exitCode = BAD_INPUT;
        if (json) return print({ file: shown, ok: false, issues: error.issues, warnings: [] });
        error.issues.forEach((issue) => process.stdout.write(`${sentenceOf(issue)}\n`));
        const { length } = error.issues;
        process.stdout.write(`\n${length} ${length === 1 ? 'thing is' : 'things are'} wrong in ${shown}\n`);
      }
    });
};

const print = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
