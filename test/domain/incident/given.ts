import { createHash } from 'node:crypto';
import type { Actor } from '../../../src/domain/incident/actor.ts';
import { type CommandOf, type CommandType } from '../../../src/domain/incident/command.ts';
import type { ActionClass, Alert, Seal } from '../../../src/domain/incident/vocabulary.ts';
import { defaultPolicy } from '../../../src/domain/policy.ts';

/** Digests of the few texts of the tests, each made once. */
const digests = new Map<string, string>();
export const sha = (text: string): string => {
  const known = digests.get(text);
  if (known) return known;
  const made = createHash('sha256').update(text).digest('hex');
  digests.set(text, made);
  return made;
};
export const prose = (text: string) => ({ text, sha256: sha(text) });

type PersonActor = Extract<Actor, { kind: 'person' }>;
export const person = (id: string, roles: PersonActor['roles'] = ['responder']): PersonActor => ({
  kind: 'person',
  id,
  roles,
  via: 'slack',
  verifiedBy: 'slack-signature',
  proof: null,
});

export const engine: Actor = { kind: 'engine', id: 'engine' };
export const source: Actor = { kind: 'source', id: 'alertmanager' };
/** The people of the examples: two responders, three approvers, the agent's owner, one who may only look. */
export const ana = person('slack:UANA');
export const ben = person('slack:UBEN');
export const kim = person('slack:UKIM', ['responder', 'approver']);
export const lee = person('slack:ULEE', ['responder', 'approver']);
export const mia = person('slack:UMIA', ['responder', 'approver']);
export const owner = person('slack:UOWN', ['responder', 'approver']);
export const looker = person('slack:ULOOK', ['viewer']);
export const approverIds = [kim.id, lee.id, mia.id, owner.id];

/** Sunday, 1 March 2026, 02:14:00 UTC. */
export const T0 = Date.UTC(2026, 2, 1, 2, 14);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export type Words<T extends CommandType> = Omit<CommandOf<T>, 'type' | 'id' | 'at' | 'by'>;

export const alert = (over: Partial<Alert> = {}): Alert => ({
  alertId: 'alert-1',
  source: 'prometheus',
  title: 'Decline rate of loan applications at 100 %',
  sessionId: 's1',
  firedAtMs: T0,
  kind: 'semantic',
  severity: 'sev2',
  wrongValue: null,
  entityId: null,
  url: null,
  ...over,
});

export const receiveAlert = (over: Partial<Words<'receiveAlert'>> = {}): Words<'receiveAlert'> => ({
  incidentId: 'inc-loan-1',
  agent: 'loan-agent',
  ownerIds: [owner.id],
  dedupKey: 's1',
  dedupRule: 'session',
  policy: defaultPolicy,
  linkedFrom: null,
  alert: alert(),
  ...over,
});

export const seal = (over: Partial<Seal> = {}): Seal => ({
  sessionId: 's1',
  sealNumber: 1,
  manifestSha256: sha(`manifest ${over.sessionId ?? 's1'} ${over.sealNumber ?? 1}`),
  uri: 'evidence:manifest',
  pages: 2,
  steps: 9,
  complete: true,
  missing: [],
  sessionStartedAtMs: T0 - HOUR,
  sessionEndedAtMs: T0 - 5 * MINUTE,
  sealedAtMs: T0 + MINUTE,
  rotatesAtMs: T0 + 24 * HOUR,
  modelCalls: 5,
  tokens: 4_200,
  costUsd: 0.12,
  baselineTokens: 4_000,
  ...over,
});

export const suggestAnalysis = (over: Partial<Words<'suggestAnalysis'>> = {}): Words<'suggestAnalysis'> => {
  const sessionId = over.sessionId ?? 's1';
  return {
    sessionId,
    manifestSha256: sha(`manifest ${sessionId} 1`),
    analysisSha256: sha(`analysis ${sessionId} 1`),
    analysisUri: 'evidence:analysis',
    mode: 'tool_misfire',
    nearest: 'tool_misfire',
    scores: { tool_misfire: 0.8, hallucination_propagation: 0.4, context_poisoning: 0, cost_runaway: 0 },
    margin: 0.4,
    because: 'A tool answered with a field that its contract does not have.',
    firstAction: 'Audit the systems that the tools wrote to.',
    provisional: false,
    candidates: [{ step: 3, score: 0.9, reason: 'The answer of step 3 has a renamed field.' }],
    symptomStep: 9,
    readingOrder: [1, 2, 3],
    cascadePath: [3, 5, 9],
    failurePattern: `pattern of ${sessionId}`,
    ...over,
  };
};

export const actionClass = (over: Partial<ActionClass> = {}): ActionClass => {
  const classId = over.classId ?? 'status';
  return {
    classId,
    tool: 'set_application_status',
    kind: 'reversible',
    strategy: 'set_application_status(status ← previous)',
    count: 4,
    planSha256: sha(`plan ${classId}`),
    planUri: `evidence:plan-${classId}`,
    uncertain: 0,
    unknownTool: false,
    windowClosesAtMs: null,
    ...over,
  };
};
export const letters = (over: Partial<ActionClass> = {}): ActionClass =>
  actionClass({
    classId: 'letters',
    tool: 'send_letter',
    kind: 'irreversible',
    strategy: 'remediation plan',
    count: 2,
    ...over,
  });

export const report = (
  batchId: string,
  over: Partial<Words<'reportReversals'>> = {},
): Words<'reportReversals'> => ({
  batchId,
  done: [],
  notDone: [],
  uncertain: [],
  evidenceUri: 'evidence:batch',
  evidenceSha256: sha('batch'),
  ...over,
});
