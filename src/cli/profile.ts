import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { recordedSession } from '../adapters/traces/session-file.ts';
import type { Session } from '../domain/session/session.ts';
import { learnProfile } from '../forensics/learned/profile.ts';
import { reportBadInput } from './analyse.ts';

/** `holdpoint profile learn <trace-file>... --out profile.json`: what is normal, from sessions known to be good. */
export const registerProfile = (program: Command): void => {
  const profile = program.command('profile').description('what is normal for an agent');
  profile
    .command('learn')
    .description(
      'learn it from sessions known to be good: result shapes, tokens, how often each tool is called, forms of ids',
    )
    .argument('<trace-file...>', 'one session a file')
    .requiredOption('--out <file>', 'where the profile is written (JSON)')
    .action(async (files: string[], options: { out: string }) => {
      try {
        const sessions: Session[] = [];
        for (const file of files) sessions.push(await recordedSession(file));
        await writeFile(options.out, `${JSON.stringify(learnProfile(sessions))}\n`);
        process.stderr.write(
          `learned from ${sessions.length === 1 ? '1 session' : `${sessions.length} sessions`}, ${sessions.reduce((n, s) => n + s.steps.length, 0)} steps: ${options.out}\n`,
        );
      } catch (error) {
        reportBadInput(error);
      }
    });
};
