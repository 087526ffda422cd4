import { nanosOfIso } from './iso-time.ts';
import { isObject, own } from './json.ts';
import { plainAttributes } from './plain-attributes.ts';
import { emptyAttributes, type Attributes, type RawSpan } from './raw-span.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const ARGUMENTS = ['gen_ai.tool.call.arguments', 'tool.parameters', 'input.value'];
const EXPLODED = 'tool.parameters.';

/** Phoenix stores `tool.parameters` as one attribute a parameter: put together again where nothing else holds them. */
const withParameters = (attributes: Attributes): Attributes => {
  const parts = Object.keys(attributes).filter((key) => key.startsWith(EXPLODED));
  if (parts.length === 0 || ARGUMENTS.some((name) => name in attributes)) return attributes;
  const parameters = emptyAttributes();
  for (const key of parts) parameters[key.slice(EXPLODED.length)] = attributes[key] ?? null;
  attributes['tool.parameters'] = parameters;
  return attributes;
};

const CODES = { OK: 'ok', ERROR: 'error' } as const;
const codeOf = (value: unknown): RawSpan['status']['code'] =>
  value === 'OK' || value === 'ERROR' ? CODES[value] : 'unset';

/** A span as Phoenix's `/v1/projects/{project}/spans` lists it → a raw span; null for what is none. */
export const spanFromPhoenix = (value: unknown): RawSpan | null => {
  const context = own(value, 'context');
  if (!isObject(value) || !isObject(context)) return null;
  const attributes = withParameters(plainAttributes(value['attributes']));
  const kind = text(value['span_kind']);
  if (kind !== '' && kind !== 'UNKNOWN' && !('openinference.span.kind' in attributes))
    attributes['openinference.span.kind'] = kind;
  return {
    traceId: text(context['trace_id']).toLowerCase(),
    spanId: text(context['span_id']).toLowerCase(),
    parentSpanId: text(value['parent_id']).toLowerCase() || null,
    name: text(value['name']),
    startNano: nanosOfIso(value['start_time']) ?? '0',
    endNano: nanosOfIso(value['end_time']),
    attributes,
    resource: emptyAttributes(),
    links: [],
    events: listOf(value['events']).map((event) => ({
      name: text(own(event, 'name')),
      timeNano: nanosOfIso(own(event, 'timestamp')) ?? '0',
      attributes: plainAttributes(own(event, 'attributes')),
    })),
    status: { code: codeOf(value['status_code']), message: text(value['status_message']) || null },
    dropped: 0,
  };
};
