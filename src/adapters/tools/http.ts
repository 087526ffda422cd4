import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ArgumentRule, checkArguments } from './arguments.ts';
import { AddressRefused, type Resolve } from './address-guard.ts';
import { guardedRequest, RequestFailed } from './guarded-request.ts';
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
  /** What each argument may be: it comes from the trace. */
  arguments: z.record(z.string(), ArgumentRule).default({}),
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
type Found = Omit<ReversalResult, 'atMs'>;
type Caller = { resolve: Resolve | undefined };

const found = (status: ReversalResult['status'], evidence: string): Found => ({ status, evidence });
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);
const unknownTool = (tool: string): string =>
  `No way to call ${tool} is configured: add its address to holdpoint.yaml.`;

interface Call {
  method: string;
  url: string;
  key?: string;
  body?: unknown;
}

const callTool = (tool: HttpToolConfig, { method, url, key, body }: Call, { resolve }: Caller) =>
  guardedRequest({
    url,
    method,
    timeoutMs: tool.timeoutMs,
    resolve,
    headers: {
      accept: 'application/json',
      ...tool.headers,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const compare = async (tool: HttpToolConfig, order: ReversalOrder, caller: Caller): Promise<Found> => {
  if (tool.verify === undefined) {
    return found('uncertain', `Nothing is configured to read ${order.tool} back: a person has to look.`);
  }
  const wanted = fillJson(tool.verify.equals, order.args);
  const url = fillUrl(tool.verify.url, order.args);
  const answer = await callTool(tool, { method: 'GET', url }, caller);
  if (answer.status !== 200) return found('uncertain', `Reading back answered ${answer.status}.`);
  const value = valueAt(JSON.parse(answer.body), tool.verify.path);
  const reads = `read back, ${tool.verify.path} is ${JSON.stringify(value)}`;
  return isDeepStrictEqual(value, wanted)
    ? found('done', `Verified: ${reads}.`)
    : found('not_done', `Not in effect: ${reads}, wanted ${JSON.stringify(wanted)}.`);
};

const readBack = async (tool: HttpToolConfig, order: ReversalOrder, caller: Caller): Promise<Found> => {
  try {
    return await compare(tool, order, caller);
  } catch (error) {
    const isText = error instanceof SyntaxError;
    const why = isText ? 'it answered with something that is not JSON' : messageOf(error);
    return found('uncertain', `It could not be read back: ${why}.`);
  }
};

/** Answers after which nobody can say whether it took effect. */
const isUnclear = (status: number): boolean =>
  status >= 500 || status === 408 || (status >= 300 && status < 400);

/** Nobody heard what became of it. What reads back as wanted is done all the same; anything else may still come. */
const settleUnclear = async (
  tool: HttpToolConfig,
  order: ReversalOrder,
  caller: Caller,
  why: string,
): Promise<Found> => {
  const back = await readBack(tool, order, caller);
  return back.status === 'done'
    ? found('done', `${why}, and it took effect. ${back.evidence}`)
    : found('uncertain', `${why}: it may or may not take effect. ${back.evidence}`);
};

const send = async (tool: HttpToolConfig, order: ReversalOrder, caller: Caller): Promise<Found> => {
  checkArguments(tool.arguments, order.args);
  const body = tool.body === undefined ? undefined : fillJson(tool.body, order.args);
  if (tool.verify !== undefined) fillUrl(tool.verify.url, order.args); // nothing is called that cannot be read back
  const url = fillUrl(tool.url, order.args);
  const answer = await callTool(tool, { method: tool.method, url, key: order.key, body }, caller).catch(
    (error: unknown) => {
      if (error instanceof RequestFailed && error.reached) return error;
      throw error;
    },
  );
  if (answer instanceof RequestFailed)
    return settleUnclear(tool, order, caller, `Called, but ${answer.message}`);
  const said = `${order.tool} answered ${answer.status}`;
  if (isUnclear(answer.status)) return settleUnclear(tool, order, caller, said);
  if (answer.status >= 400) return found('not_done', `${said}: ${answer.body.slice(0, MOST_SAID)}`);
  const back = await readBack(tool, order, caller);
  // It was accepted, so a reading that differs is a contradiction, not a refusal.
  return back.status === 'done' ? back : found('uncertain', `${said}, but ${lowerFirst(back.evidence)}`);
};

const failure = (error: unknown): Found => {
  if (error instanceof TemplateError || error instanceof AddressRefused) {
    return found('not_done', `Not called: ${error.message}.`);
  }
  if (!(error instanceof RequestFailed)) throw error;
  return found('not_done', `Not reached: ${error.message}.`);
};

/** Calls tools over HTTP to reverse an action, and reads back what became of it. */
export const createHttpTools = ({ tools, nowMs = Date.now, resolve }: HttpToolsOptions): ReversalTool => {
  const caller = { resolve };
  const stamped = (result: Found): ReversalResult => ({ ...result, atMs: nowMs() });
  return {
    execute: async (order) => {
      const tool = tools[order.tool];
      if (tool === undefined) return stamped(found('not_done', unknownTool(order.tool)));
      return stamped(await send(tool, order, caller).catch(failure));
    },
    verify: async (order) => {
      const tool = tools[order.tool];
      if (tool === undefined) return stamped(found('uncertain', unknownTool(order.tool)));
      return stamped(await readBack(tool, order, caller));
    },
  };
};
