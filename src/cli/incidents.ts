import type { Command } from 'commander';
import { z } from 'zod';
import { callApi, DEFAULT_URL } from './api.ts';

const Summary = z.looseObject({
  incidentId: z.string(),
  agent: z.string(),
  status: z.string(),
  phase: z.string(),
  severity: z.string(),
  openedAt: z.string(),
  failureMode: z.looseObject({ mode: z.string(), confirmed: z.boolean() }).nullable(),
  itemsProven: z.number(),
  items: z.number(),
});
const List = z.looseObject({ incidents: z.array(Summary), next: z.string().nullable() });
const Whole = Summary.extend({
  checklist: z.array(z.looseObject({ item: z.string(), proven: z.boolean(), proof: z.string() })),
  auditHead: z.string(),
});

interface Options {
  url: string;
  tokenEnv: string;
  json?: boolean;
}

const shared = (command: Command): Command =>
  command
    .option('--url <address>', 'the server', process.env['HOLDPOINT_URL'] ?? DEFAULT_URL)
    .option('--token-env <name>', 'the environment variable with your token', 'HOLDPOINT_TOKEN')
    .option('--json', 'print JSON');

/** Terminal control characters of a title or id must not reach the terminal. */
// oxlint-disable-next-line no-control-regex
const plain = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ');

const get = (path: string, { url, tokenEnv }: Options): Promise<unknown> =>
  callApi(`${url.replace(/\/+$/, '')}${path}`, { token: process.env[tokenEnv]?.trim() });

const out = (line: string): void => void process.stdout.write(`${plain(line)}\n`);
const json = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

/** `holdpoint incidents` and `holdpoint incidents show <id>`, through the API. */
export const registerIncidents = (program: Command): void => {
  const incidents = program.command('incidents').description('list incidents, or show one');
  shared(incidents.command('list', { isDefault: true }))
    .description('the newest incidents')
    .option('--open', 'open ones alone')
    .option('--ended', 'ended ones alone')
    .option('--agent <name>', 'of one agent')
    .action(async (options: Options & { open?: boolean; ended?: boolean; agent?: string }) => {
      const query = new URLSearchParams();
      if (options.open !== options.ended) query.set('status', options.open ? 'open' : 'ended');
      if (options.agent) query.set('agent', options.agent);
      const answer = await get(`/api/v1/incidents?${query}`, options);
      if (options.json) return json(answer);
      const { incidents: rows, next } = List.parse(answer);
      if (rows.length === 0) return out('no incidents');
      for (const row of rows) out(lineOf(row));
      if (next !== null) out('… and older ones; the page and the API list them all');
    });
  shared(incidents.command('show'))
    .description('one incident with its checklist')
    .argument('<id>', 'the incident')
    .action(async (id: string, options: Options) => {
      const answer = await get(`/api/v1/incidents/${encodeURIComponent(id)}`, options);
      if (options.json) return json(answer);
      const incident = Whole.parse(answer);
      out(lineOf(incident));
      for (const { item, proven, proof } of incident.checklist)
        out(`  ${proven ? '✓' : '·'} ${item}: ${proof}`);
      out(`  audit head ${incident.auditHead}`);
    });
};

const lineOf = (row: z.infer<typeof Summary>): string =>
  [
    row.incidentId,
    row.status === 'open' ? `open (${row.phase})` : row.status,
    row.severity,
    row.openedAt,
    row.failureMode ? `${row.failureMode.mode}${row.failureMode.confirmed ? '' : '?'}` : 'not classified',
    `${row.itemsProven} of ${row.items} proven`,
  ].join('  ');
