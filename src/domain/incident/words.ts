import type { Phase } from './phase.ts';
import type {
  ChecklistItem,
  ContainmentStatus,
  FactorKind,
  GapKind,
  RunItem,
  Section,
  Severity,
} from './vocabulary.ts';
import type { FailureMode, FailureModeOrUnknown } from '../session/analysis.ts';

/** What people read for each name of the domain. One word a thing. */
export const modeWords: Record<FailureModeOrUnknown, string> = {
  hallucination_propagation: 'hallucination propagation',
  tool_misfire: 'tool misfire',
  context_poisoning: 'context poisoning',
  cost_runaway: 'cost runaway',
  unknown: 'none of the four modes',
};

/** Runbook, table of failure modes: the primary signal in a few words. */
export const modeSignals: Record<FailureMode, string> = {
  hallucination_propagation: 'Confident and wrong; no action errors',
  tool_misfire: 'Wrong call, malformed arguments, or wrong entity',
  context_poisoning: 'The stated goal drifts across turns',
  cost_runaway: 'Tokens and same-tool calls far above baseline',
};

export const phaseWords: Record<Phase, string> = {
  find_session: 'Find the session',
  contain: 'Contain',
  preserve: 'Preserve',
  classify: 'Classify',
  locate: 'Locate the fault origin',
  map: 'Map the blast radius',
  sign_off: 'Sign off and reverse',
  postmortem: 'Postmortem',
  distribute: 'Distribute',
  close: 'Ready to close',
  ended: 'Ended',
};

export const itemWords: Record<ChecklistItem, string> = {
  trace_exported: 'Trace exported before rotation',
  fault_origin: 'Fault origin, exact step',
  failure_mode: 'Failure mode',
  cascade_path: 'Cascade path',
  actions_enumerated: 'Every external action classified',
  remediation_logged: 'Remediation logged',
  contributing_factors: 'All contributing factors',
  detection_gap: 'Detection gap',
  eval_regression: 'Eval regression',
  alert_or_flag: 'Alert or flag for the pattern',
  distributed: 'Distributed within 48 hours',
};

/** Why two people are asked for what the engine proves of other incidents. */
export const attestWords: Record<RunItem, string> = {
  trace_exported:
    'A part of it could not be exported; the checklist says which. Link to where it is, or to where it is written down that it is nowhere.',
  eval_regression: 'The engine could not prove it by running it.',
  alert_or_flag: 'The engine could not prove it by running it.',
};

export const sectionWords: Record<Section, string> = {
  session_context: '1. Session context',
  classification: '2. Failure classification',
  origin_and_cascade: '3. Fault origin and cascade path',
  impact: '4. Impact assessment',
  contributing_factors: '5. Contributing factors',
  detection_gap: '6. Detection gap',
};

export const factorWords: Record<FactorKind, string> = {
  model_limitation: 'Model limitation',
  prompt_design: 'Prompt design',
  tool_contract: 'Tool contract',
  retrieval: 'Retrieval',
  eval_coverage: 'Eval coverage',
  guard_rail: 'Guard rail',
  process: 'Process',
};

export const gapWords: Record<GapKind, string> = {
  anomaly_flag: 'An anomaly flag would have caught it',
  eval_coverage: 'An eval would have caught it',
  guard_rail: 'A guard rail on the tool call would have',
  monitoring: 'Monitoring would have caught it',
  prompt_only: 'A prompt edit is enough',
};

export const severityWords: Record<Severity, string> = {
  sev1: 'SEV1',
  sev2: 'SEV2',
  sev3: 'SEV3',
  sev4: 'SEV4',
};

export const containmentWords: Record<ContainmentStatus, string> = {
  pending: 'stop not ordered yet',
  ordered: 'stop ordered, not confirmed yet',
  confirmed: 'stop confirmed',
  unconfirmed: 'STOP NOT CONFIRMED',
  already_ended: 'had ended before the stop',
  awaiting_person: 'WAITS FOR A PERSON',
  taken_over: 'taken over by a person',
};

/** What nobody could be told of. */
const noticeWords: Partial<Record<string, string>> = {
  incidentOpened: 'the notice that it opened',
  pageEscalated: 'a page',
  containmentReported: 'a stop that is not confirmed',
  sealTroubled: 'evidence that is not sealed',
  signOffReminded: 'a reminder to sign',
  signOffEscalated: 'a page for a signature',
  distributionBreached: 'the breach of the 48 hours',
};
export const lostNoticeWords = ({ what, about }: { what: string; about: number }): string =>
  noticeWords[what] ?? `event ${about} of the record`;

export const endingWords = {
  dismissed: 'dismissed as a false alarm',
  resolved_as_bug: 'resolved as a bug',
  merged: 'merged into another incident',
  closed: 'closed',
} as const;

/** `3 steps`, `1 step`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
