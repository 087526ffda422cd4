import { nanosOfIso } from './iso-time.ts';
import { isObject, own, parsed, type JsonObject } from './json.ts';
import { plainAttributes, plainValue } from './plain-attributes.ts';
import { emptyAttributes, type Attributes, type RawSpan } from './raw-span.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const positive = (value: unknown): number | null => {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : null;
};

const usageOf = (value: JsonObject, side: 'input' | 'output'): number | null => {
  const counted = own(value['usageDetails'], side) ?? own(value['usage'], side);
  return typeof counted === 'number' && counted >= 0 ? counted : null;
};

const isModelCall = (type: string): boolean => type === 'GENERATION' || type === 'EMBEDDING';

/** The attributes that the span was sent with, and what Langfuse took out of them, under its own names. */
const attributesOf = (value: JsonObject, sessionId: string | null): Attributes => {
  const sent = parsed(own(value['metadata'], 'attributes'));
  const attributes = isObject(sent) ? plainAttributes(sent) : emptyAttributes();
  const put = (key: string, found: unknown): void => {
    if (found !== null && found !== undefined && found !== '') attributes[key] = plainValue(found);
  };
  const type = text(value['type']);
  put('langfuse.observation.type', type);
  put('langfuse.observation.input', value['input']);
  put('langfuse.observation.output', value['output']);
  put('langfuse.observation.model.name', value['providedModelName'] ?? value['model']);
  put('langfuse.session.id', value['sessionId'] ?? sessionId);
  if (value['level'] === 'ERROR') put('langfuse.observation.status_message', value['statusMessage']);
  if (isModelCall(type)) {
    put('gen_ai.usage.input_tokens', usageOf(value, 'input'));
    put('gen_ai.usage.output_tokens', usageOf(value, 'output'));
    put('gen_ai.usage.cost', positive(value['totalCost']) ?? positive(value['calculatedTotalCost']));
  }
  return attributes;
};

/**
 * An observation of Langfuse's public API, v2 or legacy → a raw span; null for what is none. `sessionId` is that of its
 * trace, for legacy observations, which do not carry one.
 */
export const spanFromLangfuse = (value: unknown, sessionId: string | null = null): RawSpan | null => {
  if (!isObject(value) || text(value['id']) === '') return null;
  const failed = value['level'] === 'ERROR';
  return {
    traceId: text(value['traceId']),
    spanId: text(value['id']),
    parentSpanId: text(value['parentObservationId']) || null,
    name: text(value['name']),
    startNano: nanosOfIso(value['startTime']) ?? '0',
    endNano:
      nanosOfIso(value['endTime']) ?? (value['type'] === 'EVENT' ? nanosOfIso(value['startTime']) : null),
    attributes: attributesOf(value, sessionId),
    resource: plainAttributes(parsed(own(value['metadata'], 'resourceAttributes'))),
    links: [],
    events: [],
    status: {
      code: failed ? 'error' : 'unset',
      message: failed ? text(value['statusMessage']) || null : null,
    },
    dropped: 0,
  };
};
