import type { Hono } from 'hono';
import { routePath } from 'hono/route';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Config } from '../config/types.ts';
import type { Lists } from '../store/port.ts';
import { allowUse, type KeyRing } from './auth/keys.ts';
import { bearerOf } from './auth/compare.ts';
import type { PeopleGate } from './auth/people.ts';

export interface MetricsDeps {
  config: Pick<Config, 'metrics'>;
  keys: KeyRing;
  people: PeopleGate;
  lists: Pick<Lists, 'openCounts' | 'countsBy'>;
  /** Open streams of this process. */
  streams: () => number;
  nowMs: () => number;
}

const WORKER_TIMEOUT_MS = 1_000;
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Gauges over the projection: the same from every server process, so take one of them, not their sum. */
function projectionGauges(registry: Registry, { lists, nowMs }: MetricsDeps): () => Promise<void> {
  const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
    new Gauge({ name: `holdpoint_${name}`, help, labelNames, registers: [registry] });
  const byPhase = gauge('incidents_open', 'Open incidents by phase', ['phase']);
  const bySeverity = gauge('incidents_open_by_severity', 'Open incidents by severity', ['severity']);
  const byStatus = gauge('incidents', 'Incidents by status, ended ones too', ['status']);
  const unowned = gauge('incidents_unowned', 'Open incidents that nobody owns');
  const late = gauge('incidents_late', 'Open incidents past the due time of their distribution');
  const dueSoon = gauge('incidents_due_soon', 'Open incidents whose distribution is due within 12 hours');
  const pending = gauge('sign_offs_pending', 'Sign-offs that wait for people');
  const actions = gauge(
    'actions_open',
    'Actions of open incidents neither reversed, declined nor remediated',
  );
  const up = gauge('projection_up', '1 when the projection could be read for this answer');
  const labelled = [
    [byPhase, 'phase', { status: 'open' }],
    [bySeverity, 'severity', { status: 'open' }],
    [byStatus, 'status', {}],
  ] as const;
  return async () => {
    try {
      const counts = await lists.openCounts(nowMs());
      unowned.set(counts.unowned);
      late.set(counts.late);
      dueSoon.set(counts.dueSoon);
      pending.set(counts.pendingSignOffs);
      actions.set(counts.openRemediation);
      for (const [metric, label, filter] of labelled) {
        const rows = await lists.countsBy(label, filter);
        metric.reset();
        for (const { value, n } of rows) metric.set({ [label]: value ?? '' }, n);
      }
      up.set(1);
    } catch {
      // Old numbers would read as present ones.
      registry.getMetricsAsArray().forEach((metric) => {
        if (metric.name.startsWith('holdpoint_') && metric instanceof Gauge) metric.reset();
      });
      up.set(0);
    }
  };
}

/** What the Temporal SDK of a worker beside this server tells; empty where it does not answer. */
async function workerMetrics(address: string | null): Promise<string> {
  if (address === null) return '';
  try {
    const response = await fetch(`http://${address}/metrics`, {
      redirect: 'error',
      signal: AbortSignal.timeout(WORKER_TIMEOUT_MS),
    });
    return response.ok ? await response.text() : '';
  } catch {
    return '';
  }
}

/**
 * `GET /metrics` in the text format of Prometheus: ours, this process's, and the Temporal SDK's of the worker at
 * `metrics.workerAddress`. For a key that may `metrics`, a person, or this machine where it may read.
 */
export function metricsRoutes(app: Hono, deps: MetricsDeps): void {
  const { config, keys, people, streams } = deps;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const refresh = projectionGauges(registry, deps);
  const open: Gauge = new Gauge({
    name: 'holdpoint_live_streams',
    help: 'Pages that this process keeps live',
    registers: [registry],
    collect: () => open.set(streams()),
  });
  const requests = new Histogram({
    name: 'holdpoint_http_request_duration_seconds',
    help: 'How long requests took, streams left out',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });

  app.use('*', async (context, next) => {
    const startedAt = performance.now();
    await next();
    const route = routePath(context, -1);
    if (route === '/live') return;
    const labels = { method: context.req.method, route, status: String(context.res.status) };
    requests.observe(labels, (performance.now() - startedAt) / 1_000);
  });

  app.get('/metrics', async (context) => {
    const header = (name: string): string | undefined => context.req.header(name);
    const key = bearerOf(header('authorization')) === null ? null : keys.known(header);
    if (key) allowUse(key, 'metrics');
    else people.reader(context);
    await refresh();
    const [ours, temporal] = await Promise.all([
      registry.metrics(),
      workerMetrics(config.metrics.workerAddress),
    ]);
    return context.body(`${ours.trimEnd()}\n${temporal}`, 200, { 'content-type': registry.contentType });
  });
}
