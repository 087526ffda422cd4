import type { SessionState } from '../../domain/incident/state.ts';
import type { Session } from '../../domain/session/session.ts';
import type { PostmortemView } from '../postmortem-view.ts';
import type { PostmortemSource } from '../source.ts';
import { duration, utc } from '../text.ts';

type SessionContext = PostmortemView['sessionContext'];

const number = (n: number): string => Math.round(n).toLocaleString('en-US');

function baseline({ seal }: SessionState): string {
  if (!seal) return 'Not known before the seal.';
  if (seal.baselineTokens === null) return 'No baseline of this agent is known.';
  return `${(seal.tokens / seal.baselineTokens).toFixed(1)} × the usual ${number(seal.baselineTokens)} tokens.`;
}

function sealed({ seal, beforeRotation }: SessionState): string {
  if (!seal) return 'Not sealed.';
  const rotation =
    seal.rotatesAtMs === null
      ? 'the source keeps its log'
      : beforeRotation
        ? 'before its log rotated'
        : 'after its log had rotated';
  return `${seal.complete ? 'Complete' : 'Partial'} export sealed ${utc(seal.sealedAtMs)}, ${rotation}.`;
}

function row(session: SessionState): SessionContext['sessions'][number] {
  const { seal } = session;
  const from = seal?.sessionStartedAtMs ?? 0;
  const to = seal?.sessionEndedAtMs ?? 0;
  return {
    sessionId: session.sessionId,
    because: session.because,
    timeRange: seal && `${utc(from)} – ${utc(to)} (${duration(to - from)})`,
    modelCalls: seal?.modelCalls ?? null,
    tokens: seal?.tokens ?? null,
    baseline: baseline(session),
    cost: seal?.costUsd == null ? null : `${seal.costUsd.toFixed(2)} USD`,
    steps: seal?.steps ?? null,
    sealed: sealed(session),
    manifestSha256: seal?.manifestSha256 ?? null,
    missing: seal?.missing ?? [],
  };
}

/** What the session was told to do: its system instructions, else its first stated objective, else its first request. */
export function intendedBehaviour(session: Session | null): SessionContext['intended'] {
  const steps = session?.steps ?? [];
  const told = steps.find((step) => step.systemInstructions?.trim());
  if (told?.systemInstructions)
    return { source: `System instructions, step ${told.stepNumber}`, text: told.systemInstructions };
  for (const step of steps) {
    const system = step.messagesIn?.find((message) => message.role === 'system' && message.content.trim());
    if (system) return { source: `System message, step ${step.stepNumber}`, text: system.content };
  }
  const stated = steps.find((step) => step.objective?.trim());
  if (stated?.objective)
    return { source: `Stated objective, step ${stated.stepNumber}`, text: stated.objective };
  for (const step of steps) {
    const asked = step.messagesIn?.find((message) => message.role === 'user' && message.content.trim());
    if (asked) return { source: `First request, step ${step.stepNumber}`, text: asked.content };
  }
  return null;
}

/** The session a reader should look at first: the one with the fault origin, else the first that joined. */
export const leadingSession = ({ state, sessions }: PostmortemSource) => {
  const id = state.origin?.sessionId ?? Object.keys(state.sessions)[0] ?? '';
  return Object.hasOwn(sessions, id) ? sessions[id] : undefined;
};

/** Runbook, section 1: "Session ID. Time range. Total LLM calls. Total tokens. … intended session behavior." */
export const sessionContext = (source: PostmortemSource): Omit<SessionContext, 'words'> => ({
  intended: intendedBehaviour(leadingSession(source)?.session ?? null),
  sessions: Object.values(source.state.sessions).map(row),
});
