import { parseJson } from '../../forensics/read/json.ts';
import { spansFromOtlpJson } from '../../forensics/read/otlp-json.ts';
import { isSpanTable, spansFromPhoenixExport } from '../../forensics/read/phoenix-export.ts';
import type { RawSpan } from '../../forensics/read/raw-span.ts';
import type { Piece } from './file-lines.ts';
import { parse } from 'csv-parse/sync';
import { PHOENIX_KEEPS_NOT } from './phoenix.ts';
import { openJsonDocument, type JsonDocument, type SpanSink } from './json-document.ts';

/** One way to read the text of a trace file, piece by piece. */
export interface TraceText {
  /** False where the text is not of this kind; it is given nothing more then. */
  take: (piece: Piece) => boolean;
  /** `other`: not of this kind. */
  end: () => 'read' | 'empty' | 'other';
}

const NO_REQUEST = 'a part of the trace is no OTLP/JSON request (no resourceSpans) and was not read';
const NEW_LINE = new TextEncoder().encode('\n');
const decoder = new TextDecoder();

const parseOr = (text: string): { value?: unknown; failed: boolean } => {
  try {
    return { value: parseJson(text), failed: false };
  } catch {
    return { failed: true };
  }
};
const takeExported = (spans: readonly RawSpan[], sink: SpanSink): void => {
  for (const span of spans) sink.take(span);
  for (const sentence of PHOENIX_KEEPS_NOT) sink.limit?.(sentence);
};
const takeRequests = (value: unknown, sink: SpanSink): void => {
  const exported = spansFromPhoenixExport(value);
  if (exported) {
    takeExported(exported, sink);
    return;
  }
  const read = spansFromOtlpJson(value);
  for (const span of read.spans) sink.take(span);
  read.warnings.forEach(sink.warn);
};

/** A document read as its bytes come: `none` where it is none, `part` where it breaks after some spans, which are kept. */
const createStreamed = (what: () => string, { take, warn }: SpanSink) => {
  let spans = 0;
  let verdict: 'whole' | 'part' | 'none' = 'whole';
  const document: JsonDocument = openJsonDocument({
    warn,
    take: (span) => {
      spans += 1;
      take(span);
    },
  });
  const attempt = (work: () => void): void => {
    if (verdict !== 'whole') return;
    try {
      work();
    } catch {
      verdict = spans === 0 ? 'none' : 'part';
      if (spans > 0)
        warn(`${what()} is broken or ends early after ${spans} of its spans; the rest of it was not read`);
    }
  };
  return {
    write: (bytes: Uint8Array) => attempt(() => document.write(bytes)),
    end: () => {
      attempt(document.end);
      if (verdict === 'whole' && spans === 0) warn(NO_REQUEST);
      return verdict;
    },
  };
};

/**
 * One request a line. A first line that is no JSON means that the file is of another kind, unless it is read
 * `tolerantly`: then such lines are counted and left out.
 */
export const createLines = (sink: SpanSink, { tolerantly }: { tolerantly: boolean }): TraceText => {
  let [number, texts, requests, spans, left] = [0, 0, 0, 0, 0];
  let long: ReturnType<typeof createStreamed> | null = null;
  const counting: SpanSink = {
    ...sink,
    take: (span) => {
      spans += 1;
      sink.take(span);
    },
  };
  const leaveOut = (): boolean => {
    if (tolerantly) left += 1;
    else if (requests === 0) return false;
    else sink.warn(`line ${number} is not JSON and was not read`);
    return true;
  };
  const takeWhole = (bytes: Uint8Array): boolean => {
    const text = decoder.decode(bytes);
    if (text.trim() === '') return true;
    texts += 1;
    const { value, failed } = parseOr(text);
    if (failed && /^\s*[[{]/.test(text)) {
      const broken = createStreamed(() => `line ${number}`, counting);
      broken.write(bytes);
      return ended(broken);
    }
    if (failed || (tolerantly && typeof value !== 'object')) return leaveOut();
    takeRequests(value, counting);
    requests += 1;
    return true;
  };
  const ended = (line: ReturnType<typeof createStreamed>): boolean => {
    if (line.end() === 'none') return leaveOut();
    requests += 1;
    return true;
  };
  const takeLong = ({ bytes, isFirst, isLast }: Piece): boolean => {
    texts += isFirst ? 1 : 0;
    long ??= createStreamed(() => `line ${number}`, counting);
    long.write(bytes);
    if (!isLast) return true;
    const line = long;
    long = null;
    return ended(line);
  };
  return {
    take: (piece) => {
      if (piece.isFirst) number += 1;
      return piece.isFirst && piece.isLast ? takeWhole(piece.bytes) : takeLong(piece);
    },
    end: () => {
      if (texts === 0) return 'empty';
      if (left > 0 && spans > 0) sink.warn(`${left} lines are not JSON and were not read`);
      return (tolerantly ? spans : requests) > 0 ? 'read' : 'other';
    },
  };
};

/** One document over many lines. It is held up to `heldBytes`, and beyond them read as its bytes come. */
export const createDocument = (sink: SpanSink, heldBytes: number): TraceText => {
  let held: Uint8Array[] = [];
  let bytes = 0;
  let streamed: ReturnType<typeof createStreamed> | null = null;
  const stream = (parts: readonly Uint8Array[]): void => {
    streamed ??= createStreamed(() => 'the document', sink);
    for (const part of parts) streamed.write(part);
  };
  return {
    take: (piece) => {
      const parts = piece.isLast ? [piece.bytes, NEW_LINE] : [piece.bytes];
      for (const part of parts) bytes += part.length;
      if (streamed) stream(parts);
      else held.push(...parts);
      if (streamed || bytes <= heldBytes) return true;
      stream(held);
      held = [];
      return true;
    },
    end: () => {
      const { value, failed } = streamed ? { failed: true } : parseOr(decoder.decode(Buffer.concat(held)));
      if (failed) {
        if (!streamed) stream(held);
        return streamed?.end() === 'none' ? 'other' : 'read';
      }
      takeRequests(value, sink);
      return 'read';
    },
  };
};

/** A table of spans with a header, as Phoenix's data frame is written to CSV. It is held whole. */
export const createTable = (sink: SpanSink): TraceText => {
  const held: Uint8Array[] = [];
  return {
    take: ({ bytes, isFirst, isLast }) => {
      if (held.length === 0 && (!isFirst || !isSpanTable(decoder.decode(bytes)))) return false;
      held.push(bytes);
      if (isLast) held.push(NEW_LINE);
      return true;
    },
    end: () => {
      if (held.length === 0) return 'other';
      const rows: unknown[] = parse(decoder.decode(Buffer.concat(held)), {
        columns: true,
        bom: true,
        relax_column_count: true,
        skip_empty_lines: true,
        on_skip: (error) => {
          sink.warn(`a row of the table is broken and was not read: ${error?.code ?? 'no table'}`);
          return undefined;
        },
        skip_records_with_error: true,
      });
      const read = rows.map(spansFromPhoenixExport);
      takeExported(
        read.flatMap((spans) => spans ?? []),
        sink,
      );
      const none = read.filter((spans) => spans === null).length;
      if (none > 0) sink.warn(`${none} rows of the table name no span and were not read`);
      return 'read';
    },
  };
};
