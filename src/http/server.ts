import { randomBytes } from 'node:crypto';
import type { Hono } from 'hono';
import { type Context, type Next } from 'hono';
import type { StopSwitchStore } from '../adapters/containment/switch-store.ts';
import type { Incidents } from '../client/port.ts';
import type { Config } from '../config/types.ts';
import type { Store } from '../store/port.ts';
import { createBaseline } from '../activities/baseline.ts';
import { createKeyRing } from './auth/keys.ts';
import { createPeopleGate } from './auth/people.ts';
import { type Log, problemApp, stderrLog } from './problem.ts';
import { alertRoutes } from './routes/alerts.ts';
import type { EvidenceReader } from '../slack/evidence.ts';
import { commandRoutes } from './routes/commands.ts';
import { decisionRoutes } from './routes/decisions.ts';
import { penOf } from './routes/pen.ts';
import { metricsRoutes } from './metrics.ts';
import { healthRoutes, type ReadyCheck } from './routes/health.ts';
import { incidentRoutes, tagAnswers } from './routes/incidents.ts';
import { assetRoutes } from '../web/assets.ts';
import { problemPage } from '../web/pages/problem.ts';
import { createReading } from '../web/reading.ts';
import { pageRoutes } from '../web/routes.ts';
import { createSketches, type SealedFiles } from '../web/sketches.ts';
import { createLive, type Live } from './live.ts';
import { documentRoutes } from './routes/document.ts';
import { viewRoutes } from './routes/views.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { sessionPages } from '../web/session-pages.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { switchRoutes } from './routes/switch.ts';
import { traceCheckRoutes, type TraceCheckDeps } from './routes/trace-check.ts';

export { listen, type Listening } from './listen.ts';
export type { ReadyCheck } from './routes/health.ts';

export interface ServerDeps {
  config: Config;
  incidents: Incidents;
  store: Pick<
    Store,
    'incidents' | 'audit' | 'directory' | 'lists' | 'changes' | 'documents' | 'sessions' | 'spans'
  >;
  switches: StopSwitchStore;
  /** Sessions, for the agent's own check of what it sends. */
  spans?: TraceCheckDeps['spans'];
  /** `/v1/traces`, which checks its own keys. */
  otlp?: Hono;
  /** What the server needs to do its work, for `/readyz`. */
  ready?: () => Promise<ReadyCheck[]>;
  /** Reads sealed files; without it nothing is signed on the page, and no session is drawn. */
  evidence?: Pick<EvidenceReader, 'loadPlan' | 'loadContext'> & Partial<SealedFiles>;
  /** The streams that keep pages live; whoever gives it closes it before the server. */
  live?: Live;
  /** What browser sessions and forms are sealed with, shared by every server process. Without it they end with this one. */
  sessionSecret?: Uint8Array;
  nowMs?: () => number;
  log?: Log;
}

/** Everything comes from here alone, nothing inline is applied or run, nobody frames it. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Not no-referrer: browsers would send our own forms with `Origin: null`.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

async function securityHeaders(context: Context, next: Next): Promise<void> {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
  if (!context.res.headers.has('cache-control')) context.res.headers.set('cache-control', 'no-store');
}

/** The HTTP server of Holdpoint: intake, stop switch, API and the status page. */
export function createServer(deps: ServerDeps): Hono {
  const { config, incidents, store, switches, nowMs = Date.now, log = stderrLog } = deps;
  const app = problemApp(log, problemPage);
  const keys = createKeyRing(config.keys, nowMs);
  const people = createPeopleGate(config, { secret: deps.sessionSecret ?? randomBytes(32), nowMs });
  app.use('*', securityHeaders);
  const live = deps.live ?? createLive(store);
  metricsRoutes(app, { config, keys, people, lists: store.lists, streams: () => live.open, nowMs });
  healthRoutes(app, deps.ready ?? (() => Promise.resolve([])));
  alertRoutes(app, { config, keys, incidents, nowMs });
  switchRoutes(app, { config, keys, switches, nowMs });
  if (deps.spans) traceCheckRoutes(app, { keys, spans: deps.spans, nowMs });
  assetRoutes(app);
  const { evidence } = deps;
  const { loadSession, loadAnalysis } = evidence ?? {};
  const sketches = loadSession && loadAnalysis ? createSketches({ loadSession, loadAnalysis }) : null;
  const reading = createReading({ config, store, sketches, nowMs });
  live.routes(app, people);
  documentRoutes(app);
  tagAnswers(app);
  viewRoutes(app, { config, people, reading });
  incidentRoutes(app, { config, people, incidents: store.incidents, audit: store.audit, reading, nowMs });
  commandRoutes(app, { config, people, incidents, nowMs });
  const pen = penOf(config, people, {
    documents: store.documents,
    loadContext: evidence?.loadContext ?? null,
    nowMs,
  });
  pageRoutes(app, { config, people, incidents: store.incidents, reading, pen, nowMs });
  signInRoutes(app, { config, people });
  decisionRoutes(app, {
    config,
    people,
    incidents,
    rows: store.incidents,
    audit: store.audit,
    evidence: evidence ?? null,
    nowMs,
  });
  const subagentsOf = (agent: string): string[] => config.agents[agent]?.subagentsAllowed ?? [];
  const baseline = createBaseline({ ...store, subagentsOf });
  sessionRoutes(app, {
    config,
    people,
    sessions: store.sessions,
    incidents: store.incidents,
    similar: {
      spans: store.spans,
      subagentsOf,
      toolsFor: (agent) => config.agents[agent]?.tools ?? null,
      profileFor: baseline.profileFor,
    },
    baseline,
    nowMs,
  });
  sessionPages(app, { config, people, sessions: store.sessions });
  if (deps.otlp) app.route('/', deps.otlp);
  return app;
}
