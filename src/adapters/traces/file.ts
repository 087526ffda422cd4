import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { AttrValue, RawSpan, ReadSpans } from '../../forensics/read/raw-span.ts';
import { linesOf } from './file-lines.ts';
import type { SpanSink } from './json-document.ts';
import type { TraceStore } from './port.ts';
import { createDocument, createLines, createTable, type TraceText } from './trace-text.ts';

/** The file cannot be read as a trace at all; `message` names the file and the remedy. */
export class TraceFileError extends Error {
  override name = 'TraceFileError';
}

/** Of one line or one document; what is longer is read as it comes. */
const MAX_HELD_BYTES = 16 * 1024 * 1024;

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
  // Either of them ends the other, also where nobody reads to the end.
  return pipeline(raw, createGunzip(), () => undefined);
};

/**
 * An OTLP/JSON trace file, span after span. JSON lines (one request a line) or one JSON document, gzipped or not, read as
 * a stream: no line and no document of more than 16 MB is held whole. What cannot be read is said to `warn`; a file
 * without a single request is an error.
 */
export const eachSpan = async (path: string, sink: SpanSink, heldBytes = MAX_HELD_BYTES): Promise<void> => {
  const kinds = [
    createLines(sink, { tolerantly: false }),
    createTable(sink),
    createDocument(sink, heldBytes),
    createLines(sink, { tolerantly: true }),
  ];
  for (const text of kinds) {
    const early = await readAs(text, path, heldBytes);
    const verdict = text.end();
    if (verdict === 'read') return early === null ? undefined : sink.warn(`the file ends early: ${early}`);
    if (verdict === 'empty')
      throw new TraceFileError(
        early === null
          ? `${path} is empty: give a file with OTLP/JSON requests`
          : `${path} cannot be read: ${early}`,
      );
  }
  throw new TraceFileError(
    `${path} is not OTLP/JSON: give one ExportTraceServiceRequest, or one a line, or spans as Phoenix exports them`,
  );
};

/** Why the file ended before its end; null where it did not. */
const readAs = async (text: TraceText, path: string, heldBytes: number): Promise<string | null> => {
  try {
    for await (const piece of linesOf(await streamOf(path), heldBytes)) if (!text.take(piece)) break;
    return null;
  } catch (cause) {
    if (cause instanceof TraceFileError) throw cause;
    return cause instanceof Error ? cause.message : String(cause);
  }
};

/** All spans of a trace file at once, for what needs them as they were recorded. */
export const readTraceFile = async (path: string): Promise<ReadSpans & { limits: string[] }> => {
  const out: ReadSpans = { spans: [], warnings: [] };
  const limits = new Set<string>();
  await eachSpan(path, {
    limit: (sentence) => void limits.add(sentence),
    take: (span) => void out.spans.push(span),
    warn: (sentence) => void out.warnings.push(sentence),
  });
  return { ...out, limits: [...limits] };
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
    const { spans, warnings, limits } = await readTraceFile(path);
    const contentType = (await isGzip(path)) ? 'application/gzip' : 'application/json';
    return {
      spans,
      warnings,
      limits,
      stable: true,
      pages: [{ source: path, contentType, body: await readFile(path) }],
    };
  },
  retentionDeadlineMs: async () => rotationOf((await readTraceFile(path)).spans, retentionMs),
});
