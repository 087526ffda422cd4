import { Hono } from 'hono';
import { z } from 'zod';
import type { RawSpan } from '../forensics/read/raw-span.ts';
import { listen } from '../http/listen.ts';
import { readOtlpBody } from '../http/otlp/body.ts';
import { Problem } from '../http/problem.ts';
import { decodeOtlp, NotOtlp } from '../otlp/decode.ts';
import type { World } from './world.ts';

/** Where an agent under test plays: it takes its spans, lets it go on, and plays its tools' answers back. */
export interface Stage {
  url: string;
  spans(): RawSpan[];
  /** Tool calls for which nothing was recorded. */
  unknownCalls(): string[];
  close(): Promise<void>;
}

const LIMITS = { maxBytes: 33_554_432, maxUnpackedBytes: 134_217_728, timeoutMs: 30_000 };
const Call = z.object({ tool: z.string(), args: z.unknown() });
const GO = { verdict: 'go', leaseMs: 60_000, seq: 0, scope: 'session', reason: '' };

/** Starts it on a loopback port of its own; nobody else knows the port, so it asks for no key. */
export const openStage = async (world: World): Promise<Stage> => {
  const spans: RawSpan[] = [];
  const unknown: string[] = [];
  const app = new Hono();
  app.post('/v1/traces', async (context) => {
    const isJson = (context.req.header('content-type') ?? '').startsWith('application/json');
    try {
      const bytes = await readOtlpBody(context.req.raw, LIMITS);
      spans.push(...decodeOtlp(bytes, isJson ? 'json' : 'protobuf').spans);
    } catch (error) {
      if (error instanceof NotOtlp) return context.text('not an ExportTraceServiceRequest', 400);
      if (error instanceof Problem) return context.text(error.details.detail, 413);
      throw error;
    }
    return isJson ? context.json({}) : context.body('', 200, { 'content-type': 'application/x-protobuf' });
  });
  app.get('/api/v1/agents/:agent/switch', (context) => context.json(GO));
  app.post('/api/v1/agents/:agent/switch/ack', (context) => context.json({ ok: true }));
  app.post('/eval/tools', async (context) => {
    const call = Call.safeParse(await context.req.json().catch(() => null));
    if (!call.success) return context.json({ error: 'send {"tool": "name", "args": …}' }, 400);
    const played = world.play(call.data.tool, call.data.args);
    if (!played.found && !unknown.includes(call.data.tool)) unknown.push(call.data.tool);
    return context.json(played);
  });
  const { url, close } = await listen(app, { host: '127.0.0.1', port: 0 });
  return { url, spans: () => spans, unknownCalls: () => unknown, close };
};
