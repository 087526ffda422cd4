import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGzip, gunzip } from 'node:zlib';
import { Session } from '../../domain/session/session.ts';
import { Step } from '../../domain/session/step.ts';

const Head = Session.omit({ steps: true });
const NEWLINE = 0x0a;

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

export const readSteps = async (bytes: Uint8Array): Promise<Session> => {
  const raw = await promisify(gunzip)(bytes);
  const values: unknown[] = [];
  for (let at = 0; at < raw.length;) {
    const end = raw.indexOf(NEWLINE, at);
    values.push(JSON.parse(raw.toString('utf8', at, end < 0 ? raw.length : end)));
    at = end < 0 ? raw.length : end + 1;
  }
  const [head, ...steps] = values;
  return { ...Head.parse(head), steps: steps.map((step) => Step.parse(withUncaptured(step))) };
};
