import { emptyAttributes, type Attributes, type RawSpan } from '../../src/forensics/read/raw-span.ts';
import { START_MS } from './events.ts';

const hex = (text: string, length: number): string =>
  Buffer.from(text).toString('hex').padEnd(length, '0').slice(0, length);
export const traceId = (name: string): string => hex(name, 32);
export const spanId = (name: string): string => hex(name, 16);
export const bag = (entries: Attributes): Attributes => Object.assign(emptyAttributes(), entries);

export interface Sketch {
  trace?: string;
  name: string;
  parent?: string;
  session?: string | null;
  /** Seconds after the start. */
  at?: number;
  links?: [trace: string, span: string][];
  attributes?: Attributes;
  agent?: string;
}

/** A span from a few words; `session` null means that it carries no session id. */
export const span = (sketch: Sketch): RawSpan => {
  const {
    trace = 't1',
    name,
    parent,
    session = 's1',
    at = 0,
    links = [],
    attributes = {},
    agent = 'loan-agent',
  } = sketch;
  const start = BigInt(START_MS + at * 1_000) * 1_000_000n;
  return {
    traceId: traceId(trace),
    spanId: spanId(name),
    parentSpanId: parent === undefined ? null : spanId(parent),
    name,
    startNano: String(start),
    endNano: String(start + 500_000_000n),
    attributes: bag({ ...(session === null ? {} : { 'session.id': session }), ...attributes }),
    resource: bag({ 'service.name': agent }),
    links: links.map(([linked, one]) => ({ traceId: traceId(linked), spanId: spanId(one) })),
    events: [],
    status: { code: 'unset', message: null },
    dropped: 0,
  };
};

/** Names of spans, for reading an expectation. */
export const namesOf = (spans: readonly RawSpan[]): string[] => spans.map((one) => one.name).sort();
