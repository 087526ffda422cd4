import type { IncidentEvent } from '../../../src/domain/incident/event.ts';
import type { IncidentState } from '../../../src/domain/incident/state.ts';
import { withoutProse } from '../../../src/store/prose.ts';
import type { Documents, EffectLedger, IncidentRow, LedgerState, Store } from '../../../src/store/port.ts';

/** The parts of the store that Slack uses, in memory, with the ledger's real rules. */
export interface MemoryStore extends Pick<Store, 'incidents' | 'documents' | 'ledger'> {
  audit: Pick<Store['audit'], 'events' | 'event' | 'words'>;
  directory: Pick<Store['directory'], 'put' | 'get' | 'names'>;
  /** What the recorder would do: the state and the events of an incident. */
  record(state: IncidentState, events: IncidentEvent[]): void;
  names: Map<string, { name: string; kind: string; address: string | null }>;
}

const never = (): never => {
  throw new Error('not part of these tests');
};

function memoryLedger(): EffectLedger {
  const rows = new Map<string, { state: LedgerState; result: unknown }>();
  return {
    intend: async (key) => {
      const before = rows.get(key) ?? null;
      if (!before || before.state === 'not_done') rows.set(key, { state: 'intended', result: null });
      return before;
    },
    settle: async (key, state, result) => {
      const found = rows.get(key);
      if (!found) throw new Error(`effect ${key} was never intended`);
      if (found.state === 'done' || found.state === 'not_done') {
        if (found.state === state) return;
        throw new Error(`effect ${key} is on record as ${found.state}, not ${state}`);
      }
      rows.set(key, { state, result });
    },
    get: async (key) => rows.get(key) ?? null,
  };
}

function memoryDocuments(): Documents {
  const rows = new Map<string, Map<string, string>>();
  const of = (kind: string): Map<string, string> => {
    const found = rows.get(kind) ?? new Map<string, string>();
    rows.set(kind, found);
    return found;
  };
  return {
    put: async (kind, key, value) => void of(kind).set(key, JSON.stringify(value ?? null)),
    get: async (kind, key) => {
      const text = of(kind).get(key);
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    getMany: async (kind, keys) =>
      new Map(
        keys.flatMap((key) => {
          const text = of(kind).get(key);
          return text === undefined ? [] : [[key, JSON.parse(text) as unknown] as const];
        }),
      ),
    list: async (kind, prefix) =>
      [...of(kind)]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, text]) => ({ key, value: JSON.parse(text) as unknown })),
  };
}

export function memoryStore(): MemoryStore {
  const rows = new Map<string, IncidentRow>();
  const events = new Map<string, IncidentEvent[]>();
  const names: MemoryStore['names'] = new Map();
  return {
    names,
    record: (state, happened) => {
      const all = [...(events.get(state.incidentId) ?? []), ...happened];
      events.set(state.incidentId, all);
      const head = state.seq.toString(16).padStart(64, 'a');
      rows.set(state.incidentId, { incidentId: state.incidentId, seq: state.seq, head, state });
    },
    incidents: {
      get: async (incidentId) => rows.get(incidentId) ?? null,
      list: async ({ status, agent, limit }) =>
        [...rows.values()]
          .filter(({ state }) => agent === undefined || state.agent === agent)
          .filter(({ state }) => status === undefined || (state.status === 'open') === (status === 'open'))
          .slice(0, limit),
      rebuild: never,
    },
    audit: {
      events: async (incidentId) => events.get(incidentId) ?? [],
      event: async (incidentId, seq) => events.get(incidentId)?.find((one) => one.seq === seq) ?? null,
      words: async (incidentId) =>
        (events.get(incidentId) ?? [])
          .flatMap((event) => [...withoutProse(event).words])
          .map(([sha256, text]) => ({ sha256, text })),
    },
    directory: {
      put: async (id, entry) => void names.set(id, entry),
      get: async (id) => names.get(id) ?? null,
      names: async (ids) =>
        Object.fromEntries(ids.flatMap((id) => (names.has(id) ? [[id, names.get(id)?.name ?? '']] : []))),
    },
    documents: memoryDocuments(),
    ledger: memoryLedger(),
  };
}
