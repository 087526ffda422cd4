import type { Command } from 'commander';
import { z } from 'zod';
import { callApi } from './api.ts';
import { json, out, type ServerOptions, shared } from './server-options.ts';

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

const get = (path: string, { url, tokenEnv }: ServerOptions): Promise<unknown> =>
  callApi(`${url.replace(/\/+$/, '')}${path}`, { token: process.env[tokenEnv]?.trim() });

/** `holdpoint incidents` and `holdpoint incidents show <id>`, through the API. */
export const registerIncidents = (program: Command): void => {
  const incidents = program.command('incidents').description('list incidents, or show one');
  shared(incidents.command('list', { isDefault: true }))
    .description('the newest incidents')
    .option('--open', 'open ones alone')
    .option('--ended', 'ended ones alone')
    .option('--agent <name>', 'of one agent')
    .action(async (options: ServerOptions & { open?: boolean; ended?: boolean; agent?: string }) => {
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
    .action(async (id: string, options: ServerOptions) => {
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
