import { isObject, jsonIn, own } from './json.ts';
import { spanFromPhoenix } from './phoenix-span.ts';
import { plainValue } from './plain-attributes.ts';
import { pythonIn } from './python-literal.ts';
import { emptyAttributes, type Attributes, type AttrValue, type RawSpan } from './raw-span.ts';

const [ATTRIBUTES, TRACE_ID, SPAN_ID] = ['attributes.', 'context.trace_id', 'context.span_id'] as const;
const MAX_NESTING = 32;

const hasText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isSpan = (value: unknown): boolean => typeof own(own(value, 'context'), 'span_id') === 'string';
const isRow = (value: unknown): value is { [key: string]: unknown } =>
  isObject(value) && hasText(value[TRACE_ID]) && hasText(value[SPAN_ID]);

/** Nested attributes as they were sent: one name a leaf, places in lists as numbers (`llm.input_messages.0.message.role`). */
const flatten = (into: Attributes, name: string, value: AttrValue, depth = 0): void => {
  const isNested =
    depth < MAX_NESTING && (Array.isArray(value) ? value.some((v) => isObject(v)) : isObject(value));
  if (!isNested) into[name] = value;
  else
    for (const [key, item] of Object.entries(value ?? {}))
      flatten(into, `${name}.${key}`, plainValue(item), depth + 1);
};

/**
 * A cell of a table: pandas writes lists and dicts into CSV as Python prints them, and nothing where nothing is. What is
 * JSON was sent as text.
 */
const cellOf = (value: unknown): unknown =>
  typeof value === 'string' && /^\s*[[{(]/.test(value) && jsonIn(value) === undefined
    ? (pythonIn(value) ?? value)
    : value;
const timeOf = (value: unknown): unknown =>
  typeof value === 'number' ? new Date(value).toISOString() : value;

/** A row of `get_spans_dataframe()`, where each attribute is a column of its own → a span as the API lists it. */
const spanOfRow = (row: { [key: string]: unknown }): unknown => {
  const attributes = emptyAttributes();
  for (const [key, raw] of Object.entries(row)) {
    if (!key.startsWith(ATTRIBUTES) || raw === null || raw === '') continue;
    flatten(attributes, key.slice(ATTRIBUTES.length), plainValue(cellOf(raw)));
  }
  return {
    ...row,
    context: { trace_id: row[TRACE_ID], span_id: row[SPAN_ID] },
    attributes,
    start_time: timeOf(row['start_time']),
    end_time: timeOf(row['end_time']),
    events: cellOf(row['events']),
  };
};

/**
 * Spans of what Phoenix exports: a page of its API, a span or a list of them (a line each, too), traces with their spans
 * as its command line writes them, and rows of its data frame. Null for what is none of these.
 */
export const spansFromPhoenixExport = (value: unknown): RawSpan[] | null => {
  if (Array.isArray(value)) {
    const all = value.map((one) => spansFromPhoenixExport(one));
    return all.length > 0 && all.every((spans) => spans !== null) ? all.flat() : null;
  }
  if (isRow(value) || isSpan(value)) {
    const span = spanFromPhoenix(isRow(value) ? spanOfRow(value) : value);
    return span ? [span] : null;
  }
  const listed = own(value, 'data') ?? own(value, 'spans');
  return Array.isArray(listed) ? (listed.length === 0 ? [] : spansFromPhoenixExport(listed)) : null;
};

/** The names of the columns that a table of spans has at least. */
export const isSpanTable = (header: string): boolean =>
  /^[^[{]*$/.test(header) && header.includes(TRACE_ID) && header.includes(SPAN_ID);
