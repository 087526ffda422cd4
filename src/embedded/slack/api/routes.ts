import { timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { SlackError } from '../core.ts';
import type { Core } from '../core.ts';
import type { ApiFault } from '../faults.ts';
import type { Args } from './args.ts';
import { receiveUpload } from './files.ts';
import { RateLimits } from './limits.ts';
import { METHODS } from './methods.ts';

export interface ApiOptions {
  botToken: string;
  /** Null: the app has none, so no connection is handed out. */
  appToken: string | null;
  /** Scopes the token has; a method that needs another one answers `missing_scope`. */
  scopes: readonly string[];
  /** `off` in tests that call more often than Slack allows. */
  rateLimits: 'slack' | 'off';
}

type Env = { Bindings: HttpBindings };

/** The Web API under `/api/<method>` and the address that takes file uploads. */
export function apiRoutes(core: Core, options: ApiOptions): Hono<Env> {
  const app = new Hono<Env>();
  const limits = new RateLimits();
  app.all('/api/:method', async (c) => {
    const name = c.req.param('method');
    const args = await readArgs(c);
    const fault = core.faults.takeForMethod(name);
    if (fault !== null && fault.kind !== 'drop_answer') return await spoiled(c, fault);
    const answer = call(core, options, limits, name, args);
    const { token: _token, ...recorded } = args;
    core.journal.called({
      method: name,
      args: recorded,
      ok: answer.ok,
      error: answer.error,
      atMs: core.now(),
    });
    if (fault !== null) c.env.outgoing.destroy();
    return reply(c, options, answer);
  });
  app.post('/upload/v1/:token', async (c) => {
    const taken = receiveUpload(core, c.req.param('token'), await readBytes(c));
    return taken ? c.text('OK') : c.text('upload refused', 400);
  });
  return app;
}

interface Answer {
  ok: boolean;
  error: string | null;
  retryAfterS: number | null;
  body: Record<string, unknown>;
}

function call(core: Core, options: ApiOptions, limits: RateLimits, name: string, args: Args): Answer {
  try {
    const method = METHODS[name];
    if (method === undefined) {
      core.journal.violated(`unknown method ${name}`);
      throw new SlackError('unknown_method', [], { req_method: name });
    }
    checkToken(args['token'], method.appLevel ? (options.appToken ?? '') : options.botToken);
    const { scopes } = method;
    if (scopes.length > 0 && !scopes.some((scope) => options.scopes.includes(scope))) {
      throw new SlackError('missing_scope', [], {
        needed: scopes.join(','),
        provided: options.scopes.join(','),
      });
    }
    if (options.rateLimits === 'slack') limits.check(name, method, args, core.now());
    return { ok: true, error: null, retryAfterS: null, body: { ok: true, ...method.run(core, args) } };
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    const { retryAfterS, ...details } = error.details;
    const messages = error.messages.length > 0 ? { response_metadata: { messages: error.messages } } : {};
    return {
      ok: false,
      error: error.message,
      retryAfterS: typeof retryAfterS === 'number' ? retryAfterS : null,
      body: { ok: false, error: error.message, ...details, ...messages },
    };
  }
}

function reply(c: Context<Env>, options: ApiOptions, answer: Answer): Response {
  c.header('x-oauth-scopes', options.scopes.join(','));
  if (answer.retryAfterS === null) return c.json(answer.body);
  return c.json(answer.body, 429, { 'retry-after': String(answer.retryAfterS) });
}

async function spoiled(c: Context<Env>, fault: ApiFault): Promise<Response> {
  if (fault.kind === 'ratelimit') {
    return c.json({ ok: false, error: 'ratelimited' }, 429, {
      'retry-after': String(fault.retryAfterS ?? 1),
    });
  }
  if (fault.kind === 'http500') return c.text('Internal Server Error', 500);
  await new Promise<void>((resolve) => {
    c.env.outgoing.once('close', resolve);
  });
  return c.body(null, 504);
}

function checkToken(given: unknown, expected: string): void {
  if (typeof given !== 'string' || given === '') throw new SlackError('not_authed');
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  if (a.length !== b.length || !timingSafeEqual(a, b)) throw new SlackError('invalid_auth');
}

async function readArgs(c: Context<Env>): Promise<Args> {
  const args: Args = { ...c.req.query() };
  const type = c.req.header('content-type') ?? '';
  if (type.startsWith('application/json')) {
    const body: unknown = await c.req.json().catch(() => null);
    if (typeof body === 'object' && body !== null) Object.assign(args, body);
  } else if (c.req.method === 'POST') {
    Object.assign(args, await c.req.parseBody());
  }
  const bearer = /^Bearer (\S+)$/.exec(c.req.header('authorization') ?? '')?.[1];
  return bearer === undefined ? args : { ...args, token: bearer };
}

/** Slack's client sends a form with one part; other clients send the bytes as they are. */
async function readBytes(c: Context<Env>): Promise<Buffer> {
  const type = c.req.header('content-type') ?? '';
  if (!type.startsWith('multipart/form-data')) return Buffer.from(await c.req.arrayBuffer());
  const part = Object.values(await c.req.parseBody()).find((value) => value instanceof File);
  return part instanceof File ? Buffer.from(await part.arrayBuffer()) : Buffer.alloc(0);
}
