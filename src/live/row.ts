import type { FindingSeverity } from '../domain/session/finding.ts';
import type { SessionRow } from '../store/port.ts';
import type { Watched } from './watched.ts';

/** As many findings as a person reads; the sealed analysis has them all. */
const SHOWN = 50;
const RANK: Record<FindingSeverity, number> = { info: 0, warning: 1, critical: 2 };

/** A watched session as it is written down. */
export const rowOf = (watched: Watched): SessionRow => {
  const { agent, sessionId, live, seenAtMs, response, incidentId, isSettled } = watched;
  // Steps are numbered once every span is there; until then by arrival.
  const findings = isSettled ? live.findings() : live.arrivals();
  const worst = findings.reduce<FindingSeverity | null>(
    (sofar, { severity }) => (sofar === null || RANK[severity] > RANK[sofar] ? severity : sofar),
    null,
  );
  const loud = findings.filter(({ severity }) => severity !== 'info');
  const { totals } = live;
  return {
    agent,
    sessionId,
    // Infinite where not even the first span could be read.
    startedAtMs: Number.isFinite(totals.startedAtMs) ? Math.floor(totals.startedAtMs) : seenAtMs,
    endedAtMs: totals.endedAtMs,
    seenAtMs,
    spans: totals.spans,
    modelCalls: totals.modelCalls,
    toolCalls: totals.toolCalls,
    toolErrors: totals.toolErrors,
    tokens: totals.tokens,
    costUsd: totals.costUsd,
    outcome: totals.outcome,
    flags: [...new Set(loud.map(({ flag }) => flag))],
    severity: worst,
    patterns: [...new Set(live.signals.filter((one) => one.isLoud).map(({ pattern }) => pattern))],
    findings: findings.slice(0, SHOWN),
    response,
    incidentId,
    narrowedAt: live.narrowedAt,
    settled: isSettled,
  };
};
