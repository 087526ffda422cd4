import type { ChecklistItem, FactorKind, GapKind, Section } from '../domain/incident/vocabulary.ts';
import type { FailureModeOrUnknown } from '../domain/session/analysis.ts';

/** Runbook, "Agent Postmortem Checklist", word for word. */
export const checklistWords: Record<ChecklistItem, string> = {
  trace_exported: 'Session trace exported and stored before log rotation',
  fault_origin: 'Fault origin identified by specific step number',
  failure_mode:
    'Failure mode classified: hallucination propagation / tool misfire / context poisoning / cost runaway',
  cascade_path: 'Full cascade path documented from fault origin to final wrong output',
  actions_enumerated:
    'Every external action after fault origin enumerated and classified reversible vs. irreversible',
  remediation_logged: 'Rollback or remediation initiated and logged for every irreversible action',
  contributing_factors: 'All contributing factors listed explicitly — no single root cause framing',
  detection_gap: 'Detection gap described: what monitoring or eval would have caught this earlier?',
  eval_regression: 'New eval regression test added covering this session failure pattern',
  alert_or_flag: 'Alert or anomaly flag configured for this failure signature',
  distributed: 'Postmortem distributed to platform and on-call teams within 48 hours',
};

/** Runbook, postmortem template, the six headings. */
export const sectionWords: Record<Section, string> = {
  session_context: 'Session context',
  classification: 'Failure classification',
  origin_and_cascade: 'Fault origin and cascade path',
  impact: 'Impact assessment',
  contributing_factors: 'Contributing factors',
  detection_gap: 'Detection gap',
};

/** Runbook, reference card of the four failure modes. */
export const modeWords: Record<FailureModeOrUnknown, string> = {
  hallucination_propagation: 'Hallucination Propagation',
  tool_misfire: 'Tool Misfire',
  context_poisoning: 'Context Poisoning',
  cost_runaway: 'Cost Runaway',
  unknown: 'none of the four',
};

/** Runbook, postmortem section 5: the questions an author answers, kind by kind. */
export const factorQuestions: Record<FactorKind, string> = {
  model_limitation: 'Model limitation?',
  prompt_design: 'Prompt design gap?',
  tool_contract: 'Tool interface contract change?',
  retrieval: 'Retrieval contamination?',
  eval_coverage: 'Did an eval cover this failure class?',
  guard_rail: 'Was there a guard rail on the tool call?',
  process: 'Which step of a process let it through?',
};

/** Runbook, postmortem section 6: what would have caught it. */
export const gapWords: Record<GapKind, string> = {
  anomaly_flag: 'Missing anomaly flag',
  eval_coverage: 'No eval coverage for this failure pattern',
  guard_rail: 'No guard rail on the tool call',
  monitoring: 'Missing monitoring',
  prompt_only: 'A prompt edit is enough; no infrastructure change',
};
