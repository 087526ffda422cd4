import { toExportRequest, type Attributes, type FinishedSpan } from './otlp.ts';

export interface ExporterOptions {
  /** Base address; spans go to `${endpoint}/v1/traces`. */
  endpoint: string;
  apiKey?: string | undefined;
  resource: Attributes;
  flushEveryMs?: number | undefined;
  timeoutMs?: number | undefined;
  /** Spans kept while the endpoint is away; beyond it the oldest are dropped and counted. */
  maxQueuedSpans?: number | undefined;
  onWarning?: ((message: string) => void) | undefined;
}

export interface Exporter {
  add(span: FinishedSpan): void;
  /** Sends what is queued; gives up, keeping the rest, when the endpoint fails or `withinMs` is over. */
  flush(withinMs?: number): Promise<void>;
  stats(): { queued: number; sent: number; dropped: number };
}

const MAX_BATCH_SPANS = 128;
const MAX_BATCH_CHARS = 2_000_000;

const charsOf = (span: FinishedSpan): number =>
  Object.values(span.attributes).reduce<number>(
    (sum, v) => sum + (typeof v === 'string' ? v.length : 16),
    200,
  );

/** Takes from the front until a batch is full; always at least one span. */
const takeBatch = (queue: readonly FinishedSpan[]): FinishedSpan[] => {
  const batch: FinishedSpan[] = [];
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
  { apiKey, resource }: ExporterOptions,
  batch: readonly FinishedSpan[],
  withinMs: number,
): Promise<number> => {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify(toExportRequest(batch, resource)),
      signal: AbortSignal.timeout(withinMs),
      redirect: 'error',
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
};

/** A small batching OTLP/JSON exporter. It never throws and never keeps the process alive. */
export const createExporter = (options: ExporterOptions): Exporter => {
  const {
    flushEveryMs = 1000,
    timeoutMs = 5000,
    maxQueuedSpans = 10_000,
    onWarning = () => undefined,
  } = options;
  const url = `${options.endpoint.replace(/\/+$/, '')}/v1/traces`;
  const queue: FinishedSpan[] = [];
  let sent = 0;
  let dropped = 0;
  let timer: NodeJS.Timeout | null = null;
  let sending: Promise<boolean> | null = null;

  const post = async (batch: readonly FinishedSpan[], withinMs: number): Promise<Answer> => {
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
      if (!(await sendNext(deadline - Date.now()))) break;
    }
    if (queue.length > 0) schedule();
  };

  const schedule = (): void => {
    if (timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      void flush();
    }, flushEveryMs);
    timer.unref();
  };

  return {
    add: (span) => {
      queue.push(span);
      if (queue.length > maxQueuedSpans) {
        queue.shift();
        dropped += 1;
        if (dropped === 1)
          onWarning(`${url} is away and ${maxQueuedSpans} spans wait: the oldest are dropped now`);
      }
      schedule();
    },
    flush,
    stats: () => ({ queued: queue.length, sent, dropped }),
  };
};
