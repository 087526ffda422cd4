import type { Context } from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { charsOf } from './span-size.ts';

export interface SpanQueueOptions {
  /** Base address; spans go to `${endpoint}/v1/traces` as OTLP protobuf. */
  endpoint: string;
  apiKey?: string | undefined;
  flushEveryMs?: number | undefined;
  timeoutMs?: number | undefined;
  /** Spans kept while the endpoint is away; beyond it the oldest are dropped and counted. */
  maxQueuedSpans?: number | undefined;
  onWarning?: ((message: string) => void) | undefined;
}

/**
 * A span processor of the OpenTelemetry SDK. Its own batching processor gives a batch up when the endpoint is away for
 * seconds; this one keeps spans, bounded, until the endpoint is back.
 */
export interface SpanQueue extends SpanProcessor {
  /** Sends what is queued; gives up, keeping the rest, when the endpoint fails or `withinMs` is over. */
  flush(withinMs?: number): Promise<void>;
  stats(): { queued: number; sent: number; dropped: number };
}

const MAX_BATCH_SPANS = 128;
/** So much longer is it left alone after it has not answered. */
const AWAY_FACTOR = 5;
const MAX_BATCH_CHARS = 2_000_000;

/** Takes from the front until a batch is full; always at least one span. */
const takeBatch = (queue: readonly ReadableSpan[]): ReadableSpan[] => {
  const batch: ReadableSpan[] = [];
  let chars = 0;
  for (const span of queue) {
    chars += charsOf(span);
    if (batch.length > 0 && (batch.length >= MAX_BATCH_SPANS || chars > MAX_BATCH_CHARS)) break;
    batch.push(span);
  }
  return batch;
};

type Answer = 'accepted' | 'retry' | 'refused';

const answerOf = (status: number): Answer => {
  if (status >= 200 && status < 300) return 'accepted';
  return status === 0 || status === 408 || status === 429 || status >= 500 ? 'retry' : 'refused';
};

/** The HTTP status, or 0 where there was no answer. */
const statusOf = async (
  url: string,
  { apiKey }: SpanQueueOptions,
  batch: readonly ReadableSpan[],
  withinMs: number,
): Promise<number> => {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-protobuf',
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: ProtobufTraceSerializer.serializeRequest([...batch]) ?? new Uint8Array(),
      signal: AbortSignal.timeout(withinMs),
      redirect: 'error',
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
};

/** Null when it takes longer. */
const within = async <T>(work: Promise<T>, ms: number): Promise<T | null> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms).unref();
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
};

/** Keeps ended spans and sends them in batches. It never throws and never keeps the process alive. */
export const createSpanQueue = (options: SpanQueueOptions): SpanQueue => {
  const {
    flushEveryMs = 200,
    timeoutMs = 5000,
    maxQueuedSpans = 10_000,
    onWarning = () => undefined,
  } = options;
  const url = `${options.endpoint.replace(/\/+$/, '')}/v1/traces`;
  const queue: ReadableSpan[] = [];
  let sent = 0;
  let dropped = 0;
  let isAway = false;
  let timer: NodeJS.Timeout | null = null;
  let sending: Promise<boolean> | null = null;

  const post = async (batch: readonly ReadableSpan[], withinMs: number): Promise<Answer> => {
    const status = await statusOf(url, options, batch, Math.max(1, Math.min(timeoutMs, withinMs)));
    const answer = answerOf(status);
    if (answer === 'refused') onWarning(`${url} answered ${status}: ${batch.length} spans dropped`);
    return answer;
  };

  const sendOne = async (withinMs: number): Promise<boolean> => {
    const batch = takeBatch(queue);
    const answer = await post(batch, withinMs);
    if (answer === 'retry') return false;
    // The queue may have lost its oldest spans meanwhile: remove by identity, not by count.
    const gone = new Set(batch);
    queue.splice(0, queue.length, ...queue.filter((span) => !gone.has(span)));
    if (answer === 'accepted') sent += batch.length;
    else dropped += batch.length;
    return true;
  };

  const sendNext = (withinMs: number): Promise<boolean> => {
    sending ??= sendOne(withinMs).finally(() => {
      sending = null;
    });
    return sending;
  };

  const flush = async (withinMs = timeoutMs): Promise<void> => {
    const deadline = Date.now() + withinMs;
    while (queue.length > 0 && Date.now() < deadline) {
      const leftMs = deadline - Date.now();
      // What is under way already may have been given longer.
      const isSent = await within(sendNext(leftMs), leftMs);
      if (isSent !== null) isAway = !isSent;
      if (!isSent) break;
    }
    if (queue.length > 0) schedule();
  };

  const schedule = (): void => {
    if (timer !== null) return;
    timer = setTimeout(
      () => {
        timer = null;
        void flush();
      },
      flushEveryMs * (isAway ? AWAY_FACTOR : 1),
    );
    timer.unref();
  };

  const keep = (span: ReadableSpan): void => {
    queue.push(span);
    if (queue.length > maxQueuedSpans) {
      queue.shift();
      dropped += 1;
      if (dropped === 1)
        onWarning(`${url} is away and ${maxQueuedSpans} spans wait: the oldest are dropped now`);
    }
    schedule();
  };

  return {
    onStart: (_span: unknown, _context: Context) => undefined,
    onEnd: keep,
    flush,
    forceFlush: () => flush(),
    shutdown: () => flush(),
    stats: () => ({ queued: queue.length, sent, dropped }),
  };
};
