import { z } from 'zod';
import { activeClasses, hasNoEffect, kindOf, needsClassifying } from '../../../domain/incident/classes.ts';
import { classCountsOf, expiryOf } from '../../../domain/incident/line.ts';
import { sizeOf } from '../../../domain/incident/ranges.ts';
import type { ClassState, IncidentState } from '../../../domain/incident/state.ts';
import { ContainmentStatus } from '../../../domain/incident/vocabulary.ts';
import { iso, isoOrNull, Moment, type NameOf, PersonView } from '../fields.ts';

export const TargetView = z.object({
  kind: z.enum(['session', 'subagent']),
  agent: z.string(),
  sessionId: z.string(),
  status: ContainmentStatus,
  adapter: z.string().nullable(),
  evidence: z.string().nullable(),
  attempts: z.int(),
  settledAt: Moment.nullable(),
});

export const targetViews = (state: IncidentState): z.infer<typeof TargetView>[] =>
  Object.values(state.targets).map(
    ({ kind, agent, sessionId, status, adapter, evidence, attempts, settledAt }) => ({
      kind,
      agent,
      sessionId,
      status,
      adapter,
      evidence,
      attempts,
      settledAt: isoOrNull(settledAt),
    }),
  );

/** One class of external actions; each action counts once in what became of it. */
export const ClassView = z.object({
  classId: z.string(),
  tool: z.string(),
  kind: z.enum(['reversible', 'irreversible', 'no_effect', 'unknown']),
  strategy: z.string(),
  count: z.int(),
  reversed: z.int(),
  declined: z.int(),
  remediated: z.int(),
  running: z.int(),
  uncertain: z.int(),
  pending: z.int(),
  planSha256: z.string(),
  windowClosesAt: Moment.nullable().describe('when the earliest reversal window closes'),
  plan: z.string().nullable().describe('what people do about irreversible actions, as signed'),
});
export type ClassView = z.infer<typeof ClassView>;

const kindView = (item: ClassState): ClassView['kind'] =>
  hasNoEffect(item) ? 'no_effect' : needsClassifying(item) ? 'unknown' : kindOf(item);

export const classViews = (state: IncidentState): ClassView[] =>
  activeClasses(state).map((item) => {
    const { total: count, ...counts } = classCountsOf(item);
    const { classId, tool, strategy, planSha256, windowClosesAtMs } = item.spec;
    return {
      classId,
      tool,
      kind: kindView(item),
      strategy,
      count,
      ...counts,
      planSha256,
      windowClosesAt: isoOrNull(windowClosesAtMs),
      plan: item.plan?.text ?? null,
    };
  });

export const SignOffView = z.object({
  requestId: z.string(),
  tool: z.string(),
  kind: z.enum(['reversal', 'remediation_plan']),
  status: z.enum(['open', 'decided', 'void']),
  actions: z.int(),
  authorised: z.int(),
  denied: z.int(),
  quorum: z.int(),
  requestedBy: PersonView,
  askedAt: Moment,
  dueAt: Moment.nullable().describe('null once it does not wait any more'),
  round: z.int(),
  escalation: z.enum(['none', 'reminded', 'secondary', 'manager']),
  seen: z.string().describe('digest of the exact plan that is signed'),
  signatures: z.array(z.object({ by: PersonView, at: Moment, actions: z.int(), brokeGlass: z.boolean() })),
  glass: z.object({ by: PersonView, countersignedBy: PersonView.nullable() }).nullable(),
});
export type SignOffView = z.infer<typeof SignOffView>;

const STAGES = ['none', 'reminded', 'secondary', 'manager'] as const;

export const signOffViews = (state: IncidentState, nameOf: NameOf): SignOffView[] => {
  const person = (id: string): PersonView => ({ id, name: nameOf(id) });
  return Object.values(state.signOffs).map((request) => ({
    requestId: request.requestId,
    tool: state.classes[request.classId]?.spec.tool ?? '',
    kind: request.remediation ? 'remediation_plan' : 'reversal',
    status: request.status,
    actions: sizeOf(request.indices),
    authorised: sizeOf(request.authorised),
    denied: sizeOf(request.denied),
    quorum: request.quorum,
    requestedBy: person(request.requestedBy),
    askedAt: iso(request.openedAt),
    dueAt: request.status === 'open' && state.status === 'open' ? iso(expiryOf(state, request)) : null,
    round: request.round,
    escalation: STAGES[request.stage],
    seen: request.seen,
    signatures: request.signatures.map(({ by, at, indices, brokeGlass }) => ({
      by: person(by),
      at: iso(at),
      actions: sizeOf(indices),
      brokeGlass,
    })),
    glass: request.glass && {
      by: person(request.glass.by),
      countersignedBy: request.glass.countersignedBy === null ? null : person(request.glass.countersignedBy),
    },
  }));
};

export const EvidenceView = z.object({
  sessionId: z.string(),
  because: z.string().describe('why the session belongs to the incident'),
  sealed: z
    .object({
      sealNumber: z.int(),
      manifestSha256: z.string(),
      pages: z.int(),
      steps: z.int(),
      complete: z.boolean(),
      missing: z.array(z.string()),
      sealedAt: Moment,
      beforeRotation: z.boolean(),
      rotatesAt: Moment.nullable(),
      startedAt: Moment,
      endedAt: Moment,
      modelCalls: z.int(),
      tokens: z.int(),
      baselineTokens: z.number().nullable(),
      costUsd: z.number().nullable(),
    })
    .nullable(),
  trouble: z.object({ percentOfDeadline: z.number(), reason: z.string() }).nullable(),
  analysisSha256: z.string().nullable(),
});
export type EvidenceView = z.infer<typeof EvidenceView>;

export const evidenceViews = (state: IncidentState): EvidenceView[] =>
  Object.values(state.sessions).map(({ sessionId, because, seal, beforeRotation, trouble, analysis }) => ({
    sessionId,
    because,
    sealed: seal && {
      sealNumber: seal.sealNumber,
      manifestSha256: seal.manifestSha256,
      pages: seal.pages,
      steps: seal.steps,
      complete: seal.complete,
      missing: seal.missing,
      sealedAt: iso(seal.sealedAtMs),
      beforeRotation,
      rotatesAt: isoOrNull(seal.rotatesAtMs),
      startedAt: iso(seal.sessionStartedAtMs),
      endedAt: iso(seal.sessionEndedAtMs),
      modelCalls: seal.modelCalls,
      tokens: seal.tokens,
      baselineTokens: seal.baselineTokens,
      costUsd: seal.costUsd,
    },
    trouble,
    analysisSha256: analysis?.analysisSha256 ?? null,
  }));
