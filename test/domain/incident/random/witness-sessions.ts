import type { IncidentEvent } from '../../../../src/domain/incident/event.ts';
import type { Memory } from './witness.ts';

interface Seen {
  joinedAt: number;
  targets: Set<string>;
  manifest: string | null;
  seals: number;
  steps: number;
  complete: boolean;
  firstSealInTime: boolean;
  analysedManifest: string | null;
  analysis: string | null;
  symptom: number | null;
}

/** Sessions, containment, evidence and what was read of them. Promises 1 and 2. */
export class Sessions {
  readonly known = new Map<string, Seen>();
  readonly contained = new Map<string, boolean>();
  mode: string | null = null;
  origin: { sessionId: string; step: number } | null = null;
  cascade: number[] | null = null;
  held = false;
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  #of(sessionId: string): Seen {
    const seen = this.known.get(sessionId);
    if (!seen) throw new Error(`an event about session ${sessionId}, which never joined`);
    return seen;
  }

  isStopped(sessionId: string): boolean {
    const { targets } = this.#of(sessionId);
    return targets.size > 0 && [...targets].every((id) => this.contained.get(id));
  }

  /** Which evidence there is: changes with every seal and every session. */
  evidence(): string {
    return [...this.known].map(([id, seen]) => `${id}=${seen.seals}:${seen.manifest}`).join(' ');
  }

  /** What a lesson is about: the confirmed step and mode. */
  lesson(): string {
    return `${this.origin?.sessionId} ${this.origin?.step} ${this.mode}`;
  }

  see(event: IncidentEvent): void {
    const { demand } = { demand: this.#memory.demand.bind(this.#memory) };
    switch (event.type) {
      case 'sessionJoined':
        demand(!this.known.has(event.data.sessionId), 'a session joins once');
        this.known.set(event.data.sessionId, {
          ...{ joinedAt: event.at, targets: new Set(), manifest: null, seals: 0, steps: 0, complete: false },
          ...{ firstSealInTime: false, analysedManifest: null, analysis: null, symptom: null },
        });
        break;
      case 'targetAdded':
        demand(!this.contained.has(event.data.target.targetId), 'a target is added once');
        this.#of(event.data.target.sessionId).targets.add(event.data.target.targetId);
        this.contained.set(event.data.target.targetId, false);
        break;
      case 'containmentReported':
        this.contained.set(event.data.targetId, ['confirmed', 'already_ended'].includes(event.data.status));
        break;
      case 'containmentTakenOver':
        demand(event.by.kind === 'person', 'only a person answers for a containment');
        this.contained.set(event.data.targetId, true);
        break;
      case 'containmentOrdered':
      case 'containmentRetried':
        demand(this.contained.get(event.data.targetId) === false, 'what is contained is left alone');
        break;
      case 'agentHeld':
        this.held = true;
        break;
      case 'agentReleased':
        demand(event.by.kind === 'person', 'a hold ends by a person');
        this.held = false;
        break;
      case 'sessionSealed': {
        const { seal } = event.data;
        const seen = this.#of(seal.sessionId);
        const grace = seen.joinedAt + this.#memory.policy.exportGraceMs;
        demand(
          this.isStopped(seal.sessionId) || event.at >= grace,
          'the export waits for containment or its grace',
        );
        demand(seal.sealNumber === seen.seals + 1, 'seals are numbered in order');
        if (seen.seals === 0)
          seen.firstSealInTime = seal.rotatesAtMs === null || seal.sealedAtMs <= seal.rotatesAtMs;
        Object.assign(seen, {
          manifest: seal.manifestSha256,
          seals: seal.sealNumber,
          steps: seal.steps,
          complete: seal.complete,
        });
        break;
      }
      case 'analysisSuggested': {
        const seen = this.#of(event.data.sessionId);
        demand(this.isStopped(event.data.sessionId), 'containment comes before anything is read');
        demand(
          seen.manifest !== null && seen.manifest === event.data.manifestSha256,
          'only the newest sealed evidence is read',
        );
        seen.analysedManifest = event.data.manifestSha256;
        seen.analysis = event.data.analysisSha256;
        seen.symptom = event.data.symptomStep;
        break;
      }
      case 'modeConfirmed':
        demand(
          event.by.kind === 'person' && [...this.known.values()].some((seen) => seen.analysis),
          'a person confirms the mode after an analysis',
        );
        this.mode = event.data.mode;
        break;
      case 'originConfirmed': {
        const { sessionId, step } = event.data;
        demand(
          event.by.kind === 'person' && this.mode !== null,
          'a person confirms the origin, after the mode',
        );
        demand(step >= 1 && step <= this.#of(sessionId).steps, 'the origin is an exact step of the session');
        if (this.origin?.sessionId !== sessionId || this.origin.step !== step) this.cascade = null;
        this.origin = { sessionId, step };
        break;
      }
      case 'cascadeConfirmed': {
        const { path } = event.data;
        demand(path[0] === this.origin?.step, 'the cascade path begins at the origin');
        demand(
          path.every((step, i) => i === 0 || step > path[i - 1]!),
          'the cascade path increases',
        );
        this.cascade = path;
        break;
      }
      default:
    }
  }
}
