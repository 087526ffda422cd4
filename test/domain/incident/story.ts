import { createHash } from 'node:crypto';
import { mapBasis, lessonBasis, sealsBasis } from '../../../src/domain/incident/basis.ts';
import type { Actor } from '../../../src/domain/incident/actor.ts';
import { Command, type CommandOf, type CommandType } from '../../../src/domain/incident/command.ts';
import { decide, type Verdict } from '../../../src/domain/incident/decide.ts';
import type { DecisionTable } from '../../../src/domain/incident/decisions/table.ts';
import { emptyIncident } from '../../../src/domain/incident/empty.ts';
import { evolve } from '../../../src/domain/incident/evolve.ts';
import type { IncidentEvent } from '../../../src/domain/incident/event.ts';
import type { IncidentState } from '../../../src/domain/incident/state.ts';
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
  dedupRule: 'The alert names its session.',
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

/** An incident that lives through commands; refuses to go on when one is refused, so that no example lies. */
export class Story {
  state: IncidentState = emptyIncident;
  events: IncidentEvent[] = [];
  at = T0;
  #count = 0;

  command<T extends CommandType>(type: T, by: Actor, words: Words<T>, id?: string): CommandOf<T> {
    this.#count += 1;
    return Command.parse({ type, id: id ?? `c${this.#count}`, at: this.at, by, ...words }) as CommandOf<T>;
  }

  /** Decides without living it. */
  ask<T extends CommandType>(type: T, by: Actor, words: Words<T>, table?: DecisionTable): Verdict {
    return decide(this.state, this.command(type, by, words), table);
  }

  /** The code of the refusal, or `ok`. */
  answer<T extends CommandType>(type: T, by: Actor, words: Words<T>, table?: DecisionTable): string {
    const verdict = this.ask(type, by, words, table);
    return verdict.ok ? 'ok' : verdict.refusal.code;
  }

  give<T extends CommandType>(type: T, by: Actor, words: Words<T>, id?: string): this {
    const verdict = decide(this.state, this.command(type, by, words, id));
    if (!verdict.ok)
      throw new Error(`${type} was refused: ${verdict.refusal.code}, ${verdict.refusal.sentence}`);
    for (const event of verdict.events) this.state = evolve(this.state, event);
    this.events.push(...verdict.events);
    return this;
  }

  wait(ms: number): this {
    this.at += ms;
    return this;
  }

  /** The types of the events of the last command. */
  lastTypes(): string[] {
    const last = this.events.at(-1)?.commandId;
    return this.events.filter((event) => event.commandId === last).map((event) => event.type);
  }

  // What follows are chapters: each brings an incident from where the one before left it.

  opened(over: Partial<Words<'receiveAlert'>> = {}): this {
    return this.give('receiveAlert', source, receiveAlert(over));
  }

  contained(sessionId = 's1'): this {
    const targetId = `session:${sessionId}`;
    return this.wait(5_000)
      .give('orderContainment', engine, { targetId, action: 'pause', adapter: 'stop-switch' })
      .wait(2_000)
      .give('reportContainment', engine, {
        targetId,
        status: 'confirmed',
        evidence: 'The agent answered: held.',
      });
  }

  sealed(over: Partial<Seal> = {}): this {
    return this.wait(MINUTE).give('reportSeal', engine, { seal: seal(over) });
  }

  analysed(over: Partial<Words<'suggestAnalysis'>> = {}): this {
    return this.wait(20_000).give('suggestAnalysis', engine, suggestAnalysis(over));
  }

  located(step = 3, path = [3, 5, 9]): this {
    return this.wait(MINUTE)
      .give('confirmMode', ana, { mode: 'tool_misfire', misfit: null })
      .give('confirmOrigin', ana, { sessionId: 's1', step })
      .give('confirmCascade', ana, { path });
  }

  mapped(classes: ActionClass[] = [actionClass(), letters()]): this {
    const total = classes.reduce((sum, one) => sum + one.count, 0);
    return this.wait(10_000).give('mapBlastRadius', engine, {
      basis: mapBasis(this.state),
      classes,
      attempted: 1,
      total,
      subagents: 0,
    });
  }

  /** Contained, sealed, analysed, located and mapped. */
  investigated(classes?: ActionClass[]): this {
    return this.opened().contained().sealed().analysed().located().mapped(classes).approvers();
  }

  approvers(ids: string[] | null = approverIds): this {
    return this.give('refreshApprovers', engine, {
      approverIds: ids,
      because: 'user group @agent-approvers',
    });
  }

  asked(requestId: string, classId: string, remediation: string | null = null, by: Actor = engine): this {
    const { planSha256 } = this.state.classes[classId]!.spec;
    return this.give('requestSignOff', by, {
      requestId,
      classId,
      planSha256,
      remediation: remediation === null ? null : prose(remediation),
    });
  }

  seen(requestId: string): string {
    return this.state.signOffs[requestId]!.seen;
  }

  signing(requestId: string, over: Partial<Words<'signReversal'>> = {}): Words<'signReversal'> {
    return {
      requestId,
      seen: this.state.signOffs[requestId]?.seen ?? sha('nothing'),
      indices: 'all',
      reason: null,
      typedCount: null,
      ...over,
    };
  }

  /** The reversible class `status` is signed, reversed and reported. */
  reversed(): this {
    return this.asked('r-status', 'status')
      .wait(MINUTE)
      .give('signReversal', kim, this.signing('r-status'))
      .give('orderReversals', engine, { batchId: 'b1', requestId: 'r-status', indices: [[0, 3]] })
      .wait(MINUTE)
      .give('reportReversals', engine, report('b1', { done: [[0, 3]] }));
  }

  /** The irreversible class `letters` has its plan, signed by two, and its result. */
  remediated(): this {
    const signing = { typedCount: 2, reason: prose('A corrected letter makes it good.') };
    return this.asked('r-letters', 'letters', 'Send corrected letters and call both applicants.', ana)
      .wait(MINUTE)
      .give('signReversal', kim, this.signing('r-letters', signing))
      .give('signReversal', lee, this.signing('r-letters', signing))
      .wait(HOUR)
      .give('recordRemediation', ana, {
        classId: 'letters',
        indices: 'all',
        result: prose('Both letters corrected, both called.'),
      });
  }

  factors(): this {
    return this.give('addFactor', ana, {
      factorId: 'f1',
      kind: 'tool_contract',
      text: prose('The income service renamed a field without notice.'),
    })
      .give('addFactor', ana, {
        factorId: 'f2',
        kind: 'prompt_design',
        text: prose('The prompt did not say what to do about a missing income.'),
      })
      .give('addFactor', ben, {
        factorId: 'f3',
        kind: 'eval_coverage',
        text: prose('No eval covered a renamed field.'),
      })
      .give('attestFactors', ana, { factorIds: ['f1', 'f2', 'f3'] });
  }

  gap(): this {
    return this.give('describeGap', ana, {
      kind: 'anomaly_flag',
      text: prose('TOOL_SCHEMA_DRIFT was not watched live.'),
    });
  }

  sections(): this {
    for (const section of [
      'session_context',
      'classification',
      'origin_and_cascade',
      'impact',
      'contributing_factors',
      'detection_gap',
    ] as const)
      this.give('draftSection', engine, { section, text: prose(`Draft of ${section}.`) });
    return this;
  }

  proven(): this {
    return this.give('proveItem', engine, {
      item: 'trace_exported',
      ok: true,
      basis: sealsBasis(this.state),
      proof: 'Every file hashed again, all equal.',
    })
      .give('proveItem', engine, {
        item: 'eval_regression',
        ok: true,
        basis: lessonBasis(this.state),
        proof: 'Fails on the session and 8 variants, passes on 25 clean ones.',
      })
      .give('proveItem', engine, {
        item: 'alert_or_flag',
        ok: true,
        basis: lessonBasis(this.state),
        proof: 'The rule fired on the replayed session at step 3.',
      });
  }

  /** Everything before the final version. */
  written(): this {
    return this.investigated().reversed().remediated().sections().factors().gap().proven();
  }

  final(): this {
    return this.written().give('finalisePostmortem', ana, {});
  }

  planned(): this {
    return this.give('planDistribution', engine, {
      version: this.state.postmortem.version,
      documentSha256: sha('document'),
      documentUri: 'evidence:document',
      recipients: [
        { recipientId: 'rcp-platform', kind: 'mail', team: 'platform' },
        { recipientId: 'rcp-oncall', kind: 'channel', team: 'on_call' },
      ],
    });
  }

  receipt(recipientId: string, status: 'sent' | 'refused' | 'uncertain' = 'sent'): this {
    return this.give('reportReceipt', engine, {
      version: this.state.postmortem.version,
      recipientId,
      status,
      messageId: status === 'sent' ? `<${recipientId}@holdpoint>` : null,
      note: null,
    });
  }

  distributed(): this {
    return this.final().planned().receipt('rcp-platform').receipt('rcp-oncall');
  }

  closed(): this {
    return this.distributed()
      .give('releaseAgent', ana, { reason: prose('The contract is pinned.') })
      .give('requestClose', ana, {});
  }
}

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

export const story = (): Story => new Story();
