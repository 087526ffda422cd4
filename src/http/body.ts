import { Problem } from './problem.ts';

const tooLarge = (maxBytes: number): Problem =>
  new Problem({
    status: 413,
    code: 'too-large',
    field: 'body',
    detail: `The body is larger than ${maxBytes} bytes.`,
    remedy: 'Send less: an alert needs no trace content.',
    headers: { connection: 'close' },
  });

const tooSlow = (timeoutMs: number): Problem =>
  new Problem({
    status: 408,
    code: 'too-slow',
    field: 'body',
    detail: `The body did not arrive within ${timeoutMs} ms.`,
    remedy: 'Send it in one go.',
    headers: { connection: 'close' },
  });

/** The body as it was sent, byte for byte: what a signature is over. Neither size nor time is without limit. */
export async function readBody(
  request: Request,
  limits: { maxBytes: number; timeoutMs: number },
): Promise<Uint8Array> {
  const { maxBytes, timeoutMs } = limits;
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const encoding = request.headers.get('content-encoding');
  if (encoding !== null && encoding !== 'identity')
    throw new Problem({
      status: 415,
      code: 'encoded',
      field: 'content-encoding',
      detail: `A body in ${encoding.slice(0, 30)} is not taken here.`,
      remedy: 'Send it plain.',
    });
  if (!request.body) return new Uint8Array();
  const reader = request.body.getReader();
  const late = deadline(timeoutMs);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const part = await Promise.race([reader.read(), late.passed]);
      if (part === 'late') throw tooSlow(timeoutMs);
      if (part.done) return Buffer.concat(chunks);
      bytes += part.value.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      chunks.push(part.value);
    }
  } finally {
    late.clear();
    // Not awaited: a sender that stands still would hold the answer back.
    reader.cancel().catch(() => undefined);
  }
}

function deadline(ms: number): { passed: Promise<'late'>; clear: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  return { passed, clear: () => clearTimeout(timer) };
}

const notJson = (detail: string): Problem =>
  new Problem({
    status: 400,
    code: 'not-json',
    field: 'body',
    detail,
    remedy: 'Send one JSON object in UTF-8.',
  });

/** Postgres keeps neither NUL nor half a character: one of them in a title would hold up the record for ever. */
export const storableText = (text: string): string =>
  text.replaceAll('\u0000', '').replaceAll(/\p{Surrogate}/gu, '\ufffd');
const storable = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? storableText(value) : value;

/** JSON of a body; a wrong content type is refused, so that no form of another site can send one. */
export function parseJson(bytes: Uint8Array, contentType: string | undefined): unknown {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== 'application/json' && !type.endsWith('+json'))
    throw new Problem({
      status: 415,
      code: 'not-json',
      field: 'content-type',
      detail:
        type === '' ? 'The content type is missing.' : `The content type ${type.slice(0, 60)} is not taken.`,
      remedy: 'Send application/json.',
    });
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), storable);
  } catch {
    throw notJson(bytes.length === 0 ? 'The body is empty.' : 'The body is not JSON.');
  }
}
