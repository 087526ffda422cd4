import type { IncidentEvent } from '../../../../src/domain/incident/event.ts';
import type { Memory, Told } from './witness.ts';

type Provable = Told<'itemProven'>['data']['item'];

/** Postmortem, checklist, distribution and endings. Promises 4 and 5. */
export class Closing {
  readonly #sections = new Set<string>();
  readonly #factors = new Map<string, string>();
  #attested = false;
  #gap: string | null = null;
  #version = 0;
  #final = false;
  readonly #proofs = new Map<Provable, { ok: boolean; about: string }>();
  readonly #links = new Map<Provable, { link: string; about: string; by: Set<string> }>();
  #distribution: { version: number; receipts: Map<string, { teams: Set<string>; status: string }> } | null =
    null;
  #ending: { kind: string; by: string; fix: string | null } | null = null;
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  #demand(truth: boolean, promise: string): void {
    this.#memory.demand(truth, promise);
  }

  #about = (item: Provable): string =>
    item === 'trace_exported' ? this.#memory.sessions.evidence() : this.#memory.sessions.lesson();

  #isProven(item: Provable): boolean {
    const proof = this.#proofs.get(item);
    if (proof?.ok && proof.about === this.#about(item)) return true;
    return item !== 'trace_exported' && this.#isAttested(item);
  }

  #isAttested(item: Provable): boolean {
    const link = this.#links.get(item);
    return !!link && link.about === this.#about(item) && link.by.size >= 2;
  }

  /** The checklist as a person would go through it, from what was seen to happen. */
  items(): Record<string, boolean> {
    const { sessions, approvals } = this.#memory;
    const all = [...sessions.known.values()];
    const { origin, cascade } = sessions;
    const symptom = (origin && sessions.known.get(origin.sessionId)?.symptom) ?? null;
    const enumerated =
      origin !== null &&
      all.every((seen) => seen.manifest !== null && seen.analysedManifest === seen.manifest) &&
      approvals.mapKey === approvals.currentMapKey() &&
      approvals.live().every((one) => !one.unknown || one.as !== null);
    const receipts = [...(this.#distribution?.receipts.values() ?? [])];
    return {
      trace_exported:
        all.length > 0 &&
        all.every((seen) => seen.firstSealInTime) &&
        (all.every((seen) => seen.complete) || this.#isAttested('trace_exported')) &&
        this.#isProven('trace_exported'),
      fault_origin: origin !== null,
      failure_mode: sessions.mode !== null,
      cascade_path:
        cascade !== null &&
        (symptom === null || symptom <= (origin?.step ?? 0) || cascade.at(-1) === symptom),
      actions_enumerated: enumerated,
      remediation_logged: enumerated && approvals.settled(),
      contributing_factors: this.#factors.size >= 3 && this.#attested,
      detection_gap: this.#gap !== null,
      eval_regression: this.#isProven('eval_regression'),
      alert_or_flag: this.#isProven('alert_or_flag'),
      distributed:
        this.#final &&
        this.#distribution?.version === this.#version &&
        ['platform', 'on_call'].every((team) => receipts.some((one) => one.teams.has(team))) &&
        receipts.every((one) => one.status === 'sent'),
    };
  }

  #open = (but?: string): string[] =>
    Object.entries(this.items())
      .filter(([item, proven]) => !proven && item !== but)
      .map(([item]) => item);

  see(event: IncidentEvent): void {
    switch (event.type) {
      case 'sectionDrafted':
      case 'sectionEdited':
        this.#demand(
          this.#memory.approvals.mapKey !== null && this.#memory.approvals.plansStand(),
          'the postmortem starts when every plan is documented',
        );
        this.#sections.add(event.data.section);
        break;
      case 'factorAdded':
        this.#factors.set(event.data.factorId, event.data.kind);
        this.#attested = false;
        break;
      case 'factorRemoved':
        this.#factors.delete(event.data.factorId);
        this.#attested = false;
        break;
      case 'factorsAttested':
        this.#demand(
          this.#factors.size >= 3 && new Set(this.#factors.values()).size >= 2,
          'at least three factors of two kinds are attested',
        );
        this.#demand(event.by.kind === 'person', 'a person attests');
        this.#attested = true;
        break;
      case 'gapDescribed':
        this.#gap = event.data.kind;
        break;
      case 'itemProven':
        this.#demand(event.by.kind === 'engine', 'the engine proves');
        this.#proofs.set(event.data.item, { ok: event.data.ok, about: this.#about(event.data.item) });
        break;
      case 'itemAttested': {
        const before = this.#links.get(event.data.item);
        const about = this.#about(event.data.item);
        const same = before && before.link === event.data.link && before.about === about;
        if (same) this.#demand(!before.by.has(event.by.id), 'nobody attests twice');
        this.#links.set(event.data.item, {
          link: event.data.link,
          about,
          by: new Set([...(same ? before.by : []), event.by.id]),
        });
        break;
      }
      case 'postmortemFinalised':
        this.#demand(event.data.version === this.#version + 1, 'versions are numbered');
        this.#demand(
          this.#open('distributed').length === 0,
          `final only when proven, but ${this.#open('distributed').join()}`,
        );
        this.#demand(this.#sections.size === 6, 'six sections');
        this.#version = event.data.version;
        this.#final = true;
        break;
      case 'postmortemReopened':
        this.#final = false;
        break;
      case 'distributionPlanned':
        this.#demand(
          this.#final && event.data.version === this.#version,
          'only the final version is distributed',
        );
        this.#distribution = { version: event.data.version, receipts: new Map() };
        // One address may be on both lists: one mail then counts for both teams.
        for (const { recipientId, team } of event.data.recipients) {
          const known = this.#distribution.receipts.get(recipientId);
          this.#distribution.receipts.set(recipientId, {
            teams: new Set([...(known?.teams ?? []), team]),
            status: 'pending',
          });
        }
        break;
      case 'receiptReported':
        this.#demand(
          this.#receipt(event.data.recipientId).status === 'pending',
          'only what is pending is sent',
        );
        this.#receipt(event.data.recipientId).status = event.data.status;
        break;
      case 'receiptSettled':
        this.#demand(
          event.by.kind === 'person' &&
            ['uncertain', 'refused'].includes(this.#receipt(event.data.recipientId).status),
          'a person settles a receipt',
        );
        this.#receipt(event.data.recipientId).status = event.data.outcome === 'sent' ? 'sent' : 'pending';
        break;
      case 'distributionCompleted':
        this.#demand(this.items()['distributed'] === true, 'distributed means that every recipient has it');
        this.#demand(
          event.data.late ||
            event.at <= this.#memory.openedAt + this.#memory.policy.distributionMs ||
            event.data.version > 1,
          'late stays late',
        );
        break;
      case 'endingProposed':
        this.#ending = { kind: event.data.kind, by: event.by.id, fix: event.data.fixUrl };
        break;
      case 'endingWithdrawn':
        this.#ending = null;
        break;
      case 'incidentEnded':
        this.#ended(event);
        break;
      default:
    }
  }

  #receipt(id: string): { teams: Set<string>; status: string } {
    const found = this.#distribution?.receipts.get(id);
    if (!found) throw new Error(`an event about recipient ${id}, who is not on the list`);
    return found;
  }

  #ended({ data, by }: Told<'incidentEnded'>): void {
    const { sessions, approvals } = this.#memory;
    this.#demand(by.kind === 'person', 'a person ends an incident');
    if (data.status === 'closed') {
      this.#demand(this.#open().length === 0, `no closure with an open item, but ${this.#open().join()}`);
      this.#demand(
        !sessions.held && [...sessions.contained.values()].every(Boolean),
        'no closure while the agent is on hold or not contained',
      );
      return;
    }
    this.#demand(
      this.#ending?.kind === data.status && this.#ending.by !== by.id,
      'another ending takes two people',
    );
    this.#demand(
      [...sessions.known.values()].every((seen) => seen.manifest !== null),
      'the evidence is kept',
    );
    this.#demand(!approvals.isRunning(), 'nothing ends while reversals run');
    if (data.status !== 'resolved_as_bug') return;
    const {
      trace_exported,
      fault_origin,
      failure_mode,
      actions_enumerated,
      remediation_logged,
      eval_regression,
    } = this.items();
    this.#demand(
      [
        trace_exported,
        fault_origin,
        failure_mode,
        actions_enumerated,
        remediation_logged,
        eval_regression,
      ].every(Boolean),
      'a bug has its trace, mode, origin, eval and everything reversed',
    );
    this.#demand(
      approvals.live().every((one) => !approvals.isIrreversible(one)),
      'a bug took no irreversible action',
    );
    this.#demand(this.#gap === null || this.#gap === 'prompt_only', 'a bug needs no infrastructure change');
    this.#demand([...sessions.contained.values()].every(Boolean), 'a bug is contained');
    this.#demand(this.#ending?.fix != null && !sessions.held, 'a bug has its fix, and the agent is released');
  }
}
