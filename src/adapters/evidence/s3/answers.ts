import { setTimeout as pause } from 'node:timers/promises';
import { EvidenceUnavailable } from '../port.ts';

/** No whole answer came: it may have been carried out. */
export class Interrupted extends Error {
  override name = 'Interrupted';
  constructor(cause: unknown) {
    super(wordsOf(cause), { cause });
  }
}

/** The server is busy or asks to come again. */
class Busy extends EvidenceUnavailable {}

const wordsOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message ? error.cause.message : error.message;
};

const BUSY = new Set([409, 429, 500, 502, 503, 504]);

const REMEDIES: Readonly<Record<number, string>> = {
  301: 'set evidence.s3.region and evidence.s3.endpoint to those of the bucket',
  307: 'set evidence.s3.region and evidence.s3.endpoint to those of the bucket',
  400: 'look at evidence.s3 and at what the server says',
  403: 'its key needs s3:GetObject, s3:PutObject and s3:ListBucket on this bucket, and the clock must be right',
  404: 'make the bucket, or correct evidence.s3.bucket',
};

/** What the server said instead of doing it, with what to do. */
export const refused = (where: string, status: number, body: Uint8Array): EvidenceUnavailable => {
  const text = new TextDecoder().decode(body.subarray(0, 2_000));
  const code = /<Code>([A-Za-z0-9]{1,80})<\/Code>/.exec(text)?.[1];
  const says = `${where} answers ${status}${code ? ` ${code}` : ''}`;
  if (BUSY.has(status)) return new Busy(`${says}: the server is busy or failing`);
  return new EvidenceUnavailable(`${says}: ${REMEDIES[status] ?? 'look at the server'}`);
};

export interface Patience {
  tries: number;
  firstPauseMs: number;
  where: string;
}

/**
 * Every request here may be repeated: an object is created once, by content or by name. So a lost answer is asked for
 * again, and the second answer tells.
 */
export async function askAgain<T>(
  { tries, firstPauseMs, where }: Patience,
  ask: () => Promise<T>,
): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await ask();
    } catch (error) {
      const mayHelp = error instanceof Interrupted || error instanceof Busy;
      if (mayHelp && tried < tries) {
        await pause(firstPauseMs * 2 ** (tried - 1));
        continue;
      }
      if (!(error instanceof Interrupted)) throw error;
      throw new EvidenceUnavailable(`${where} does not answer (${error.message}): look at the network`, {
        cause: error.cause,
      });
    }
  }
}
