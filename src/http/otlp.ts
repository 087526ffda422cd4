import { Hono, type Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { KeyConfig } from '../config/types.ts';
import type { RawSpan, ReadSpans } from '../forensics/read/raw-span.ts';
import { decodeOtlp, NotOtlp, type OtlpEncoding } from '../otlp/decode.ts';
import { toProtobuf } from '../otlp/proto.ts';
import type { SentSpans, SpanStore } from '../store/port.ts';
import { allowUse, createKeyRing } from './auth/keys.ts';
import { sortSpans, type Sorted } from './otlp/accept.ts';
import { createAdmission, type AdmissionLimits } from './otlp/admission.ts';
import { declaredBytes, readOtlpBody, type BodyLimits } from './otlp/body.ts';
import { Problem, stderrLog, type Log } from './problem.ts';

/** Hears of spans once they are stored: the live detector. */
export interface SpanWatcher {
  /** Null, or resolves once the stop that they call for is set or has taken too long. Must neither throw nor reject. */
  take(agent: string, spans: readonly RawSpan[]): Promise<void> | null;
}

export interface OtlpDeps {
  spans: Pick<SpanStore, 'insert'>;
  /** Bearer keys that may send traces, each for its agents. */
  keys: readonly KeyConfig[];
  /** Every configured agent: a key cannot write as one that is not its own. */
  agents: readonly string[];
  live?: SpanWatcher | undefined;
  limits?: Partial<BodyLimits> | undefined;
  admission?: Partial<AdmissionLimits> | undefined;
  nowMs?: (() => number) | undefined;
  log?: Log | undefined;
}

const CONTENT_TYPE: Record<OtlpEncoding, string> = {
  json: 'application/json',
  protobuf: 'application/x-protobuf',
};
const DEFAULT_LIMITS: BodyLimits = { maxBytes: 8_388_608, maxUnpackedBytes: 33_554_432, timeoutMs: 15_000 };
const DEFAULT_ADMISSION: AdmissionLimits = { maxRequests: 256, maxBytes: 67_108_864 };

/** `POST /v1/traces`, after the OTLP/HTTP specification 1.x: JSON or protobuf, gzip, partial success, 503 when busy. */
export const otlpRoutes = (deps: OtlpDeps): Hono => {
  const keys = createKeyRing(deps.keys, deps.nowMs ?? Date.now);
  const known = new Set(deps.agents);
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  const admission = createAdmission({ ...DEFAULT_ADMISSION, ...deps.admission });
  const app = new Hono();

  app.post('/v1/traces', async (context) => {
    const encoding = encodingOf(context);
    try {
      const { key } = keys.bearer((name) => context.req.header(name));
      allowUse(key, 'traces');
      if (encoding === null) throw wrongType(context);
      const admitted = admission.admit(declaredBytes(context.req.raw, limits));
      try {
        const body = await readOtlpBody(context.req.raw, limits, context.env);
        admitted.resize(body.length);
        const read = decode(body, encoding);
        const sorted = sortSpans(read.spans, { agents: key.agents, known });
        await store(deps, sorted, { encoding, body });
        return answer(context, 200, encoding, 'ExportTraceServiceResponse', partialSuccess(sorted, read));
      } finally {
        admitted.release();
      }
    } catch (error) {
      return refusal(context, encoding ?? 'json', error, deps.log ?? stderrLog);
    }
  });
  return app;
};

const encodingOf = (context: Context): OtlpEncoding | null => {
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

const notOtlp = (encoding: OtlpEncoding): Problem =>
  new Problem({
    status: 400,
    code: 'not-otlp',
    detail: `The body is no ${encoding === 'json' ? 'OTLP/JSON' : 'OTLP protobuf'} ExportTraceServiceRequest.`,
    remedy: 'Send one request as an OTLP/HTTP exporter writes it, with resourceSpans.',
  });

const decode = (bytes: Uint8Array, encoding: OtlpEncoding): ReadSpans => {
  try {
    return decodeOtlp(bytes, encoding);
  } catch (error) {
    if (error instanceof NotOtlp) throw notOtlp(encoding);
    throw error;
  }
};

const store = async (deps: OtlpDeps, { accepted, rejected }: Sorted, sent: SentSpans): Promise<void> => {
  const whole = rejected === 0 && accepted.size === 1 ? sent : undefined;
  const stops: Promise<void>[] = [];
  for (const [agent, list] of accepted) {
    try {
      await deps.spans.insert(agent, list, whole);
    } catch (cause) {
      throw new Error('the spans could not be stored', { cause });
    }
    const stop = deps.live?.take(agent, list);
    if (stop) stops.push(stop);
  }
  // An agent that asks its switch after this answer is told of the stop that its spans call for.
  await Promise.all(stops);
};

/** Empty when everything was taken; else how much was not, and why. What only warns rejects nothing. */
const partialSuccess = ({ rejected, reasons }: Sorted, { warnings }: ReadSpans): object => {
  const message = [...reasons, ...new Set(warnings)].slice(0, 5).join('; ').slice(0, 1_000);
  return message === '' ? {} : { partialSuccess: { rejectedSpans: rejected, errorMessage: message } };
};

const answer = (
  context: Context,
  status: ContentfulStatusCode,
  encoding: OtlpEncoding,
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

const refusal = (context: Context, encoding: OtlpEncoding, error: unknown, log: Log): Response => {
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
