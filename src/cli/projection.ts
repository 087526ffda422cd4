import type { Command } from 'commander';
import type { Store } from '../store/port.ts';

const MOST_SAID = 20;

/** `holdpoint projection rebuild`: what lists and pages read, made again from the audit log. */
export const registerProjection = (program: Command, makeStore: () => Promise<Store>): void => {
  program
    .command('projection')
    .description('what lists and pages read')
    .command('rebuild')
    .description('make it again from the audit log; says which incidents were not what the log makes of them')
    .option('--check', 'change nothing; fails when something differs')
    .action(async ({ check = false }: { check?: boolean }) => {
      const store = await makeStore();
      try {
        const started = performance.now();
        const { incidents, differing } = await store.incidents.rebuild({ check });
        const seconds = ((performance.now() - started) / 1_000).toFixed(1);
        const verb = check ? 'differ' : 'differed and were written again';
        const said = differing.slice(0, MOST_SAID).map((id) => `  ${id}`);
        const more = differing.length > MOST_SAID ? [`  … and ${differing.length - MOST_SAID} more`] : [];
        if (differing.length > 0 && check)
          more.push(
            '  A row that an older release wrote may differ once: rebuild without --check, and check again.',
          );
        process.stdout.write(
          `${[`${incidents} ${incidents === 1 ? 'incident' : 'incidents'} read in ${seconds} s, ${differing.length} ${verb}`, ...said, ...more].join('\n')}\n`,
        );
        if (check && differing.length > 0) process.exitCode = 1;
      } finally {
        await store.close();
      }
    });
};
