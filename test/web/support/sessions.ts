import type { SessionRow } from '../../../src/store/port.ts';
import { HOUR, MINUTE, T0 } from '../../domain/incident/story.ts';

/** A session of the loan agent as the live detector writes it down: five steps, nothing wrong. */
export const sessionRow = (sessionId: string, over: Partial<SessionRow> = {}): SessionRow => ({
  agent: 'loan-agent',
  sessionId,
  startedAtMs: T0 + HOUR,
  endedAtMs: T0 + HOUR + MINUTE,
  seenAtMs: T0 + HOUR + MINUTE,
  spans: 7,
  modelCalls: 3,
  toolCalls: 2,
  toolErrors: 0,
  tokens: 1_840,
  costUsd: null,
  outcome: 'completed',
  flags: [],
  severity: null,
  patterns: [],
  findings: [],
  response: 'none',
  incidentId: null,
  narrowedAt: null,
  settled: true,
  ...over,
});

/** Two good ones, a tool error, and one that was stopped, with a long id. */
export const agentSessions = (): SessionRow[] => [
  sessionRow('s-4711'),
  sessionRow('s-4712', { startedAtMs: T0 + HOUR + 5 * MINUTE }),
  sessionRow('s-4713', { startedAtMs: T0 + HOUR + 9 * MINUTE, outcome: 'tool_error', toolErrors: 1 }),
  sessionRow(`s-${'decline-'.repeat(18)}4714`, {
    startedAtMs: T0 + HOUR + 12 * MINUTE,
    outcome: null,
    flags: ['TOOL_SCHEMA_DRIFT'],
    severity: 'critical',
    patterns: ['tool_misfire/drift/1'],
    response: 'contain',
    incidentId: 'inc-signing-1',
    findings: [
      {
        flag: 'TOOL_SCHEMA_DRIFT',
        step: 3,
        severity: 'critical',
        rule: 'drift/1',
        message: 'the field `annual_income` was renamed to `yearly_income_total`',
        citations: [{ step: 3, place: 'result', quote: 'yearly_income_total' }],
      },
    ],
  }),
];
