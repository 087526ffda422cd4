import { parseJson } from '../forensics/read/json.ts';
import { spansFromOtlpJson } from '../forensics/read/otlp-json.ts';
import type { ReadSpans } from '../forensics/read/raw-span.ts';
import { spansFromProtobuf } from './spans-from-protobuf.ts';

export type OtlpEncoding = 'json' | 'protobuf';

/** The bytes are no `ExportTraceServiceRequest` of their encoding. */
export class NotOtlp extends Error {
  override readonly name = 'NotOtlp';
}

const nothing = (): ReadSpans => ({ spans: [], warnings: [] });

const fromJson = (bytes: Uint8Array): ReadSpans => {
  const value: unknown = parseJson(textOf(bytes));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NotOtlp();
  // An exporter may send a request without spans, to see whether somebody is there.
  if (Object.keys(value).length === 0) return nothing();
  if (!('resourceSpans' in value) || !Array.isArray(value.resourceSpans)) throw new NotOtlp();
  return spansFromOtlpJson(value);
};

const decoder = new TextDecoder('utf-8', { fatal: true });
const textOf = (bytes: Uint8Array): string => decoder.decode(bytes);

/** One `ExportTraceServiceRequest` as an OTLP/HTTP exporter sent it, unpacked → its spans. Throws `NotOtlp`. */
export const decodeOtlp = (bytes: Uint8Array, encoding: OtlpEncoding): ReadSpans => {
  try {
    return encoding === 'json' ? fromJson(bytes) : spansFromProtobuf(bytes);
  } catch (error) {
    if (error instanceof NotOtlp) throw error;
    throw new NotOtlp('not an ExportTraceServiceRequest', { cause: error });
  }
};
