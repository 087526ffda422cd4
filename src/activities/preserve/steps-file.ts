import { Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import type { z } from 'zod';
import { Session } from '../../domain/session/session.ts';
import { Step } from '../../domain/session/step.ts';

const Head = Session.omit({ steps: true });
const NEWLINE = 0x0a;
const PIECE_BYTES = 256 * 1024;

/** A line for the session and one a step, gzipped piece by piece: a long session is longer than a string may be. */
export const writeSteps = async (session: Session): Promise<Uint8Array> => {
  const { steps, ...head } = session;
  const lines = function* () {
    yield `${JSON.stringify(head)}\n`;
    for (const step of steps) yield `${JSON.stringify(step)}\n`;
  };
  const chunks: Buffer[] = [];
  for await (const chunk of Readable.from(lines()).pipe(createGzip())) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const fieldsOf = (value: unknown, key: string): Fields[] => {
  const found = isFields(value) ? value[key] : undefined;
  return (Array.isArray(found) ? found : [found]).filter(isFields);
};

/** JSON leaves out what was not captured, and the schema asks for it: it stands as undefined again. */
const withUncaptured = (step: unknown): unknown => {
  const messages = [...fieldsOf(step, 'messagesIn'), ...fieldsOf(step, 'messagesOut')];
  const calls = messages.flatMap((message) => fieldsOf(message, 'toolCalls'));
  const results = messages.flatMap((message) => fieldsOf(message, 'toolResult'));
  for (const part of [...fieldsOf(step, 'tool'), ...calls]) if (!('args' in part)) part['args'] = undefined;
  for (const part of [...fieldsOf(step, 'tool'), ...results])
    if (!('result' in part)) part['result'] = undefined;
  return step;
};

/** Lines of gzipped text as they come out of it: the whole may be longer than memory should hold. */
async function* linesIn(bytes: Uint8Array): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  for await (const piece of Readable.from([bytes]).pipe(createGunzip({ chunkSize: PIECE_BYTES }))) {
    const chunk = piece as Buffer;
    let at = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, at)) {
      yield Buffer.concat([...rest, chunk.subarray(at, end)]).toString('utf8');
      rest = [];
      at = end + 1;
    }
    if (at < chunk.length) rest.push(chunk.subarray(at));
  }
  if (rest.length > 0) yield Buffer.concat(rest).toString('utf8');
}

/** Gives way between the pieces: a long session is read for seconds. */
export const readSteps = async (bytes: Uint8Array): Promise<Session> => {
  let head: z.infer<typeof Head> | null = null;
  const steps: Step[] = [];
  for await (const line of linesIn(bytes)) {
    const value: unknown = JSON.parse(line);
    if (head === null) head = Head.parse(value);
    else steps.push(Step.parse(withUncaptured(value)));
  }
  return { ...(head ?? Head.parse(null)), steps };
};
