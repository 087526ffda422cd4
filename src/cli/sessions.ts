import type { Command } from 'commander';
import { z } from 'zod';
import { SessionsView, type SessionView } from '../web/views/sessions.ts';
import { callApi } from './api.ts';
import { json, out, type ServerOptions, shared } from './server-options.ts';

const Similar = z.looseObject({
  patterns: z.array(z.string()),
  looked: z.number(),
  hasMore: z.boolean(),
  sessions: z.array(
    z.looseObject({
      sessionId: z.string(),
      startedAt: z.string(),
      pattern: z.string(),
      step: z.number().nullable(),
      reason: z.string(),
    }),
  ),
});
const Validated = z.looseObject({ validated: z.number(), baseline: z.looseObject({ sessions: z.number() }) });

interface ListOptions extends ServerOptions {
  agent?: string;
  outcome?: string;
  flag?: string;
  pattern?: string;
  incident?: string;
  from?: string;
  to?: string;
  limit?: string;
  before?: string;
}

const call = (path: string, { url, tokenEnv }: ServerOptions, body?: unknown): Promise<unknown> =>
  callApi(`${url.replace(/\/+$/, '')}${path}`, {
    token: process.env[tokenEnv]?.trim(),
    ...(body === undefined ? {} : { method: 'POST', body }),
  });

const FILTERS = ['agent', 'outcome', 'flag', 'pattern', 'incident', 'from', 'to', 'limit', 'before'] as const;

async function list(options: ListOptions): Promise<void> {
  const query = new URLSearchParams();
  for (const name of FILTERS) if (options[name]) query.set(name, options[name]);
  const answer = await call(`/api/v1/sessions?${query}`, options);
  if (options.json) return json(answer);
  const { sessions, rates, next } = SessionsView.parse(answer);
  if (rates.sessions === 0) return out('no sessions');
  for (const session of sessions) out(lineOf(session));
  if (next !== null) out(`… and older ones: --before ${next}`);
  const shares = Object.entries(rates.outcomes).filter(([, n]) => n > 0);
  const share = (n: number): string => `${Math.round((1_000 * n) / rates.sessions) / 10} %`;
  out(
    `${rates.sessions} sessions: ${shares.map(([name, n]) => `${name.replace('_', ' ')} ${share(n)}`).join(', ')}; flagged ${share(rates.flagged)}, stopped ${share(rates.contained)}`,
  );
}

const lineOf = (session: SessionView): string =>
  [
    session.startedAt,
    session.agent,
    session.sessionId,
    session.outcome ?? 'not said',
    `${session.modelCalls} model and ${session.toolCalls} tool calls`,
    `${session.tokens} tokens`,
    session.flags.join(',') || 'no flag',
    ...(session.incidentId === null ? [] : [session.incidentId]),
  ].join('  ');

/** Which other sessions show the pattern of an incident; with `widen` they join it. */
async function similar(
  incidentId: string,
  options: ServerOptions & { hours: string; widen?: boolean },
): Promise<void> {
  const id = encodeURIComponent(incidentId);
  const answer = await call(
    `/api/v1/incidents/${id}/similar?${new URLSearchParams({ hours: options.hours })}`,
    options,
  );
  const found = Similar.parse(answer);
  for (const { sessionId } of options.widen ? found.sessions : [])
    await call(`/api/v1/incidents/${id}/commands`, options, {
      type: 'joinSession',
      id: `widen:${sessionId}`.slice(0, 150),
      sessionId,
      because: 'It shows the failure pattern of this incident.',
    });
  if (options.json) return json({ ...found, widened: options.widen === true });
  if (found.patterns.length === 0)
    return out('The incident has no failure pattern yet: it is known when a session was analysed.');
  for (const { sessionId, startedAt, step, reason } of found.sessions)
    out(`${startedAt}  ${sessionId}  step ${step ?? '–'}: ${reason}`);
  out(
    `${found.sessions.length} of ${found.looked} other sessions show ${found.patterns.join(' or ')}${found.hasMore ? '; there are more in this time: give fewer --hours' : ''}`,
  );
  if (options.widen) out(`${found.sessions.length} sessions joined ${incidentId}`);
}

async function validate(agent: string, sessions: string[], options: ServerOptions): Promise<void> {
  const answer = await call('/api/v1/sessions/validate', options, { agent, sessions });
  if (options.json) return json(answer);
  const { validated, baseline } = Validated.parse(answer);
  out(
    `${validated} sessions are known to be good; the baseline of ${agent} now rests on ${baseline.sessions}`,
  );
}

/** `holdpoint sessions`, `sessions similar <incident>`, `sessions validate <agent> <session>…`, through the API. */
export const registerSessions = (program: Command): void => {
  const sessions = program.command('sessions').description('outcomes and cohorts of sessions');
  shared(sessions.command('list', { isDefault: true }))
    .description('the newest sessions that match, and how all that match ended')
    .option('--agent <name>', 'of one agent')
    .option('--outcome <outcome>', 'completed, tool_error, bad_output, timeout, budget_exceeded, none')
    .option('--flag <flag>', 'with this flag')
    .option('--pattern <pattern>', 'with this failure pattern')
    .option('--incident <id>', 'stopped by the live detector for this incident')
    .option('--from <time>', 'started from: a day or a moment')
    .option('--to <time>', 'started to: a day, included, or a moment')
    .option('--limit <n>', 'how many are listed, 50 unless said')
    .option('--before <place>', 'older ones')
    .action(list);
  shared(sessions.command('similar'))
    .description('which other sessions show the failure pattern of an incident')
    .argument('<incident>', 'the incident')
    .option('--hours <n>', 'how long before the incident sessions are looked at', '24')
    .option('--widen', 'they join the incident: contained, sealed and mapped with it')
    .action(similar);
  shared(sessions.command('validate'))
    .description('say that sessions were good: the baseline is learned from such sessions alone')
    .argument('<agent>', 'the agent')
    .argument('<session...>', 'its sessions')
    .action(validate);
};
