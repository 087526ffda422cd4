import type { FailureMode, FailureModeOrUnknown } from '../session/analysis.ts';
import type { Policy } from '../policy.ts';
import type { Prose } from './prose.ts';
import type { Ranges } from './ranges.ts';
import type { FactOf } from './event.ts';
import type {
  ActionClass,
  Alert,
  ContainmentAction,
  ContainmentStatus,
  FactorKind,
  GapKind,
  ReceiptStatus,
  RunItem,
  Seal,
  Section,
  Severity,
  Target,
} from './vocabulary.ts';

export type IncidentStatus = 'none' | 'open' | 'closed' | 'dismissed' | 'resolved_as_bug' | 'merged';

export interface TargetState extends Target {
  status: ContainmentStatus;
  action: ContainmentAction | null;
  adapter: string | null;
  evidence: string | null;
  attempts: number;
  settledAt: number | null;
}

export type SuggestedAnalysis = FactOf<'analysisSuggested'>['data'] & { at: number };

export interface SessionState {
  sessionId: string;
  because: string;
  joinedAt: number;
  seal: Seal | null;
  /** True when the first seal was made before the source rotated the session out. */
  beforeRotation: boolean;
  trouble: { percentOfDeadline: number; reason: string } | null;
  analysis: SuggestedAnalysis | null;
}

export interface ClassState {
  spec: ActionClass;
  superseded: boolean;
  classifiedAs: 'irreversible' | 'no_effect' | null;
  /** Indices with a valid sign-off: a reversal may run, or a remediation plan stands. */
  authorised: Ranges;
  declined: Ranges;
  ordered: Ranges;
  done: Ranges;
  notDone: Ranges;
  uncertain: Ranges;
  /** Irreversible ones whose remediation has a recorded result. */
  remediated: Ranges;
  /** What authorised each index, newest last: the plan that stands. */
  plan: Prose | null;
}

export interface SignOff {
  requestId: string;
  classId: string;
  /** Plan digest, and the remediation plan's digest behind a dot: what the signer has seen. */
  seen: string;
  indices: Ranges;
  remediation: Prose | null;
  requestedBy: string;
  quorum: number;
  status: 'open' | 'decided' | 'void';
  signatures: { by: string; indices: Ranges; at: number; brokeGlass: boolean }[];
  authorised: Ranges;
  denied: Ranges;
  openedAt: number;
  round: number;
  /** How far reminders went this round: 0 none, 1 reminded, 2 secondary, 3 manager. */
  stage: 0 | 1 | 2 | 3;
  glass: { by: string; countersignedBy: string | null } | null;
}

export interface Batch {
  batchId: string;
  requestId: string;
  classId: string;
  indices: Ranges;
  reported: boolean;
}

export interface Receipt {
  kind: 'mail' | 'channel';
  team: 'platform' | 'on_call';
  status: ReceiptStatus;
  messageId: string | null;
  note: string | null;
}

export interface Factor {
  kind: FactorKind;
  text: Prose;
}

/** An incident as its events made it. Digests, counts and references; never a trace. */
export interface IncidentState {
  status: IncidentStatus;
  incidentId: string;
  seq: number;
  openedAt: number;
  endedAt: number | null;
  agent: string;
  ownerIds: string[];
  dedupKey: string;
  policy: Policy;
  linkedFrom: string | null;
  severity: Severity;
  ownerId: string | null;
  acknowledgedAt: number | null;
  pages: number;
  alerts: { count: number; first: Alert | null; last: Alert | null };
  offered: { sessionId: string; because: string }[];
  sessions: Record<string, SessionState>;
  targets: Record<string, TargetState>;
  held: boolean;
  mode: {
    confirmed: FailureMode | null;
    suggested: FailureModeOrUnknown | null;
    misfit: Prose | null;
    at: number | null;
  };
  firstAction: { sentence: string; completedAt: number | null } | null;
  origin: { sessionId: string; step: number; at: number } | null;
  cascade: number[] | null;
  blast: { basis: string; attempted: number; total: number; subagents: number; at: number } | null;
  classes: Record<string, ClassState>;
  approvers: { ids: string[] | null; at: number; because: string } | null;
  signOffs: Record<string, SignOff>;
  batches: Record<string, Batch>;
  course: { course: 'postmortem' | 'bug'; rule: string } | null;
  postmortem: {
    sections: Partial<Record<Section, { text: Prose; by: 'engine' | 'person' }>>;
    factors: Record<string, Factor>;
    attested: { factorIds: string[]; by: string; at: number } | null;
    gap: { kind: GapKind; text: Prose } | null;
    version: number;
    final: boolean;
  };
  proofs: Partial<Record<RunItem, { ok: boolean; basis: string; proof: string }>>;
  attestations: Partial<Record<RunItem, { link: string; basis: string; by: string[] }>>;
  distribution: {
    version: number;
    documentSha256: string;
    documentUri: string;
    receipts: Record<string, Receipt>;
  } | null;
  distributed: { version: number; at: number; late: boolean } | null;
  remindersSent: number;
  breachedAt: number | null;
  ending: {
    kind: 'dismissed' | 'resolved_as_bug' | 'merged';
    proposedBy: string;
    reason: Prose;
    fixUrl: string | null;
    intoIncidentId: string | null;
  } | null;
  notes: number;
  /** Events of which nobody could be told, newest last. Absent where none was lost. */
  lostNotices?: { about: number; what: string; because: string; at: number }[];
  lastEventAt: number;
  /** Ids of the newest commands of people and sources, for idempotence across continue-as-new. */
  decided: string[];
}

export const DECIDED_KEPT = 500;
