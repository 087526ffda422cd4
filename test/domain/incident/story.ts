import { mapBasis, lessonBasis, sealsBasis } from '../../../src/domain/incident/basis.ts';
import type { Actor } from '../../../src/domain/incident/actor.ts';
import { Command, type CommandOf, type CommandType } from '../../../src/domain/incident/command.ts';
import { decide, type Verdict } from '../../../src/domain/incident/decide.ts';
import type { DecisionTable } from '../../../src/domain/incident/decisions/table.ts';
import { emptyIncident } from '../../../src/domain/incident/empty.ts';
import { evolve } from '../../../src/domain/incident/evolve.ts';
import type { IncidentEvent } from '../../../src/domain/incident/event.ts';
import type { IncidentState } from '../../../src/domain/incident/state.ts';
import type { ActionClass, Seal } from '../../../src/domain/incident/vocabulary.ts';
import {
  sha,
  prose,
  engine,
  source,
  ana,
  ben,
  kim,
  lee,
  approverIds,
  T0,
  MINUTE,
  HOUR,
  type Words,
  receiveAlert,
  seal,
  suggestAnalysis,
  actionClass,
  letters,
  report,
} from './given.ts';

export * from './given.ts';

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

export const story = (): Story => new Story();
