import type { Fact } from '../event.ts';
import { pathFrom } from '../path.ts';
import type { IncidentState } from '../state.ts';
import { decision, own, type DecisionTable } from './table.ts';

const session = (state: IncidentState, id: string) => own(state.sessions, id);
const suggestedFor = (state: IncidentState, id: string) => session(state, id)?.analysis ?? null;
const suggestedOrigin = (state: IncidentState, id: string) => suggestedFor(state, id)?.candidates[0]?.step;
const suggestedPath = (state: IncidentState, id: string): number[] => {
  const [found, step] = [suggestedFor(state, id), suggestedOrigin(state, id)];
  return found && step ? pathFrom(found, step) : [];
};

/** What of a suggestion nobody confirmed yet. */
function confirmedFacts(s: IncidentState, sessionId: string): Fact[] {
  const [mode, step] = [suggestedFor(s, sessionId)?.mode, suggestedOrigin(s, sessionId)];
  const facts: Fact[] = [];
  if (s.acknowledgedAt === null) facts.push({ type: 'acknowledged', data: {} });
  if (!s.mode.confirmed && mode && mode !== 'unknown')
    facts.push({ type: 'modeConfirmed', data: { mode, misfit: null, suggested: s.mode.suggested ?? mode } });
  if (!s.origin && step) facts.push({ type: 'originConfirmed', data: { sessionId, step, rank: 1 } });
  if (!s.cascade) facts.push({ type: 'cascadeConfirmed', data: { path: suggestedPath(s, sessionId) } });
  return facts;
}

/** One tap for a clear suggestion: all of it is decided, or none. */
export const suggestion: DecisionTable<'confirmAnalysis'> = {
  confirmAnalysis: decision(
    'confirmAnalysis',
    'responder',
    [
      { code: 'no-analysis', breaks: (s, c) => !suggestedFor(s, c.sessionId) },
      {
        code: 'stale-analysis',
        breaks: (s, c) => suggestedFor(s, c.sessionId)?.analysisSha256 !== c.analysisSha256,
      },
      {
        code: 'misfit-needed',
        breaks: (s, c) => !s.mode.confirmed && suggestedFor(s, c.sessionId)?.mode === 'unknown',
      },
      { code: 'origin-first', breaks: (s, c) => !s.origin && !suggestedOrigin(s, c.sessionId) },
      {
        code: 'path-wrong-start',
        breaks: (s, { sessionId }) =>
          s.origin !== null &&
          !s.cascade &&
          (s.origin.sessionId !== sessionId || s.origin.step !== suggestedOrigin(s, sessionId)),
        detail: (s) => String(s.origin?.step ?? ''),
      },
      {
        code: 'no-such-step',
        breaks: (s, c) =>
          !s.cascade &&
          (suggestedPath(s, c.sessionId).at(-1) ?? 0) > (session(s, c.sessionId)?.seal?.steps ?? 0),
        detail: (s, c) => String(session(s, c.sessionId)?.seal?.steps ?? 0),
      },
      { code: 'no-change', breaks: (s, c) => confirmedFacts(s, c.sessionId).length === 0 },
    ],
    (s, c) => confirmedFacts(s, c.sessionId),
  ),
};
