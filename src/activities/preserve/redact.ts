import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { RawPage } from '../../adapters/traces/port.ts';
import { parseJson } from '../../forensics/read/json.ts';
import {
  emptyAttributes,
  type Attributes,
  type AttrValue,
  type RawSpan,
} from '../../forensics/read/raw-span.ts';

/** Names of JSON fields whose values are never sealed, however they are written (`apiKey`, `API-KEY`, `http.api_key`). */
export const defaultMaskedFields: readonly string[] = [
  'authorization',
  'proxy_authorization',
  'cookie',
  'set_cookie',
  'password',
  'passwd',
  'secret',
  'client_secret',
  'api_key',
  'x_api_key',
  'access_token',
  'refresh_token',
  'private_key',
];

export const MASK = '[redacted]';

export interface Redactor {
  spans(spans: readonly RawSpan[]): RawSpan[];
  /** A page without masked fields keeps its bytes; another is written again. */
  page(page: RawPage): Promise<{ body: Uint8Array; masked: number }>;
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
const isBag = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value of JSON text; undefined for any other text. */
const jsonOf = (text: string): unknown => {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
};

/** `fields`: names of JSON fields, of span attributes by their last part, and of fields in JSON that stands in text. */
export const createRedactor = (fields: readonly string[] = defaultMaskedFields): Redactor => {
  const masked = new Set(fields.map(plain));
  const isMasked = (name: string): boolean => masked.has(plain(name.slice(name.lastIndexOf('.') + 1)));
  // From the name to the end of its value, in quotes of any depth of escaping; a value that was cut ends with the text.
  const textual = new RegExp(
    String.raw`(\\*")(${fields.map((name) => [...plain(name)].join('[-_. ]?')).join('|')})\1(\s*:\s*)\1` +
      String.raw`(?:(?!\1\s*[,}\]]).)*(?:\1(?=\s*[,}\]])|$)`,
    'gis',
  );
  let count = 0;

  const text = (value: string): string => {
    if (!/[{[]/.test(value)) return value;
    const parsed = jsonOf(value);
    if (parsed === undefined) return cut(value);
    const before = count;
    const clean = walk(parsed);
    return count === before ? value : JSON.stringify(clean);
  };
  /** Text with JSON in it that does not parse: prose around it, or a cut attribute. */
  const cut = (value: string): string =>
    value.replaceAll(textual, (_all, quote: string, name: string, colon: string) => {
      count += 1;
      return `${quote}${name}${quote}${colon}${quote}${MASK}${quote}`;
    });
  const mask = (): string => {
    count += 1;
    return MASK;
  };
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(walk);
    if (!isBag(value)) return value;
    // OTLP writes an attribute as {key, value}.
    if (typeof value['key'] === 'string' && isBag(value['value']) && isMasked(value['key']))
      return { ...value, value: { stringValue: mask() } };
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [
        key,
        isMasked(key) && entry !== null ? mask() : walk(entry),
      ]),
    );
  };
  const attribute = (value: AttrValue): AttrValue => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(attribute);
    return isBag(value) ? attributes(value) : value;
  };
  const attributes = (bag: Attributes): Attributes => {
    const out = emptyAttributes();
    for (const [key, value] of Object.entries(bag))
      out[key] = isMasked(key) && value !== null ? mask() : attribute(value);
    return out;
  };

  return {
    spans: (spans) => {
      const resources = new Map<Attributes, Attributes>();
      const resource = (bag: Attributes): Attributes => {
        const known = resources.get(bag) ?? attributes(bag);
        resources.set(bag, known);
        return known;
      };
      return spans.map((span) => ({
        ...span,
        attributes: attributes(span.attributes),
        resource: resource(span.resource),
        events: span.events.map((event) => ({ ...event, attributes: attributes(event.attributes) })),
      }));
    },
    page: async ({ body }) => {
      const before = count;
      const isZipped = body[0] === 0x1f && body[1] === 0x8b;
      const raw = isZipped ? await promisify(gunzip)(body) : body;
      const written = new TextDecoder().decode(raw);
      const document = jsonOf(written);
      const clean =
        document === undefined ? written.split('\n').map(text).join('\n') : JSON.stringify(walk(document));
      if (count === before) return { body, masked: 0 };
      const bytes = new TextEncoder().encode(clean);
      return { body: isZipped ? await promisify(gzip)(bytes) : bytes, masked: count - before };
    },
  };
};
