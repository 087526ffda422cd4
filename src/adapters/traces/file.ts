import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Session } from '../../domain/session/session.ts';
import { parseJson } from '../../forensics/read/json.ts';
import { spansFromOtlpJson } from '../../forensics/read/otlp-json.ts';
import type { AttrValue, RawSpan, ReadSpans } from '../../forensics/read/raw-span.ts';
import { sessionFromSpans } from '../../forensics/read/session.ts';
import type { TraceStore } from './port.ts';

/** The file cannot be read as a trace at all; `message` names the file and the remedy. */
export class TraceFileError extends Error {
  override name = 'TraceFileError';
}

const isGzip = async (path: string): Promise<boolean> => {
  const file = await open(path).catch((cause: unknown) => {
    throw new TraceFileError(`${path} cannot be opened: check the name and its permissions`, { cause });
  });
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
};

const streamOf = async (path: string): Promise<Readable> => {
  const zipped = await isGzip(path);
  const raw = createReadStream(path);
  if (!zipped) return raw;
  const text = createGunzip();
  raw.on('error', (e) => text.destroy(e));
  return raw.pipe(text);
};

const parseOr = (text: string): { value?: unknown; failed: boolean } => {
  try {
    return { value: parseJson(text), failed: false };
  } catch {
    return { failed: true };
  }
};

/**
 * An OTLP/JSON trace file → raw spans. JSON lines (one request a line, read as a stream) or one JSON document, gzipped
 * or not. A line that is not JSON is named in `warnings`; a file without a single request is an error.
 */
export const readTraceFile = async (path: string): Promise<ReadSpans> => {
  const out: ReadSpans = { spans: [], warnings: [] };
  const take = (value: unknown): void => {
    const read = spansFromOtlpJson(value);
    for (const span of read.spans) out.spans.push(span);
    out.warnings.push(...read.warnings);
  };
  let number = 0;
  let requests = 0;
  let document: string[] | null = null;
  try {
    for await (const line of createInterface({ input: await streamOf(path), crlfDelay: Infinity })) {
      number += 1;
      if (document) document.push(line);
      else if (line.trim() !== '') {
        const { value, failed } = parseOr(line.replace(/^\uFEFF/, ''));
        if (!failed) take(value);
        else if (requests === 0) document = [line.replace(/^\uFEFF/, '')];
        else out.warnings.push(`line ${number} is not JSON and was not read`);
        if (!failed) requests += 1;
      }
    }
  } catch (cause) {
    if (cause instanceof TraceFileError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (requests === 0 && !document) throw new TraceFileError(`${path} cannot be read: ${reason}`, { cause });
    out.warnings.push(`the file ends early: ${reason}`);
  }
  if (document) readDocument(path, document, take, out);
  if (out.spans.length === 0 && requests === 0 && !document)
    throw new TraceFileError(`${path} is empty: give a file with OTLP/JSON requests`);
  return out;
};

/** The file was no JSON lines. Either it is one document over many lines, or lines of which the first is broken. */
const readDocument = (
  path: string,
  lines: string[],
  take: (value: unknown) => void,
  out: ReadSpans,
): void => {
  const whole = parseOr(lines.join('\n'));
  if (!whole.failed) return take(whole.value);
  const values = lines
    .map((line) => parseOr(line))
    .filter((p) => !p.failed && p.value !== null && typeof p.value === 'object');
  for (const { value } of values) take(value);
  if (out.spans.length === 0)
    throw new TraceFileError(`${path} is not OTLP/JSON: give one ExportTraceServiceRequest, or one a line`);
  out.warnings.push(`${lines.length - values.length} lines are not JSON and were not read`);
};

/** A trace file → its session, with every trace in it. */
export const sessionFromFile = async (path: string): Promise<Session> => {
  const { spans, warnings } = await readTraceFile(path);
  return sessionFromSpans(spans, { warnings });
};

/** How long the log of a recording was kept, ms: an attribute of its resource or of its root span. */
const RETENTION = 'holdpoint.retention_ms';

const msOf = (value: AttrValue | undefined): number =>
  typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;

/** The shortest time that a span or the configuration states, counted from the session's own start; null when none does. */
const rotationOf = (spans: readonly RawSpan[], configuredMs: number | null): number | null => {
  const stated = [
    configuredMs ?? NaN,
    ...spans.flatMap(({ attributes, resource, parentSpanId }) => [
      msOf(resource[RETENTION]),
      parentSpanId === null ? msOf(attributes[RETENTION]) : NaN,
    ]),
  ];
  const retentionMs = stated.filter((ms) => ms > 0).reduce((a, b) => Math.min(a, b), Infinity);
  const started = spans.map(({ startNano }) => Number(startNano) / 1e6).filter((ms) => ms > 0);
  const startedAtMs = started.reduce((a, b) => Math.min(a, b), Infinity);
  return Number.isFinite(retentionMs) && Number.isFinite(startedAtMs) ? startedAtMs + retentionMs : null;
};

/**
 * A recorded session in a file, behind the port of a trace store. The file itself does not rotate; the log that it was
 * recorded from did when the recording or the configuration states its retention.
 */
export const fileTraceStore = (path: string, retentionMs: number | null = null): TraceStore => ({
  name: 'file',
  exportSession: async () => {
    const { spans, warnings } = await readTraceFile(path);
    const contentType = (await isGzip(path)) ? 'application/gzip' : 'application/json';
    return {
      spans,
      warnings,
      stable: true,
      pages: [{ source: path, contentType, body: await readFile(path) }],
    };
  },
  retentionDeadlineMs: async () => rotationOf((await readTraceFile(path)).spans, retentionMs),
});
