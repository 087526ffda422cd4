import type { Attributes as OtelAttributes, HrTime, Tracer } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BasicTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-base';

export type AttributeValue = string | number | boolean | string[];
/** What a span says; a value that is not there is left out. */
export type Attributes = Record<string, AttributeValue | null | undefined>;

/** Points at a span of another trace: the step that spawned this session. Ids are lower-case hex. */
export interface SpanLink {
  traceId: string;
  spanId: string;
}

/** The SDK warns of values that are not there. */
export const present = (attributes: Attributes): OtelAttributes =>
  Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== undefined && value !== null),
  ) as OtelAttributes;

/** Never the agent's own provider: a sampler meant for its metrics must not thin out the trace of an incident. */
export const createTracer = (agent: string, spanProcessors: SpanProcessor[]): Tracer =>
  new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': agent,
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.name': 'opentelemetry',
    }),
    sampler: new AlwaysOnSampler(),
    spanProcessors,
  }).getTracer('holdpoint.instrument');

/** Wall time at microsecond steps; never twice the same, so that steps keep their order. */
export const createClock = (): (() => HrTime) => {
  let lastUs = 0;
  return () => {
    lastUs = Math.max(lastUs + 1, Math.floor((performance.timeOrigin + performance.now()) * 1000));
    return [Math.floor(lastUs / 1e6), (lastUs % 1e6) * 1000];
  };
};

/** A destination of the agent's own must not break it. */
export const harmlessProcessor = (processor: SpanProcessor): SpanProcessor => ({
  onStart: (span, context) => quietly(() => processor.onStart(span, context)),
  onEnd: (span) => quietly(() => processor.onEnd(span)),
  forceFlush: () => processor.forceFlush(),
  shutdown: () => processor.shutdown(),
});

const quietly = (work: () => void): void => {
  try {
    work();
  } catch {
    // nobody is left to tell
  }
};
