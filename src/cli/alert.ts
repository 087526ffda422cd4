import type { Command } from 'commander';
import { z } from 'zod';
import { callApi, DEFAULT_URL, fromEnv } from './api.ts';

const Accepted = z.looseObject({
  incidentId: z.string(),
  opened: z.boolean().nullable(),
  dedupRule: z.string(),
  warnings: z.array(z.string()).default([]),
});

interface AlertOptions {
  title: string;
  agent?: string;
  session?: string;
  dedupKey?: string;
  severity?: string;
  kind?: string;
  wrongValue?: string;
  entity?: string;
  link?: string;
  url: string;
  keyEnv: string;
  json?: boolean;
}

/** `holdpoint alert --agent … --title …`: what a monitor would post. */
export const registerAlert = (program: Command): void => {
  program
    .command('alert')
    .description('post an alert to a running server; the key is read from the environment')
    .requiredOption('--title <text>', 'what was seen, in one line')
    .option('--agent <name>', 'the agent; not needed where the key speaks for one alone')
    .option('--session <id>', 'the session that went wrong, if known')
    .option('--dedup-key <key>', 'alerts with the same key join one incident')
    .option('--severity <level>', 'sev1 to sev4')
    .option('--kind <kind>', 'semantic, cost, budget or report')
    .option('--wrong-value <text>', 'a value that is wrong: where the search backward begins')
    .option('--entity <id>', 'whom or what it is about')
    .option('--link <url>', 'a page about it')
    .option('--url <address>', 'the server', process.env['HOLDPOINT_URL'] ?? DEFAULT_URL)
    .option('--key-env <name>', 'the environment variable with the key', 'HOLDPOINT_KEY')
    .option('--json', 'print the answer as JSON')
    .action(async (options: AlertOptions) => {
      const { title, agent, session, dedupKey, severity, kind, wrongValue, entity, link } = options;
      const token = fromEnv(options.keyEnv, 'a bearer key of the section `keys`');
      const fields = {
        title,
        agent,
        sessionId: session,
        dedupKey,
        severity,
        kind,
        wrongValue,
        entityId: entity,
        url: link,
      };
      const body = { source: 'cli', firedAt: Date.now(), ...fields };
      const answer = await callApi(`${options.url.replace(/\/+$/, '')}/api/v1/alerts`, {
        method: 'POST',
        token,
        body,
      });
      if (options.json) return void process.stdout.write(`${JSON.stringify(answer)}\n`);
      const { incidentId, opened, dedupRule, warnings } = Accepted.parse(answer);
      const done = opened === null ? 'received by' : opened ? 'opened' : 'joined';
      process.stdout.write(`${done} ${incidentId} (by ${dedupRule})\n`);
      warnings.forEach((warning) => process.stderr.write(`warning: ${warning}\n`));
    });
};
