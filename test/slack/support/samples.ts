import { createHash } from 'node:crypto';
import type { Words } from '../../../src/client/port.ts';
import { sealsBasis } from '../../../src/domain/incident/basis.ts';
import type { ActionClass, Alert, Seal } from '../../../src/domain/incident/vocabulary.ts';
import { Analysis } from '../../../src/domain/session/analysis.ts';
import type { PlanFile, PlannedAction } from '../../../src/slack/plan-file.ts';

export const AGENT = 'loan-agent';
export const SESSION = 'session-0231';
export const INCIDENT = 'loan-agent-9f86d081884c-1';
export const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
export const sealsBasisOf = sealsBasis;

export const alert = (now: number): Alert => ({
  alertId: 'a1',
  source: 'decline-rate',
  title: 'Decline rate 100 % for an hour',
  sessionId: SESSION,
  firedAtMs: now,
  kind: 'semantic',
  severity: 'sev2',
  wrongValue: null,
  entityId: null,
  url: null,
});

export const seal = (now: number): Seal => ({
  sessionId: SESSION,
  sealNumber: 1,
  manifestSha256: sha('manifest'),
  uri: 'file:manifest',
  pages: 1,
  steps: 41,
  complete: true,
  missing: [],
  sessionStartedAtMs: now - 60_000,
  sessionEndedAtMs: now,
  sealedAtMs: now,
  rotatesAtMs: now + 3_600_000,
  modelCalls: 12,
  tokens: 9_000,
  costUsd: 0.1,
  baselineTokens: 8_000,
});

export type AnalysisWords = Omit<Words<'suggestAnalysis'>, 'id' | 'type'>;
export const analysis = (): AnalysisWords => ({
  sessionId: SESSION,
  manifestSha256: sha('manifest'),
  analysisSha256: sha('analysis'),
  analysisUri: 'file:analysis',
  mode: 'tool_misfire',
  nearest: 'tool_misfire',
  scores: { tool_misfire: 0.9, hallucination_propagation: 0.4, context_poisoning: 0.1, cost_runaway: 0 },
  margin: 0.5,
  because: 'A tool answered with a field that no validated session has.',
  firstAction: 'Audit the downstream system now: application store.',
  provisional: false,
  candidates: [
    { step: 7, score: 0.9, reason: 'The field gross_income became gross_income_v2.' },
    { step: 3, score: 0.3, reason: 'The plan was made.' },
  ],
  symptomStep: 12,
  readingOrder: [1, 2, 3, 7],
  cascadePath: [7, 9, 12],
  failurePattern: 'drift:verify_income:gross_income',
});

export const analysisFile = (): Analysis =>
  Analysis.parse({
    sessionId: SESSION,
    steps: 41,
    completeness: {
      complete: true,
      steps: 41,
      missingFields: [],
      limits: [],
      orphanSpans: [],
      duplicateSpans: 0,
      truncated: [],
      warnings: [],
    },
    findings: [],
    failureMode: {
      mode: 'tool_misfire',
      scores: {},
      margin: 0.5,
      firstAction: 'Audit',
      nearest: 'tool_misfire',
      because: 'drift',
    },
    faultOrigin: {
      candidates: [
        {
          step: 7,
          score: 0.9,
          reason: 'The field gross_income became gross_income_v2.',
          citations: [{ step: 7, place: 'tool.result', quote: '{"gross_income_v2": 5200}' }],
        },
      ],
      symptom: 12,
      firstIrreversible: 11,
      readingOrder: [1, 2, 3, 7],
    },
    cascadePath: [7, 9, 12],
    blastRadius: { actions: [], subagents: [] },
    failurePattern: 'drift',
  });

export interface Planned {
  spec: ActionClass;
  plan: PlanFile;
}

/** A class of `count` actions and its sealed list. `change` rewrites an action, e.g. to make it hostile. */
export function planned(
  kind: 'reversible' | 'irreversible',
  count: number,
  options: { tool?: string; unknownTool?: boolean; change?: (action: PlannedAction) => PlannedAction } = {},
): Planned {
  const tool = options.tool ?? (kind === 'reversible' ? 'set_application_status' : 'send_letter');
  const classId = `c-${tool}-${count}`;
  const actions = Array.from({ length: count }, (_none, index): PlannedAction => {
    const action: PlannedAction = {
      index,
      sessionId: SESSION,
      step: 8 + index,
      tool,
      target: `APP-${String(index + 1).padStart(4, '0')}`,
      outcome: 'done',
      args: { application: `APP-${index + 1}`, status: 'declined' },
      reversal:
        kind === 'reversible' ? { tool, args: { application: `APP-${index + 1}`, status: 'pending' } } : null,
      atMs: 1_700_000_000_000 + index,
    };
    return options.change ? options.change(action) : action;
  });
  const strategy = kind === 'reversible' ? `${tool}(status ← previous)` : 'remediation plan';
  const plan: PlanFile = { classId, tool, strategy, actions };
  return {
    plan,
    spec: {
      classId,
      tool,
      kind,
      strategy,
      count,
      planSha256: sha(JSON.stringify(plan)),
      planUri: `file:${classId}`,
      uncertain: 0,
      unknownTool: options.unknownTool ?? false,
      windowClosesAtMs: null,
    },
  };
}
