#!/usr/bin/env -S npx tsx
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { AgentStopped, openSession, type AgentSession } from '../../src/instrument/index.ts';
import { nextBatch, OBJECTIVE } from './agent/batch.ts';
import type { ChatModel } from './agent/chat.ts';
import { openAiModel } from './agent/open-ai.ts';
import { runSession, TOKEN_BUDGET } from './agent/run-session.ts';
import { standInModel } from './agent/stand-in.ts';
import { IRREVERSIBLE_TOOLS } from './agent/tools.ts';
import { ServiceUrls } from './services/start.ts';

const STOPPED_BY_HOLDPOINT = 3;

const count = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('a whole number');
  return value;
};

interface Options {
  endpoint: string;
  key: string | undefined;
  services: ServiceUrls;
  agent: string;
  sessions: number;
  forever: boolean;
  batch: number;
  paceMs: number;
  json: boolean;
}

const readOptions = (): Options => {
  const raw = new Command('agent')
    .description('The sample agent: decides loan applications, and is watched and stopped by Holdpoint')
    .requiredOption('--endpoint <url>', 'Holdpoint')
    .requiredOption('--services <file>', 'services.json of the services, or the JSON itself')
    .option('--key <key>', 'key of this agent; better in HOLDPOINT_KEY', process.env['HOLDPOINT_KEY'])
    .option('--agent <name>', 'name of this agent', 'loan-agent')
    .option('--sessions <n>', 'how many sessions to run', count, 1)
    .option('--forever', 'run until stopped', false)
    .option('--batch <n>', 'applications a session; every third session has one more', count, 4)
    .option('--pace <ms>', 'how long the stand-in model thinks', count, 15)
    .option('--json', 'one JSON object a session instead of one line', false)
    .parse()
    .opts<Omit<Options, 'services' | 'paceMs'> & { services: string; pace: number }>();
  const text = raw.services.trimStart().startsWith('{') ? raw.services : readFileSync(raw.services, 'utf8');
  return { ...raw, paceMs: raw.pace, services: ServiceUrls.parse(JSON.parse(text)) };
};

const modelOf = ({ paceMs }: Options): ChatModel => {
  const { MODEL_URL: url, MODEL_NAME: name, MODEL_KEY: key } = process.env;
  if (url === undefined || url === '') return standInModel(paceMs);
  if (name === undefined || name === '')
    throw new Error('MODEL_URL is set: set MODEL_NAME to the model to ask for');
  return openAiModel({ url, name, key });
};

const say = (line: string): void => void process.stderr.write(`${line}\n`);

let leaving = false;
let open: AgentSession | null = null;

/** One session; true when the agent as a whole was stopped. */
const oneSession = async (options: Options, model: ChatModel, number: number): Promise<boolean> => {
  let session: AgentSession | null = null;
  try {
    session = await openSession({
      endpoint: options.endpoint,
      apiKey: options.key,
      agent: options.agent,
      objective: OBJECTIVE,
      tokenBudget: TOKEN_BUDGET,
      flushEveryMs: 100,
      stopSwitch: { irreversibleTools: IRREVERSIBLE_TOOLS },
      onWarning: (message) => say(`warning: ${message}`),
      onHold: (state) => say(`${session?.sessionId ?? 'next session'}: ${state} by Holdpoint`),
    });
    open = session;
    const batch = await nextBatch(options.services.applications, options.batch + (number % 3 === 2 ? 1 : 0));
    const report = await runSession(session, model, options.services, batch);
    await session.end(report.outcome);
    tell(options, {
      session: session.sessionId,
      applications: batch.length,
      ...report,
      steps: session.steps(),
    });
    return false;
  } catch (error) {
    const steps = session?.steps() ?? 0;
    if (!(error instanceof AgentStopped)) {
      await session?.end('tool_error');
      throw error;
    }
    await session?.end();
    tell(options, {
      session: session?.sessionId ?? null,
      outcome: 'stopped',
      scope: error.scope,
      reason: error.reason,
      steps,
    });
    return error.scope === 'agent';
  } finally {
    open = null;
  }
};

const tell = (options: Options, report: Record<string, unknown>): void => {
  const { session, ...rest } = report;
  const line = Object.entries(rest).map(([key, value]) => `${key} ${String(value)}`);
  process.stdout.write(
    options.json ? `${JSON.stringify(report)}\n` : `session ${String(session)}: ${line.join(', ')}\n`,
  );
};

const main = async (): Promise<void> => {
  const options = readOptions();
  const model = modelOf(options);
  const leave = (): void => {
    if (leaving) process.exit(130);
    leaving = true;
    void (open?.end() ?? Promise.resolve()).then(() => process.exit(0));
  };
  process.once('SIGTERM', leave);
  process.on('SIGINT', leave);
  for (let number = 0; !leaving && (options.forever || number < options.sessions); number += 1) {
    if (await oneSession(options, model, number)) {
      process.exitCode = STOPPED_BY_HOLDPOINT;
      return;
    }
  }
};

main().catch((error: unknown) => {
  say(`agent: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
