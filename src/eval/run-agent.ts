import { spawn } from 'node:child_process';
import type { Session } from '../domain/session/session.ts';
import { sessionFromSpans } from '../forensics/read/session.ts';
import { openStage } from './stage.ts';
import { worldOf } from './world.ts';

export interface AgentRun {
  /** What the agent did; null when it sent no span. */
  session: Session | null;
  /** Exit code, or the signal that ended it. */
  exit: string;
  timedOut: boolean;
  /** Tools that the agent called and for which nothing was recorded. */
  unknownCalls: string[];
}

export interface AgentCommand {
  command: readonly [string, ...string[]];
  timeoutMs: number;
  /** Name of the case, for the agent's own log. */
  name: string;
}

const KILL_MS = 5_000;

/** How the command is told where it plays. */
const environment = (url: string, name: string, input: string): Record<string, string> => ({
  HOLDPOINT_EVAL: name,
  HOLDPOINT_EVAL_URL: url,
  HOLDPOINT_EVAL_INPUT: input,
  HOLDPOINT_URL: url,
  HOLDPOINT_KEY: 'eval',
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/v1/traces`,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  OTEL_TRACES_SAMPLER: 'always_on',
});

/** Runs the command in the world of a session and reads back what it did. Its output goes to our stderr. */
export const runAgent = async (
  world: Session,
  { command, timeoutMs, name }: AgentCommand,
): Promise<AgentRun> => {
  const played = worldOf(world);
  const stage = await openStage(played);
  try {
    const [program, ...args] = command;
    const env = { ...process.env, ...environment(stage.url, name, played.input) };
    const { exit, timedOut } = await ended(program, args, env, timeoutMs);
    const spans = stage.spans();
    const session = spans.length === 0 ? null : sessionFromSpans(spans);
    return { session, exit, timedOut, unknownCalls: stage.unknownCalls() };
  } finally {
    await stage.close();
  }
};

const ended = (
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  timeoutMs: number,
): Promise<{ exit: string; timedOut: boolean }> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.pipe(process.stderr, { end: false });
    let timedOut = false;
    const stop = setTimeout(() => {
      timedOut = true;
      child.kill('SIGTERM');
    }, timeoutMs);
    const kill = setTimeout(() => child.kill('SIGKILL'), timeoutMs + KILL_MS);
    const done = (): void => {
      clearTimeout(stop);
      clearTimeout(kill);
    };
    child.once('error', (cause) => {
      done();
      reject(new Error(`the agent's command ${program} cannot be started: ${cause.message}`, { cause }));
    });
    child.once('close', (code, signal) => {
      done();
      resolve({ exit: signal ?? String(code), timedOut });
    });
  });
