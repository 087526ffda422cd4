import { Hono, type Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { KeyConfig } from '../config/types.ts';
import { spansFromOtlpJson } from '../forensics/read/otlp-json.ts';
import type { RawSpan, ReadSpans } from '../forensics/read/raw-span.ts';
import type { SpanStore } from '../store/port.ts';
import { allowUse, createKeyRing } from './auth/keys.ts';
import { sortSpans, type Sorted } from './otlp/accept.ts';
import { readOtlpBody, type BodyLimits } from './otlp/body.ts';
import { requestFromProtobuf, toProtobuf } from './otlp/proto.ts';
import { Problem, stderrLog, type Log } from './problem.ts';

export interface OtlpDeps {
  spans: Pick<SpanStore, 'insert'>;
  /** Bearer keys that may send traces, each for its agents. */
  keys: readonly KeyConfig[];
  /** Every configured agent: a key cannot write as one that is not its own. */
  agents: readonly string[];
  /** Hears of spans once they are stored: the live detector. */
  onSpans?: ((agent: string, spans: readonly RawSpan[]) => void) | undefined;
  limits?: Partial<BodyLimits> | undefined;
  nowMs?: (() => number) | undefined;
  log?: Log | undefined;
}

type Encoding = 'json' | 'protobuf';
const CONTENT_TYPE: Record<Encoding, string> = {
  json: 'application/json',
  protobuf: 'application/x-protobuf',
};
const DEFAULT_LIMITS: BodyLimits = { maxBytes: 8_388_608, maxUnpackedBytes: 33_554_432, timeoutMs: 15_000 };

/** `POST /v1/traces`, after the OTLP/HTTP specification 1.x: JSON or protobuf, gzip, partial success. */
export const otlpRoutes = (deps: OtlpDeps): Hono => {
  const keys = createKeyRing(deps.keys, deps.nowMs ?? Date.now);
  const known = new Set(deps.agents);
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  const app = new Hono();

  app.post('/v1/traces', async (context) => {
    const encoding = encodingOf(context);
    try {
      const { key } = keys.bearer((name) => context.req.header(name));
      allowUse(key, 'traces');
      if (encoding === null) throw wrongType(context);
      const read = decode(await readOtlpBody(context.req.raw, limits), encoding);
      const sorted = sortSpans(read.spans, { agents: key.agents, known });
      await store(deps, sorted);
      return answer(context, 200, encoding, 'ExportTraceServiceResponse', partialSuccess(sorted, read));
    } catch (error) {
      return refusal(context, encoding ?? 'json', error, deps.log ?? stderrLog);
    }
  });
  return app;
};

const encodingOf = (context: Context): Encoding | null => {
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  return type === CONTENT_TYPE.json ? 'json' : type === CONTENT_TYPE.protobuf ? 'protobuf' : null;
};

const wrongType = (context: Context): Problem =>
  new Problem({
    status: 415,
    code: 'wrong-type',
    detail: `The content type ${(context.req.header('content-type') ?? '(none)').slice(0, 60)} is not taken.`,
    remedy: 'Send application/json or application/x-protobuf.',
  });

const notOtlp = (encoding: Encoding): Problem =>
  new Problem({
    status: 400,
    code: 'not-otlp',
    detail: `The body is no ${encoding === 'json' ? 'OTLP/JSON' : 'OTLP protobuf'} ExportTraceServiceRequest.`,
    remedy: 'Send one request as an OTLP/HTTP exporter writes it, with resourceSpans.',
  });

const decode = (bytes: Uint8Array, encoding: Encoding): ReadSpans => {
  const value = parse(bytes, encoding);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notOtlp(encoding);
  // An exporter may send a request without spans, to see whether somebody is there.
  if (Object.keys(value).length === 0) return { spans: [], warnings: [] };
  if (!('resourceSpans' in value) || !Array.isArray(value.resourceSpans)) throw notOtlp(encoding);
  return spansFromOtlpJson(value);
};

const parse = (bytes: Uint8Array, encoding: Encoding): unknown => {
  try {
    if (encoding === 'protobuf') return requestFromProtobuf(bytes);
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw notOtlp(encoding);
  }
};

const store = async ({ spans, onSpans }: OtlpDeps, { accepted }: Sorted): Promise<void> => {
  for (const [agent, list] of accepted) {
    try {
      await spans.insert(agent, list);
    } catch (cause) {
      throw new Error('the spans could not be stored', { cause });
    }
    onSpans?.(agent, list);
  }
};

/** Empty when everything was taken; else how much was not, and why. What only warns rejects nothing. */
const partialSuccess = ({ rejected, reasons }: Sorted, { warnings }: ReadSpans): object => {
  const message = [...reasons, ...new Set(warnings)].slice(0, 5).join('; ').slice(0, 1_000);
  return message === '' ? {} : { partialSuccess: { rejectedSpans: rejected, errorMessage: message } };
};

const answer = (
  context: Context,
  status: ContentfulStatusCode,
  encoding: Encoding,
  type: 'ExportTraceServiceResponse' | 'RpcStatus',
  message: object,
  headers: Record<string, string> = {},
): Response => {
  const body = encoding === 'json' ? JSON.stringify(message) : Buffer.from(toProtobuf(type, message));
  return context.body(body, status, { 'content-type': CONTENT_TYPE[encoding], ...headers });
};

/** google.rpc codes: what an exporter's log shows beside the message. */
const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  408: 4,
  413: 8,
  415: 3,
  503: 14,
};

const refusal = (context: Context, encoding: Encoding, error: unknown, log: Log): Response => {
  if (error instanceof Problem) {
    const { status, detail, remedy, headers } = error.details;
    const message = { code: RPC_CODES[status] ?? 2, message: `${detail} ${remedy}` };
    return answer(context, status, encoding, 'RpcStatus', message, headers);
  }
  log({ level: 'error', message: 'POST /v1/traces failed', detail: describe(error) });
  const message = { code: RPC_CODES[503], message: 'The spans could not be stored now. Send them again.' };
  return answer(context, 503, encoding, 'RpcStatus', message, { 'retry-after': '1' });
};

const describe = (error: unknown): string => {
  const { stack, cause } = error instanceof Error ? error : new Error(String(error));
  return `${stack ?? ''}${cause instanceof Error ? `\n${cause.message}` : ''}`;
};
