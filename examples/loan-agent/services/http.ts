import { serve, type ServerType } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import type { z } from 'zod';

/** A refusal with its HTTP status; every service answers it as `{error}`. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly status: 400 | 404 | 415 | 422;
  constructor(status: 400 | 404 | 415 | 422, message: string) {
    super(message);
    this.status = status;
  }
}

export const createService = (): Hono => {
  const app = new Hono();
  app.get('/health', (c) => c.json({ ok: true }));
  app.onError((error, c) =>
    error instanceof ServiceError
      ? c.json({ error: error.message }, error.status)
      : c.json({ error: 'internal error' }, 500),
  );
  app.notFound((c) => c.json({ error: `nothing at ${c.req.path}` }, 404));
  return app;
};

/** A JSON body of the given shape, or a refusal that names the field. Only `application/json`, so no web page can send it. */
export const bodyOf = async <T>(c: Context, schema: z.ZodType<T>): Promise<T> => {
  if (!(c.req.header('content-type') ?? '').startsWith('application/json')) {
    throw new ServiceError(415, 'send application/json');
  }
  const parsed = schema.safeParse(await c.req.json().catch(() => undefined));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ServiceError(400, `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'not understood'}`);
};

export interface Listening {
  url: string;
  close(): Promise<void>;
}

/** Listens on loopback; port 0 takes a free one. */
export const listen = (app: Hono, port: number): Promise<Listening> =>
  new Promise((resolve, reject) => {
    const server: ServerType = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, (info) =>
      resolve({
        url: `http://127.0.0.1:${info.port}`,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      }),
    );
    server.on('error', reject);
  });
