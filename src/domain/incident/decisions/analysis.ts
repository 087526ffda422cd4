import { isSessionContained } from '../containment.ts';
import { isBeforeRotation } from '../seal-time.ts';
import type { IncidentState } from '../state.ts';
import { decision, own, type DecisionTable } from './table.ts';

const session = (state: IncidentState, id: string) => own(state.sessions, id);
const graceOver = (state: IncidentState, sessionId: string, at: number): boolean =>
  at >= (session(state, sessionId)?.joinedAt ?? 0) + state.policy.exportGraceMs;
const originSession = (state: IncidentState) =>
  state.origin ? session(state, state.origin.sessionId) : undefined;
const analysed = (state: IncidentState) => Object.values(state.sessions).some((item) => item.analysis);

export const analysis: DecisionTable<
  | 'reportSeal'
  | 'reportSealTrouble'
  | 'suggestAnalysis'
  | 'confirmMode'
  | 'completeFirstAction'
  | 'confirmOrigin'
  | 'confirmCascade'
> = {
  reportSeal: decision(
    'reportSeal',
    'engine',
    [
      { code: 'unknown-session', breaks: (s, c) => !session(s, c.seal.sessionId) },
      {
        code: 'grace-running',
        breaks: (s, c) => !isSessionContained(s, c.seal.sessionId) && !graceOver(s, c.seal.sessionId, c.at),
      },
      {
        code: 'seal-order',
        breaks: (s, c) => c.seal.sealNumber !== (session(s, c.seal.sessionId)?.seal?.sealNumber ?? 0) + 1,
        detail: (s, c) => String((session(s, c.seal.sessionId)?.seal?.sealNumber ?? 0) + 1),
      },
    ],
    (s, c) => {
      const { seal } = c;
      const first = session(s, seal.sessionId)?.seal ?? null;
      const beforeRotation = first
        ? (session(s, seal.sessionId)?.beforeRotation ?? false)
        : isBeforeRotation(seal, c.at);
      return [{ type: 'sessionSealed', data: { seal, beforeRotation } }];
    },
  ),

  reportSealTrouble: decision(
    'reportSealTrouble',
    'engine',
    [{ code: 'unknown-session', breaks: (s, c) => !session(s, c.sessionId) }],
    (_s, { sessionId, percentOfDeadline, reason }) => [
      { type: 'sealTroubled', data: { sessionId, percentOfDeadline, reason } },
    ],
  ),

  // Runbook, triage steps 1 to 3: contain, capture, and only then classify.
  suggestAnalysis: decision(
    'suggestAnalysis',
    'engine',
    [
      { code: 'unknown-session', breaks: (s, c) => !session(s, c.sessionId) },
      { code: 'not-contained', breaks: (s, c) => !isSessionContained(s, c.sessionId) },
      { code: 'not-sealed', breaks: (s, c) => !session(s, c.sessionId)?.seal },
      {
        code: 'stale-analysis',
        breaks: (s, c) => session(s, c.sessionId)?.seal?.manifestSha256 !== c.manifestSha256,
      },
    ],
    (_s, { type: _type, id: _id, at: _at, by: _by, ...data }) => [{ type: 'analysisSuggested', data }],
  ),

  confirmMode: decision(
    'confirmMode',
    'responder',
    [
      { code: 'no-analysis', breaks: (s) => !analysed(s) },
      {
        code: 'misfit-needed',
        breaks: (s, c) => s.mode.suggested === 'unknown' && c.misfit === null,
      },
      { code: 'no-change', breaks: (s, c) => s.mode.confirmed === c.mode },
    ],
    (s, { mode, misfit }) => [
      { type: 'modeConfirmed', data: { mode, misfit, suggested: s.mode.suggested ?? 'unknown' } },
    ],
  ),

  completeFirstAction: decision(
    'completeFirstAction',
    'responder',
    [
      {
        code: 'no-first-action',
        breaks: (s) => !s.firstAction || s.firstAction.completedAt !== null,
      },
    ],
    (_s, { note }) => [{ type: 'firstActionCompleted', data: { note } }],
  ),

  // Runbook, triage step 4 and postmortem section 3: 'not "around step 10" but "step 7"'.
  confirmOrigin: decision(
    'confirmOrigin',
    'responder',
    [
      { code: 'unknown-session', breaks: (s, c) => !session(s, c.sessionId) },
      { code: 'no-analysis', breaks: (s, c) => !session(s, c.sessionId)?.analysis },
      { code: 'mode-first', breaks: (s) => s.mode.confirmed === null },
      {
        code: 'no-such-step',
        breaks: (s, c) => c.step > (session(s, c.sessionId)?.seal?.steps ?? 0),
        detail: (s, c) => String(session(s, c.sessionId)?.seal?.steps ?? 0),
      },
      {
        code: 'no-change',
        breaks: (s, c) => s.origin?.sessionId === c.sessionId && s.origin.step === c.step,
      },
    ],
    (s, { sessionId, step }) => {
      const rank =
        session(s, sessionId)?.analysis?.candidates.findIndex((candidate) => candidate.step === step) ?? -1;
      return [{ type: 'originConfirmed', data: { sessionId, step, rank: rank < 0 ? null : rank + 1 } }];
    },
  ),

  confirmCascade: decision(
    'confirmCascade',
    'responder',
    [
      { code: 'origin-first', breaks: (s) => s.origin === null },
      {
        code: 'path-not-increasing',
        breaks: (_s, { path }) => path.some((step, i) => i > 0 && step <= (path[i - 1] ?? 0)),
      },
      {
        code: 'path-wrong-start',
        breaks: (s, { path }) => path[0] !== s.origin?.step,
        detail: (s) => String(s.origin?.step ?? ''),
      },
      {
        code: 'no-such-step',
        breaks: (s, { path }) => (path.at(-1) ?? 0) > (originSession(s)?.seal?.steps ?? 0),
        detail: (s) => String(originSession(s)?.seal?.steps ?? 0),
      },
      {
        code: 'path-wrong-end',
        breaks: (s, { path }) => {
          const symptom = originSession(s)?.analysis?.symptomStep ?? null;
          return symptom !== null && symptom > (s.origin?.step ?? 0) && path.at(-1) !== symptom;
        },
        detail: (s) => String(originSession(s)?.analysis?.symptomStep ?? ''),
      },
    ],
    (_s, { path }) => [{ type: 'cascadeConfirmed', data: { path } }],
  ),
};
