import { fileTraceStore } from '../adapters/traces/file.ts';
import type { TraceStore } from '../adapters/traces/port.ts';
import { createStoreTraces } from '../adapters/traces/store.ts';
import type { Parts } from './parts.ts';

/** Where each agent's traces are, from the configuration; null for an agent that is not configured. */
export function traceStoreOf({
  config,
  store,
}: Pick<Parts, 'config' | 'store'>): (agent: string) => TraceStore | null {
  const stores = new Map(
    Object.values(config.agents).map(({ name, traces, subagentsAllowed }): [string, TraceStore] => [
      name,
      traces.kind === 'file'
        ? fileTraceStore(traces.path)
        : createStoreTraces({
            spans: store.spans,
            agent: name,
            joinAgents: subagentsAllowed,
            retentionMs: traces.retentionMs,
          }),
    ]),
  );
  return (agent) => stores.get(agent) ?? null;
}
