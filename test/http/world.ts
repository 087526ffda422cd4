import { createHmac, randomUUID } from 'node:crypto';
import { dedupOf, incidentBase, incidentIdOf } from '../../src/client/dedup.ts';
import { UnknownIncident, Unreachable } from '../../src/client/errors.ts';
import type { Incidents, Words } from '../../src/client/port.ts';
import { configFrom } from '../../src/config.ts';
import type { Actor } from '../../src/domain/incident/actor.ts';
import type { Command } from '../../src/domain/incident/command.ts';
import { decide } from '../../src/domain/incident/decide.ts';
import { emptyIncident } from '../../src/domain/incident/empty.ts';
import { evolve } from '../../src/domain/incident/evolve.ts';
import type { IncidentState } from '../../src/domain/incident/state.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { createServer, listen, type Listening, type ReadyCheck } from '../../src/http/server.ts';
import type { PlanFile } from '../../src/slack/plan-file.ts';
import type { IncidentRow, Store } from '../../src/store/port.ts';
import { testStore } from '../store/store.ts';

export const SECRETS = {
  AGENT_KEY: 'loan-agent-key-0123456789',
  OTHER_KEY: 'other-agent-key-0123456789',
  MONITORING_KEY: 'monitoring-secret-0123456789',
  SHARED_KEY: 'shared-key-for-two-0123456789',
  METRICS_KEY: 'metrics-key-0123456789',
  TOKEN_ANA: 'ana-token-0123456789',
  TOKEN_EVE: 'eve-token-0123456789',
  TOKEN_AUDIT: 'audit-token-0123456789',
  PROXY_SECRET: 'proxy-secret-0123456789',
  SMTP_URL: 'smtp://127.0.0.1:2525',
};

export const settings = (server: object) => ({
  server: { port: 0, ...server },
  agents: {
    'loan-agent': { owners: ['dana'], containment: { kind: 'stop-switch', lease: '250ms' }, tools: {} },
    'letter-agent': { containment: { kind: 'stop-switch' }, tools: {} },
  },
  keys: {
    agent: { env: 'AGENT_KEY', agents: ['loan-agent'] },
    other: { env: 'OTHER_KEY', agents: ['letter-agent'], may: ['switch'] },
    monitoring: { kind: 'hmac', env: 'MONITORING_KEY', agents: ['loan-agent'], may: ['alerts'] },
    prometheus: { env: 'METRICS_KEY', agents: ['loan-agent'], may: ['metrics'] },
    shared: { env: 'SHARED_KEY', agents: ['loan-agent', 'letter-agent'] },
  },
  people: {
    ana: {
      name: 'Ana Ruiz',
      roles: ['responder', 'approver'],
      tokenEnv: 'TOKEN_ANA',
      login: 'ana@example.com',
    },
    ben: { name: 'Ben Okafor', roles: ['responder', 'approver'], login: 'ben@example.com' },
    carol: { name: 'Carol Lind', roles: ['approver'], login: 'carol@example.com' },
    dana: { name: 'Dana Weiss' },
    eve: { name: 'Eve Marsh', roles: ['viewer'], tokenEnv: 'TOKEN_EVE' },
    audit: { name: 'Audit reader', roles: ['auditor'], tokenEnv: 'TOKEN_AUDIT' },
  },
  onCall: { primary: ['ana'] },
  mail: { from: 'holdpoint@example.com' },
  distribution: { platform: [{ mail: 'p@example.com' }], onCall: [{ mail: 'o@example.com' }] },
});

/** Incidents on the real decider and the real record, without Temporal: what a server test needs of them. */
class MemoryIncidents implements Incidents {
  readonly states = new Map<string, IncidentState>();
  readonly given: Command[] = [];
  reachable = true;
  pending = false;
  readonly nowMs: () => number;
  readonly store: Store;
  /** Resolves once everything decided so far is on record. */
  recorded: Promise<unknown> = Promise.resolve();

  constructor(nowMs: () => number, store: Store) {
    this.nowMs = nowMs;
    this.store = store;
  }

  private apply(incidentId: string, command: Command) {
    if (!this.reachable) throw new Unreachable(new Error('down'));
    this.given.push(command);
    const state = this.states.get(incidentId) ?? emptyIncident;
    const verdict = decide(state, command);
    if (verdict.ok) {
      this.states.set(incidentId, verdict.events.reduce(evolve, state));
      const { events } = verdict;
      this.recorded = this.recorded.then(() => this.store.audit.append(incidentId, events));
    }
    return verdict;
  }

  async send(incidentId: string, words: Words, by: Actor) {
    if (!this.states.has(incidentId)) throw new UnknownIncident(incidentId);
    const verdict = this.apply(incidentId, { ...words, at: this.nowMs(), by } as Command);
    await this.recorded;
    return verdict.ok ? { ok: true as const, events: verdict.events.length, pending: this.pending } : verdict;
  }

  async alert({ agent, dedupKey, alert, by }: Parameters<Incidents['alert']>[0]) {
    const dedup = dedupOf(dedupKey, alert);
    const incidentId = incidentIdOf(incidentBase(agent, dedup), 1);
    const opened = !this.states.has(incidentId);
    this.apply(incidentId, {
      type: 'receiveAlert',
      id: `alert:${alert.alertId}`,
      at: this.nowMs(),
      by,
      incidentId,
      agent,
      ownerIds: [],
      dedupKey: dedup.key,
      dedupRule: dedup.rule,
      policy: defaultPolicy,
      linkedFrom: null,
      alert,
    });
    await this.recorded;
    return { incidentId, opened, dedupKey: dedup.key, dedupRule: dedup.rule };
  }

  async recordedRow(incidentId: string): Promise<IncidentRow | null> {
    await this.recorded;
    return this.store.incidents.get(incidentId);
  }

  row(incidentId: string): IncidentRow | null {
    const state = this.states.get(incidentId);
    return state ? { incidentId, seq: state.seq, head: 'f'.repeat(64), state } : null;
  }
}

export interface World {
  url: string;
  port: number;
  incidents: MemoryIncidents;
  ready: { checks: ReadyCheck[] };
  logged: { message: string; detail?: string }[];
  /** A request; the body is sent as it stands. */
  call(
    path: string,
    init?: CallInit,
  ): Promise<{ status: number; headers: Headers; text: string; json: Record<string, unknown> }>;
  stop(): Promise<void>;
}

export interface CallInit {
  method?: string;
  body?: string | object;
  headers?: Record<string, string>;
  /** A bearer key or token. */
  token?: string;
}

export const NOW = Date.parse('2026-03-01T12:00:00Z');

/** A real server on a free port. */
export async function startWorld(
  server: object = {},
  nowMs = () => NOW,
  plans: ReadonlyMap<string, PlanFile> = new Map(),
  more: object = {},
): Promise<World> {
  const config = configFrom({ ...settings(server), ...more }, { name: 'test', folder: '/tmp', env: SECRETS });
  const { store, end } = await testStore({ now: nowMs });
  await store.directory.put('person:ana', { name: 'Ana Ruiz', kind: 'person', address: null });
  const incidents = new MemoryIncidents(nowMs, store);
  const ready = { checks: [] as ReadyCheck[] };
  const logged: World['logged'] = [];
  const app = createServer({
    config,
    incidents,
    switches: store.switches,
    spans: store.spans,
    store: { ...store, incidents: { ...store.incidents, get: (id) => incidents.recordedRow(id) } },
    evidence: {
      loadPlan: (uri) => {
        const plan = plans.get(uri);
        return plan ? Promise.resolve(plan) : Promise.reject(new Error(`no plan at ${uri}`));
      },
      loadContext: async (_uri, step) => [`user: decide`, `tool: {"step":${step}}`],
    },
    ready: () => Promise.resolve(ready.checks),
    nowMs,
    log: (entry) => logged.push(entry),
  });
  app.get('/breaks', () => {
    throw new Error('a secret of the inside');
  });
  const listening: Listening = await listen(app, {
    host: '127.0.0.1',
    port: 0,
    mounts: { '/mounted': (_request, response) => response.end('mounted') },
  });
  const call: World['call'] = async (path, { method, body, headers = {}, token } = {}) => {
    const response = await fetch(`${listening.url}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      redirect: 'manual',
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    const json = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: response.status, headers: response.headers, text, json };
  };
  return {
    url: listening.url,
    port: listening.port,
    incidents,
    ready,
    logged,
    call,
    stop: async () => {
      await listening.close();
      await incidents.recorded;
      await end();
    },
  };
}

/** The headers of a signed request. */
export function signed(
  body: string,
  { secret = SECRETS.MONITORING_KEY, atMs = NOW } = {},
): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'x-holdpoint-timestamp': timestamp, 'x-holdpoint-signature': `v1=${signature}` };
}

export const alertOf = (more: object = {}) => ({
  agent: 'loan-agent',
  title: 'Decline rate is 100 %',
  sessionId: `s-${randomUUID()}`,
  severity: 'sev2',
  firedAt: NOW - 1_000,
  ...more,
});
