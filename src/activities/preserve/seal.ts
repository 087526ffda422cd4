import type { Seal } from '../../domain/incident/vocabulary.ts';
import type { Session } from '../../domain/session/session.ts';
import type { Manifest } from './manifest.ts';

const MAX_SENTENCES = 50;
const MAX_SENTENCE = 500;

/** Counts of a session for its manifest. No step began after it arrived: the agent's clock may be ahead. */
export const countsOf = ({ steps }: Session, newestArrivalMs: number) => {
  const calls = steps.filter((step) => step.kind === 'llm');
  const costs = steps.flatMap((step) => (step.costUsd === null ? [] : [step.costUsd]));
  const started = steps.map((step) => step.startedAtMs).filter((ms) => ms > 0);
  const times = [...started, ...steps.flatMap((step) => step.endedAtMs ?? [])];
  return {
    modelCalls: calls.length,
    tokens: Math.round(
      calls.reduce((sum, step) => sum + (step.inputTokens ?? 0) + (step.outputTokens ?? 0), 0),
    ),
    costUsd: costs.length > 0 ? costs.reduce((sum, cost) => sum + cost, 0) : null,
    sessionStartedAtMs: Math.max(0, Math.floor(started.reduce((a, b) => Math.min(a, b), Infinity))) || 0,
    lastStepStartedAtMs: Math.max(
      0,
      Math.floor(
        Math.min(
          newestArrivalMs,
          started.reduce((a, b) => Math.max(a, b), 0),
        ),
      ),
    ),
    sessionEndedAtMs: Math.max(0, Math.floor(times.reduce((a, b) => Math.max(a, b), 0))),
  };
};

/** Sentences for people: what the source did not give, and which of the runbook's required fields are not there. */
export const missingOf = ({ completeness }: Session, stable: boolean): string[] => [
  ...(stable ? [] : ['Spans were still arriving when this was sealed.']),
  ...completeness.warnings,
  ...completeness.limits,
  ...completeness.missingFields.map(
    ({ field, kind, steps, first }) =>
      `${field} is missing at ${steps} ${kind} steps (first: ${first.join(', ')}).`,
  ),
];

const sentences = (missing: readonly string[]): string[] => {
  const lines = missing
    .map((line) => line.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_SENTENCE).trim())
    .filter(Boolean);
  if (lines.length <= MAX_SENTENCES) return lines;
  const shown = lines.slice(0, MAX_SENTENCES - 1);
  return [...shown, `And ${lines.length - shown.length} more, in the manifest.`];
};

/** What the workflow is told of a seal: derived from its manifest alone, so that a repeat says the same. */
export const sealOf = (manifest: Manifest, uri: string, sha256: string): Seal => ({
  sessionId: manifest.sessionId,
  sealNumber: manifest.sealNumber,
  manifestSha256: sha256,
  uri,
  pages: manifest.pages.length,
  steps: manifest.steps.count,
  complete: manifest.exportComplete,
  missing: sentences(manifest.missing),
  sessionStartedAtMs: manifest.sessionStartedAtMs,
  sessionEndedAtMs: manifest.sessionEndedAtMs,
  ...(manifest.lastStepStartedAtMs === undefined
    ? {}
    : { lastStepStartedAtMs: manifest.lastStepStartedAtMs }),
  sealedAtMs: manifest.exportedAtMs,
  ...(manifest.clockAheadMs === undefined ? {} : { clockAheadMs: manifest.clockAheadMs }),
  rotatesAtMs: manifest.rotatesAtMs,
  modelCalls: manifest.modelCalls,
  tokens: manifest.tokens,
  costUsd: manifest.costUsd,
  baselineTokens: manifest.baselineTokens,
});
