import { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Problem } from '../problem.ts';

export interface BodyLimits {
  /** Of the body as it is sent, and unpacked. */
  maxBytes: number;
  maxUnpackedBytes: number;
  timeoutMs: number;
}

const tooLarge = (what: string, maxBytes: number): Problem =>
  new Problem({
    status: 413,
    code: 'too-large',
    detail: `The body is larger than ${maxBytes} bytes ${what}.`,
    remedy: 'Send smaller batches.',
    headers: { connection: 'close' },
  });

const tooSlow = (timeoutMs: number): Problem =>
  new Problem({
    status: 408,
    code: 'too-slow',
    detail: `The body did not arrive within ${timeoutMs} ms.`,
    remedy: 'Send it in one go.',
    headers: { connection: 'close' },
  });

/** What the sender says that the body has, or the most it may have. */
export const declaredBytes = (sent: Request, { maxBytes }: BodyLimits): number => {
  const said = Number(sent.headers.get('content-length') ?? maxBytes);
  return Number.isInteger(said) && said >= 0 ? Math.min(said, maxBytes) : maxBytes;
};

/**
 * The body, unpacked where it is gzipped; neither its size nor its time is without limit. `env` is what the server gives
 * beside the request: Node's own message is read where there is one, at half the cost of its web stream.
 */
export const readOtlpBody = async (sent: Request, limits: BodyLimits, env?: unknown): Promise<Uint8Array> => {
  const encoding = sent.headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'gzip' && encoding !== 'identity')
    throw new Problem({
      status: 415,
      code: 'encoded',
      detail: `The content encoding ${encoding.slice(0, 30)} is not taken.`,
      remedy: 'Send gzip, or no content encoding.',
    });
  if (Number(sent.headers.get('content-length') ?? 0) > limits.maxBytes)
    throw tooLarge('as it was sent', limits.maxBytes);
  const incoming = incomingOf(env);
  const bytes = await (incoming ? readIncoming(incoming, limits) : readWithin(sent, limits));
  return encoding === 'gzip' ? unpack(bytes, limits.maxUnpackedBytes) : bytes;
};

const incomingOf = (env: unknown): IncomingMessage | null =>
  typeof env === 'object' && env !== null && 'incoming' in env && env.incoming instanceof IncomingMessage
    ? env.incoming
    : null;

const readIncoming = (
  incoming: IncomingMessage,
  { maxBytes, timeoutMs }: BodyLimits,
): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let stop = (): void => undefined;
  const whole = new Promise<Uint8Array>((resolve, reject) => {
    const timer = setTimeout(() => reject(tooSlow(timeoutMs)), timeoutMs);
    const onData = (part: Uint8Array): void => {
      bytes += part.length;
      if (bytes > maxBytes) reject(tooLarge('as it was sent', maxBytes));
      else chunks.push(part);
    };
    const onEnd = (): void => resolve(Buffer.concat(chunks));
    const onClose = (): void => reject(new Error('the sender went away'));
    incoming.on('data', onData).on('end', onEnd).on('error', reject).on('close', onClose);
    stop = () => {
      clearTimeout(timer);
      incoming.off('data', onData).off('end', onEnd).off('close', onClose).pause();
    };
  });
  return whole.finally(() => stop());
};

const readWithin = async (sent: Request, { maxBytes, timeoutMs }: BodyLimits): Promise<Uint8Array> => {
  if (!sent.body) return new Uint8Array();
  const reader = sent.body.getReader();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(tooSlow(timeoutMs)), timeoutMs);
  });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const part = await Promise.race([reader.read(), late]);
      if (part.done) return Buffer.concat(chunks);
      bytes += part.value.length;
      if (bytes > maxBytes) throw tooLarge('as it was sent', maxBytes);
      chunks.push(part.value);
    }
  } finally {
    clearTimeout(timer);
    // Not awaited: a sender that stands still would hold the answer back.
    reader.cancel().catch(() => undefined);
  }
};

const unpack = async (bytes: Uint8Array, maxOutputLength: number): Promise<Uint8Array> => {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength });
  } catch (error) {
    if (isTooLarge(error)) throw tooLarge('unpacked', maxOutputLength);
    throw new Problem({
      status: 400,
      code: 'not-gzip',
      detail: 'The body says that it is gzip and is not.',
      remedy: 'Send it whole, or without `Content-Encoding: gzip`.',
    });
  }
};

const isTooLarge = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
