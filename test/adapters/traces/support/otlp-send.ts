import { toOtlpJson } from '../../../../src/adapters/traces/otlp-text.ts';
import { isObject } from '../../../../src/forensics/read/json.ts';
import type { RawSpan } from '../../../../src/forensics/read/raw-span.ts';
import { otlpProto } from '../../../http/otlp-proto.ts';

const IDS = new Set(['traceId', 'spanId', 'parentSpanId']);

/** OTLP/JSON writes ids in hex; protobuf takes bytes. */
const withBytes = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withBytes);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      IDS.has(key) && typeof entry === 'string' ? Buffer.from(entry, 'hex') : withBytes(entry),
    ]),
  );
};

/** Sends spans as an exporter does, over OTLP/HTTP in protobuf. */
export const sendSpans = async (url: string, spans: readonly RawSpan[]): Promise<void> => {
  const type = otlpProto.lookupType('ExportTraceServiceRequest');
  const message = type.fromObject(withBytes(JSON.parse(toOtlpJson(spans))) as Record<string, unknown>);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: Uint8Array.from(type.encode(message).finish()),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
};
