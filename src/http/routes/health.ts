import type { Hono } from 'hono';

/** One connection: `detail` is for people who run it and names no secret. */
export interface ReadyCheck {
  name: string;
  ok: boolean;
  detail: string;
}

const DEADLINE_MS = 3_000;

/** `GET /healthz`: the process answers. `GET /readyz`: what it needs answers too. */
export function healthRoutes(app: Hono, ready: () => Promise<ReadyCheck[]>): void {
  app.get('/healthz', (context) => context.json({ ok: true }));

  app.get('/readyz', async (context) => {
    const checks = await Promise.race([ready().catch(failed), late()]);
    const ok = checks.every((check) => check.ok);
    return context.json(
      { ok, checks: checks.map(({ name, ok: answers }) => ({ name, ok: answers })) },
      ok ? 200 : 503,
    );
  });
}

const failed = (): ReadyCheck[] => [{ name: 'connections', ok: false, detail: 'The check itself failed.' }];

const late = (): Promise<ReadyCheck[]> =>
  new Promise((resolve) => {
    const checks = [{ name: 'connections', ok: false, detail: `No answer within ${DEADLINE_MS} ms.` }];
    setTimeout(() => resolve(checks), DEADLINE_MS).unref();
  });
