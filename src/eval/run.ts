import type { Session } from '../domain/session/session.ts';
import type { AnalyseOptions } from '../forensics/analyse.ts';
import { applyVariant } from '../forensics/eval/eval-case.ts';
import { judge } from '../forensics/eval/eval-judge.ts';
import type { EvalFile } from './eval-file.ts';
import type { Suite, Tried } from './junit.ts';
import { runAgent, type AgentCommand, type AgentRun } from './run-agent.ts';

const optionsOf = ({ tools, profile }: EvalFile): AnalyseOptions => ({ tools, profile });

const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / 1000;

/** A recorded session passes when it does not break what the case forbids, also when it never came to it. */
export const judgeRecorded = (
  file: EvalFile,
  sessions: readonly { name: string; session: Session }[],
): Suite => ({
  name: file.name,
  tried: sessions.map(({ name, session }): Tried => {
    const startedAt = performance.now();
    const { kept, step, reason } = judge(file.case, file.sealed, session, optionsOf(file));
    const said = kept || step === null ? reason : `step ${step}: ${reason}`;
    return { name, status: kept ? 'passed' : 'failed', reason: said, seconds: secondsSince(startedAt) };
  }),
});

const couldNotTry = (
  { session, exit, timedOut, unknownCalls }: AgentRun,
  timeoutMs: number,
): string | null => {
  if (timedOut) return `the agent did not end within ${timeoutMs / 1000} s`;
  if (session === null)
    return `the agent sent no span (exit ${exit}): it must send them to HOLDPOINT_URL or OTEL_EXPORTER_OTLP_ENDPOINT`;
  if (unknownCalls.length > 0 && session.steps.every(({ tool }) => tool?.status !== 'ok'))
    return `the agent called only tools that were not recorded: ${unknownCalls.join(', ')}`;
  return null;
};

const tryIn = async (file: EvalFile, name: string, world: Session, agent: AgentCommand): Promise<Tried> => {
  const startedAt = performance.now();
  const run = await runAgent(world, agent);
  const done = (status: Tried['status'], reason: string): Tried => ({
    name,
    status,
    reason,
    seconds: secondsSince(startedAt),
  });
  const problem = couldNotTry(run, agent.timeoutMs);
  if (problem !== null || run.session === null) return done('error', problem ?? 'no session');
  const { kept, step, reason, tried } = judge(file.case, file.sealed, run.session, optionsOf(file));
  if (!kept) return done('failed', `step ${step}: ${reason}`);
  // An agent that never came to the place proves nothing about it.
  return tried ? done('passed', reason) : done('error', `nothing was tried: ${reason}`);
};

/** Runs the agent in the world of the sealed session and in each variant of it: other ids, another new field name. */
export const judgeAgent = async (file: EvalFile, agent: AgentCommand): Promise<Suite> => {
  const worlds = [
    { name: 'as it happened', world: file.sealed },
    ...file.case.variants.map((variant) => ({
      name: `variant ${variant.seed.split('/').at(-1)}: ${variant.name}`,
      world: applyVariant(file.case, variant, file.sealed),
    })),
  ];
  const tried: Tried[] = [];
  for (const { name, world } of worlds)
    tried.push(await tryIn(file, name, world, { ...agent, name: `${file.name}: ${name}` }));
  return { name: file.name, tried };
};
