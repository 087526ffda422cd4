import type { IncidentEvent } from '../../../../src/domain/incident/event.ts';
import { all, type Memory, type Told } from './witness.ts';

interface Class {
  tool: string;
  kind: 'reversible' | 'irreversible';
  count: number;
  unknown: boolean;
  plan: string;
  live: boolean;
  as: 'irreversible' | 'no_effect' | null;
  /** Indices that carry a valid sign-off now. */
  allowed: Set<number>;
  declined: Set<number>;
  ordered: Set<number>;
  done: Set<number>;
  undone: Set<number>;
  uncertain: Set<number>;
  remedied: Set<number>;
}

interface Request {
  classId: string;
  digest: string;
  by: string;
  quorum: number;
  state: 'open' | 'decided' | 'void';
  remediation: boolean;
  votes: Map<number, Set<string>>;
  /** Indices that enough people, or a broken glass, allowed. */
  granted: Set<number>;
  denied: Set<number>;
  breakers: Set<string>;
  glassOpen: boolean;
}

type Answer = Told<'reversalSigned'> | Told<'reversalDenied'> | Told<'glassBroken'>;
const remove = (set: Set<number>, indices: number[]): void => indices.forEach((index) => set.delete(index));
const add = (set: Set<number>, indices: number[]): void => indices.forEach((index) => set.add(index));
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Classes of actions, sign-offs and reversals. Promises 3 and 6. */
export class Approvals {
  readonly classes = new Map<string, Class>();
  readonly requests = new Map<string, Request>();
  readonly #batches = new Map<string, { classId: string; indices: number[]; reported: boolean }>();
  #approvers: { ids: string[] | null; at: number } = { ids: null, at: 0 };
  /** What the map was made on. */
  mapKey: string | null = null;
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  #demand(truth: boolean, promise: string): void {
    this.#memory.demand(truth, promise);
  }

  #class(id: string): Class {
    const found = this.classes.get(id);
    if (!found) throw new Error(`an event about class ${id}, which was never mapped`);
    return found;
  }

  #request(id: string): Request {
    const found = this.requests.get(id);
    if (!found) throw new Error(`an event about request ${id}, which was never made`);
    return found;
  }

  currentMapKey(): string {
    const { sessions } = this.#memory;
    const analyses = [...sessions.known.values()].flatMap((seen) => seen.analysis ?? []).sort();
    const tools = [...this.classes.values()].filter((one) => one.as).map((one) => one.tool);
    const lost = [...this.classes.values()]
      .filter((one) => !one.live)
      .reduce((sum, one) => sum + one.undone.size, 0);
    return JSON.stringify([sessions.origin, analyses, [...new Set(tools)].sort(), lost]);
  }

  isIrreversible = (one: Class): boolean => one.kind === 'irreversible' || one.as === 'irreversible';
  live = (): Class[] => [...this.classes.values()].filter((one) => one.live && one.as !== 'no_effect');

  /** Every irreversible action has a signed plan. */
  plansStand = (): boolean =>
    this.live()
      .filter(this.isIrreversible)
      .every((one) => range(one.count).every((index) => one.allowed.has(index)));

  /** Nothing of any action waits for anybody. */
  settled(): boolean {
    const nothingOpen = [...this.classes.values()].every(
      (one) =>
        one.uncertain.size === 0 &&
        [...one.ordered].every((index) => one.done.has(index) || one.undone.has(index)),
    );
    const classified = this.live().every((one) => !one.unknown || one.as !== null);
    const each = this.live().every((one) =>
      range(one.count).every((index) =>
        this.isIrreversible(one)
          ? one.allowed.has(index) && one.remedied.has(index)
          : one.done.has(index) || one.declined.has(index),
      ),
    );
    return (
      nothingOpen && classified && each && [...this.requests.values()].every((request) => !request.glassOpen)
    );
  }

  isRunning = (): boolean => [...this.#batches.values()].some((batch) => !batch.reported);

  #mayApprove(event: { by: IncidentEvent['by']; at: number }): void {
    const { ids, at } = this.#approvers;
    this.#demand(
      event.by.kind === 'person' && !!ids?.includes(event.by.id),
      'only an approver signs or denies',
    );
    this.#demand(event.at - at <= this.#memory.policy.approversMaxAgeMs, 'the list of approvers is fresh');
  }

  #answer(event: Answer): { request: Request; item: Class; indices: number[] } {
    const request = this.#request(event.data.requestId);
    const item = this.#class(request.classId);
    this.#demand(event.by.kind === 'person', 'a person answers a sign-off');
    this.#demand(!this.#memory.owners.has(event.by.id), 'no owner of the agent answers a sign-off');
    this.#demand(request.state === 'open', 'only an open request is answered');
    this.#demand(
      item.live && event.data.seen === request.digest && request.digest.startsWith(item.plan),
      'an answer is bound to the current digest',
    );
    return { request, item, indices: all(event.data.indices) };
  }

  #vote(request: Request, who: string, indices: number[]): void {
    for (const index of indices) {
      const votes = request.votes.get(index) ?? new Set();
      request.votes.set(index, votes.add(who));
      if (votes.size >= request.quorum) request.granted.add(index);
    }
  }

  /** A reversal that did not happen has used up what was signed for it. */
  #forget(classId: string, indices: number[]): void {
    const item = this.#class(classId);
    for (const set of [item.allowed, item.ordered]) remove(set, indices);
    add(item.undone, indices);
    for (const request of this.requests.values()) {
      if (request.classId !== classId) continue;
      remove(request.granted, indices);
      indices.forEach((index) => request.votes.delete(index));
    }
  }

  see(event: IncidentEvent): void {
    switch (event.type) {
      case 'approversRefreshed':
        this.#approvers = { ids: event.data.approverIds, at: event.at };
        break;
      case 'blastRadiusMapped':
        this.mapKey = this.currentMapKey();
        break;
      case 'classMapped':
        this.#mapped(event);
        break;
      case 'classSuperseded': {
        const item = this.#class(event.data.classId);
        item.live = false;
        item.allowed = new Set(item.ordered);
        for (const request of this.requests.values())
          if (request.classId === event.data.classId)
            request.granted = new Set([...request.granted].filter((index) => item.ordered.has(index)));
        break;
      }
      case 'actionsClassified':
        this.#demand(event.by.kind === 'person', 'a person classifies what no manifest knows');
        this.#class(event.data.classId).as = event.data.as;
        break;
      case 'signOffRequested':
        this.#requested(event);
        break;
      case 'signOffVoided':
        this.#request(event.data.requestId).state = 'void';
        break;
      case 'signOffDecided':
        this.#request(event.data.requestId).state = 'decided';
        break;
      case 'signOffExpired': {
        const request = this.#request(event.data.requestId);
        for (const [index, votes] of request.votes)
          request.votes.set(index, new Set([...votes].filter((who) => request.breakers.has(who))));
        break;
      }
      case 'reversalSigned': {
        this.#mayApprove(event);
        const { request, indices } = this.#answer(event);
        this.#demand(event.by.id !== request.by, 'nobody signs their own request');
        if (request.remediation)
          this.#demand(event.data.reason !== null, 'a remediation plan is signed with a reason');
        this.#vote(request, event.by.id, indices);
        break;
      }
      case 'reversalDenied': {
        this.#mayApprove(event);
        const { request, item, indices } = this.#answer(event);
        add(request.denied, indices);
        if (!request.remediation) add(item.declined, indices);
        break;
      }
      case 'glassBroken': {
        const { request, indices } = this.#answer(event);
        request.breakers.add(event.by.id);
        request.glassOpen = true;
        add(request.granted, indices);
        this.#vote(request, event.by.id, indices);
        break;
      }
      case 'glassCountersigned': {
        this.#mayApprove(event);
        const request = this.#request(event.data.requestId);
        this.#demand(!this.#memory.owners.has(event.by.id), 'no owner countersigns');
        this.#demand(
          !request.breakers.has(event.by.id) && request.by !== event.by.id,
          'another person countersigns a broken glass',
        );
        request.glassOpen = false;
        break;
      }
      case 'reversalsAuthorised': {
        const request = this.#request(event.data.requestId);
        const indices = all(event.data.indices);
        this.#demand(
          indices.every((index) => request.granted.has(index) && !request.denied.has(index)),
          'what is authorised was signed by enough people',
        );
        add(this.#class(event.data.classId).allowed, indices);
        break;
      }
      case 'reversalsOrdered':
        this.#ordered(event);
        break;
      case 'reversalsReported':
        this.#reported(event);
        break;
      case 'uncertainSettled': {
        const item = this.#class(event.data.classId);
        const indices = all(event.data.indices);
        this.#demand(
          event.by.kind === 'person' && indices.every((index) => item.uncertain.has(index)),
          'a person settles what is uncertain',
        );
        remove(item.uncertain, indices);
        if (event.data.outcome === 'done') add(item.done, indices);
        else this.#forget(event.data.classId, indices);
        break;
      }
      case 'remediationRecorded': {
        const item = this.#class(event.data.classId);
        this.#demand(
          this.isIrreversible(item) && all(event.data.indices).every((index) => item.allowed.has(index)),
          'a remediation has its signed plan',
        );
        add(item.remedied, all(event.data.indices));
        break;
      }
      default:
    }
  }

  #mapped({ data }: Told<'classMapped'>): void {
    const spec = data.class;
    const before = this.classes.get(spec.classId);
    if (before) {
      this.#demand(!before.live && before.plan === spec.planSha256, 'a class keeps its plan');
      Object.assign(before, { live: true, allowed: new Set(before.ordered), declined: new Set() });
      return;
    }
    this.classes.set(spec.classId, {
      ...{
        tool: spec.tool,
        kind: spec.kind,
        count: spec.count,
        unknown: spec.unknownTool,
        plan: spec.planSha256,
        live: true,
        as: null,
      },
      ...{
        allowed: new Set(),
        declined: new Set(),
        ordered: new Set(),
        done: new Set(),
        undone: new Set(),
        uncertain: new Set(),
        remedied: new Set(),
      },
    });
  }

  #requested({ data, by }: Told<'signOffRequested'>): void {
    const item = this.#class(data.classId);
    const irreversible = this.isIrreversible(item);
    this.#demand(
      item.live && item.as !== 'no_effect' && (!item.unknown || item.as !== null),
      'only a standing, classified list is signed',
    );
    this.#demand(
      irreversible === (data.remediation !== null),
      'irreversible actions, and only they, have a remediation plan',
    );
    this.#demand(
      data.seen === (data.remediation ? `${item.plan}.${data.remediation.sha256}` : item.plan),
      'a request binds the digest of the plan',
    );
    this.#demand(
      data.quorum === this.#memory.policy.quorum[irreversible ? 'irreversible' : 'reversible'],
      'the quorum is the policy’s',
    );
    this.#demand(!irreversible || data.quorum >= 2, 'irreversible actions need two people');
    this.#demand(data.requestedBy === by.id, 'a request is its giver’s');
    remove(item.declined, all(data.indices));
    this.requests.set(data.requestId, {
      ...{
        classId: data.classId,
        digest: data.seen,
        by: by.id,
        quorum: data.quorum,
        state: 'open',
        remediation: data.remediation !== null,
      },
      ...{ votes: new Map(), granted: new Set(), denied: new Set(), breakers: new Set(), glassOpen: false },
    });
  }

  #ordered({ data, by }: Told<'reversalsOrdered'>): void {
    const request = this.#request(data.requestId);
    const item = this.#class(data.classId);
    const indices = all(data.indices);
    this.#demand(by.kind === 'engine', 'the engine orders reversals');
    this.#demand(
      request.classId === data.classId && request.state !== 'void' && item.live,
      'a reversal runs under a standing request',
    );
    this.#demand(request.digest === item.plan, 'a reversal is of the plan that was signed');
    this.#demand(
      !this.isIrreversible(item) && item.as !== 'no_effect',
      'only reversible actions are reversed',
    );
    this.#demand(
      indices.length > 0 && indices.every((index) => item.allowed.has(index) && request.granted.has(index)),
      'no reversal without a valid sign-off',
    );
    this.#demand(
      indices.every(
        (index) => !item.ordered.has(index) && !item.done.has(index) && !item.uncertain.has(index),
      ),
      'nothing is reversed twice, and nothing uncertain is repeated',
    );
    add(item.ordered, indices);
    remove(item.undone, indices);
    this.#batches.set(data.batchId, { classId: data.classId, indices, reported: false });
  }

  #reported({ data }: Told<'reversalsReported'>): void {
    const batch = this.#batches.get(data.batchId);
    this.#demand(!!batch && !batch.reported && batch.classId === data.classId, 'a batch is reported once');
    const said = [...all(data.done), ...all(data.notDone), ...all(data.uncertain)].sort((a, b) => a - b);
    this.#demand(
      JSON.stringify(said) === JSON.stringify(batch?.indices),
      'a report accounts for each action of its batch once',
    );
    if (batch) batch.reported = true;
    const item = this.#class(data.classId);
    add(item.done, all(data.done));
    add(item.uncertain, all(data.uncertain));
    this.#forget(data.classId, all(data.notDone));
  }
}
