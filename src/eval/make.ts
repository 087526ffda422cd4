import type { Session } from '../domain/session/session.ts';
import type { ToolManifest } from '../domain/tools.ts';
import { analyse } from '../forensics/analyse.ts';
import { makeEvalCase } from '../forensics/eval/eval-case.ts';
import type { Profile } from '../forensics/learned/profile.ts';
import { EvalFileError, type EvalFile } from './eval-file.ts';

export interface Making {
  session: Session;
  tools: ToolManifest | null;
  profile: Profile | null;
  /** The confirmed step; without it the best candidate of the engine. */
  originStep?: number | undefined;
  name?: string | undefined;
}

/** A recorded session → an eval file. Throws `EvalFileError` where the engine has no assertion for its origin. */
export const makeEvalFile = ({ session, tools, profile, originStep, name }: Making): EvalFile => {
  const options = { tools, profile };
  const analysis = analyse(session, options);
  const made = makeEvalCase(
    session,
    analysis,
    originStep === undefined ? options : { ...options, originStep },
  );
  if (!made) {
    const [best] = analysis.faultOrigin.candidates;
    const where = originStep === undefined ? (best ? `step ${best.step}` : 'no step') : `step ${originStep}`;
    throw new EvalFileError(
      `no case can be made of session ${session.sessionId}: the engine has no assertion about ${where}. Name another step with --step, give --tools and --profile, or write a test of your own.`,
    );
  }
  return {
    kind: 'holdpoint-eval',
    version: 1,
    name: name ?? `${session.agent ?? 'agent'}: ${made.assertion.says}`,
    case: made,
    tools,
    profile,
    sealed: session,
  };
};
