import { join } from 'node:path';
import { createFilesystemEvidence } from '../../../src/adapters/evidence/filesystem.ts';
import type { EvidenceStore } from '../../../src/adapters/evidence/port.ts';
import { createMemorySwitchStore } from '../../../src/adapters/containment/memory-switch-store.ts';
import { loadSealedSession } from '../../../src/activities/preserve.ts';
import { parseAnalysis } from '../../../src/activities/stored-analysis.ts';
import { configFrom } from '../../../src/config.ts';
import { createLive } from '../../../src/http/live.ts';
import { createServer, listen } from '../../../src/http/server.ts';
import { testStore, type TestStore } from '../../store/store.ts';
import { newFolder, removeFolder } from '../../support/folder.ts';
import { ana, ben, HOUR, kim, lee, mia, type Story, T0 } from '../../domain/incident/story.ts';

export const TOKENS = {
  TOKEN_ANA: 'ana-token-0123456789',
  TOKEN_EVE: 'eve-token-0123456789',
  TOKEN_DANA: 'dana-token-0123456789',
  TOKEN_AUDIT: 'audit-token-0123456789',
  AGENT_KEY: 'agent-key-0123456789',
  SMTP_URL: 'smtp://127.0.0.1:2525',
};

const settings = (server: object) => ({
  server: { port: 0, bodyTimeout: '60s', ...server },
  agents: {
    'loan-agent': { owners: ['dana'], containment: { kind: 'stop-switch' }, tools: {} },
    'mail-agent': { containment: { kind: 'stop-switch' }, tools: {} },
  },
  keys: { agent: { env: 'AGENT_KEY', agents: ['loan-agent'] } },
  people: {
    ana: { name: 'Ana Ruiz', roles: ['responder', 'approver'], tokenEnv: 'TOKEN_ANA' },
    ben: { name: 'Ben Okafor', roles: ['responder', 'approver'] },
    dana: { name: 'Dana Weiss', roles: [], tokenEnv: 'TOKEN_DANA' },
    eve: { name: 'Eve Marsh', roles: ['viewer'], tokenEnv: 'TOKEN_EVE' },
    audit: { name: 'Audit reader', roles: ['auditor'], tokenEnv: 'TOKEN_AUDIT' },
  },
  onCall: { primary: ['ana'] },
  mail: { from: 'holdpoint@example.com' },
  distribution: { platform: [{ mail: 'p@example.com' }], onCall: [{ mail: 'o@example.com' }] },
});

export interface House extends TestStore {
  url: string;
  evidence: EvidenceStore;
  clock: { nowMs: number };
  /** Puts what a story has lived and is not on record yet on record. */
  record(lived: Story): Promise<void>;
  read(path: string, token: string, headers?: Record<string, string>): Promise<Answer>;
  /** How often a sealed session was read, and what stands in the way of the next reading. */
  sealed: { reads: number; delayMs: number; broken: Error | null };
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: () => unknown;
}

const NAMES = [
  [ana, 'Ana Ruiz'],
  [ben, 'Ben Okafor'],
  [kim, 'Kim Novak'],
  [lee, 'Lee Park'],
  [mia, 'Mia Costa'],
] as const;

/** The real server on a real store and real evidence; incidents are lived by the decider and put on record. */
export async function openHouse(
  server: object = {},
  database: Parameters<typeof testStore>[0] = {},
): Promise<House> {
  const kept = await testStore(database);
  const folder = newFolder();
  const evidence = createFilesystemEvidence({ dir: join(folder, 'evidence') });
  const clock = { nowMs: T0 + 3 * HOUR };
  const { store } = kept;
  for (const [{ id }, name] of NAMES) await store.directory.put(id, { name, kind: 'person', address: null });
  const sealed: House['sealed'] = { reads: 0, delayMs: 0, broken: null };
  const live = createLive(store);
  const app = createServer({
    config: configFrom(settings(server), { name: 'test', folder, env: TOKENS }),
    incidents: {
      alert: () => Promise.reject(new Error('no engine here')),
      send: () => Promise.reject(new Error('no engine here')),
    } as never,
    store,
    switches: createMemorySwitchStore(),
    live,
    evidence: {
      loadPlan: () => Promise.reject(new Error('no plan here')),
      loadSession: async (uri) => {
        sealed.reads += 1;
        if (sealed.broken) throw sealed.broken;
        if (sealed.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, sealed.delayMs));
        return loadSealedSession(evidence, uri);
      },
      loadAnalysis: async (uri) => parseAnalysis(await evidence.get(uri)),
    },
    nowMs: () => clock.nowMs,
  });
  const listening = await listen(app, { host: '127.0.0.1', port: 0 });
  const done = new Map<string, number>();
  return {
    ...kept,
    url: listening.url,
    evidence,
    clock,
    sealed,
    record: async (lived) => {
      const { incidentId } = lived.state;
      await store.audit.append(
        incidentId,
        lived.events.filter(({ seq }) => seq > (done.get(incidentId) ?? 0)),
      );
      done.set(incidentId, lived.state.seq);
    },
    read: async (path, token, headers = {}) => {
      const response = await fetch(`${listening.url}${path}`, {
        headers: { authorization: `Bearer ${token}`, ...headers },
        redirect: 'manual',
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: () => JSON.parse(text) as unknown,
      };
    },
    end: async () => {
      live.close();
      await listening.close();
      await kept.end();
      removeFolder(folder);
    },
  };
}
