import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { AddressRefused, type Resolve } from './address-guard.ts';
import { guardedRequest, RequestFailed, type GuardedResponse } from './guarded-request.ts';
import type { ReversalOrder, ReversalResult, ReversalTool } from './port.ts';
import { fillJson, fillUrl, TemplateError, valueAt } from './template.ts';

/** How a tool is called to undo something; `{name}` stands for an argument of the reversal. */
export const HttpToolConfig = z.strictObject({
  url: z.string().min(1),
  method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
  headers: z.record(z.string(), z.string()).default({}),
  /** JSON. */
  body: z.unknown().optional(),
  /** How to read back: the value at `path` of what `url` answers must equal `equals`. */
  verify: z.strictObject({ url: z.string().min(1), path: z.string().min(1), equals: z.unknown() }).optional(),
  timeoutMs: z.number().positive().default(10_000),
});
export type HttpToolConfig = z.infer<typeof HttpToolConfig>;

export interface HttpToolsOptions {
  /** By the name of the tool. */
  tools: Readonly<Record<string, HttpToolConfig>>;
  nowMs?: () => number;
  resolve?: Resolve;
}

const MOST_SAID = 200;

/** Calls tools over HTTP to reverse an action, and reads back what became of it. */
export const createHttpTools = ({ tools, nowMs = Date.now, resolve }: HttpToolsOptions): ReversalTool => {
  const result = (status: ReversalResult['status'], evidence: string): ReversalResult => ({ status, evidence, atMs: nowMs() });
  const unknown = (tool: string): ReversalResult =>
    result('not_done', `No way to call ${tool} is configured: add its address to holdpoint.yaml.`);

  const call = (tool: HttpToolConfig, method: string, url: string, extra: { key?: string; body?: unknown }): Promise<GuardedResponse> =>
    guardedRequest({
      url,
      method,
      timeoutMs: tool.timeoutMs,
      resolve,
      headers: {
        accept: 'application/json',
        ...tool.headers,
        ...(extra.key === undefined ? {} : { 'idempotency-key': extra.key }),
        ...(extra.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(extra.body === undefined ? {} : { body: JSON.stringify(extra.body) }),
    });

  const readBack = async (tool: HttpToolConfig, order: ReversalOrder): Promise<ReversalResult> => {
    if (tool.verify === undefined) return result('uncertain', `Nothing is configured to read ${order.tool} back: a person has to look.`);
    const wanted = fillJson(tool.verify.equals, order.args);
    const answer = await call(tool, 'GET', fillUrl(tool.verify.url, order.args), {});
    if (answer.status !== 200) return result('uncertain', `Reading back answered ${answer.status}.`);
    const found = valueAt(JSON.parse(answer.body), tool.verify.path);
    const reads = `read back, ${tool.verify.path} is ${JSON.stringify(found)}`;
    return isDeepStrictEqual(found, wanted)
      ? result('done', `Verified: ${reads}.`)
      : result('not_done', `Not in effect: ${reads}, wanted ${JSON.stringify(wanted)}.`);
  };

  const send = async (tool: HttpToolConfig, order: ReversalOrder): Promise<ReversalResult> => {
    const body = tool.body === undefined ? undefined : fillJson(tool.body, order.args);
    if (tool.verify !== undefined) fillUrl(tool.verify.url, order.args); // nothing is called that cannot be read back
    const answer = await call(tool, tool.method, fillUrl(tool.url, order.args), { key: order.key, body });
    const said = `${order.tool} answered ${answer.status}`;
    const unclear = answer.status >= 500 || answer.status === 408 || (answer.status >= 300 && answer.status < 400);
    if (unclear) return result('uncertain', `${said}: it may or may not have taken effect.`);
    if (answer.status >= 400) return result('not_done', `${said}: ${answer.body.slice(0, MOST_SAID)}`);
    const back = await verifyWith(tool, order);
    // It was accepted, so a reading that differs is a contradiction, not a refusal.
    return back.status === 'done' ? back : result('uncertain', `${said}, but ${lowerFirst(back.evidence)}`);
  };

  const failure = (error: unknown): ReversalResult => {
    if (error instanceof TemplateError) return result('not_done', `Not called: ${error.message}.`);
    if (error instanceof AddressRefused) return result('not_done', `Not called: ${error.message}.`);
    if (error instanceof RequestFailed && !error.reached) return result('not_done', `Not reached: ${error.message}.`);
    if (error instanceof RequestFailed) return result('uncertain', `Called, but ${error.message}: it may or may not have taken effect.`);
    throw error;
  };

  const verifyWith = async (tool: HttpToolConfig, order: ReversalOrder): Promise<ReversalResult> => {
    try {
      return await readBack(tool, order);
    } catch (error) {
      const why = error instanceof SyntaxError ? 'it answered with something that is not JSON' : messageOf(error);
      return result('uncertain', `It could not be read back: ${why}.`);
    }
  };

  return {
    execute: async (order) => {
      const tool = tools[order.tool];
      if (tool === undefined) return unknown(order.tool);
      return send(tool, order).catch(failure);
    },
    verify: async (order) => {
      const tool = tools[order.tool];
      return tool === undefined ? result('uncertain', unknown(order.tool).evidence) : verifyWith(tool, order);
    },
  };
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);
