import { randomBytes } from 'node:crypto';
import type { Hono } from 'hono';
import { type Context, type Next } from 'hono';
import type { StopSwitchStore } from '../adapters/containment/switch-store.ts';
import type { Incidents } from '../client/port.ts';
import type { Config } from '../config/types.ts';
import type { Store } from '../store/port.ts';
import { createKeyRing } from './auth/keys.ts';
import { createPeopleGate } from './auth/people.ts';
import { STYLE_SOURCE } from '../web/layout.ts';
import { type Log, problemApp, stderrLog } from './problem.ts';
import { alertRoutes } from './routes/alerts.ts';
import type { EvidenceReader } from '../slack/evidence.ts';
import { commandRoutes } from './routes/commands.ts';
import { decisionRoutes, penOf } from './routes/decisions.ts';
import { healthRoutes, type ReadyCheck } from './routes/health.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { pageRoutes } from '../web/routes.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { switchRoutes } from './routes/switch.ts';

export { listen, type Listening, type ListenOptions } from './listen.ts';
export type { ReadyCheck } from './routes/health.ts';

export interface ServerDeps {
  config: Config;
  incidents: Incidents;
  store: Pick<Store, 'incidents' | 'audit' | 'directory'>;
  switches: StopSwitchStore;
  /** `/v1/traces`, which checks its own keys. */
  otlp?: Hono;
  /** What the server needs to do its work, for `/readyz`. */
  ready?: () => Promise<ReadyCheck[]>;
  /** Reads the sealed lists of actions; without it nothing is signed on the page. */
  evidence?: Pick<EvidenceReader, 'loadPlan'>;
  /** What browser sessions and forms are sealed with, shared by every server process. Without it they end with this one. */
  sessionSecret?: Uint8Array;
  nowMs?: () => number;
  log?: Log;
}

/** Nothing is loaded from anywhere, nothing runs, nobody frames it. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': `default-src 'none'; style-src ${STYLE_SOURCE}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

async function securityHeaders(context: Context, next: Next): Promise<void> {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
}

/** The HTTP server of Holdpoint: intake, stop switch, API and the status page. */
export function createServer(deps: ServerDeps): Hono {
  const { config, incidents, store, switches, nowMs = Date.now, log = stderrLog } = deps;
  const app = problemApp(log);
  const keys = createKeyRing(config.keys, nowMs);
  const people = createPeopleGate(config, { secret: deps.sessionSecret ?? randomBytes(32), nowMs });
  app.use('*', securityHeaders);
  healthRoutes(app, deps.ready ?? (() => Promise.resolve([])));
  alertRoutes(app, { config, keys, incidents, nowMs });
  switchRoutes(app, { config, keys, switches, nowMs });
  incidentRoutes(app, { people, incidents: store.incidents, audit: store.audit });
  commandRoutes(app, { config, people, incidents, nowMs });
  const pen = penOf(config, people);
  pageRoutes(app, { people, incidents: store.incidents, directory: store.directory, pen, nowMs });
  signInRoutes(app, { config, people });
  decisionRoutes(app, {
    config,
    people,
    incidents,
    rows: store.incidents,
    evidence: deps.evidence ?? null,
    nowMs,
  });
  if (deps.otlp) app.route('/', deps.otlp);
  return app;
}
