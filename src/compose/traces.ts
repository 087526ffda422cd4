import { fileTraceStore } from '../adapters/traces/file.ts';
import type { TraceStore } from '../adapters/traces/port.ts';
import { createStoreTraces } from '../adapters/traces/store.ts';
import type { AgentConfig } from '../config/types.ts';
import type { Parts } from './parts.ts';
import { remoteTraces } from './remote-traces.ts';

/** Where each agent's traces are, from the configuration; null for an agent that is not configured. */
export function traceStoreOf({
  config,
  store,
}: Pick<Parts, 'config' | 'store'>): (agent: string) => TraceStore | null {
  const open = ({ name, traces, subagentsAllowed }: AgentConfig): TraceStore => {
    if (traces.kind === 'file') return fileTraceStore(traces.path, traces.retentionMs);
    if (traces.kind !== 'store') return remoteTraces(traces);
    const { retentionMs } = traces;
    return createStoreTraces({ spans: store.spans, agent: name, joinAgents: subagentsAllowed, retentionMs });
  };
  const stores = new Map(Object.values(config.agents).map((agent) => [agent.name, open(agent)] as const));
  return (agent) => stores.get(agent) ?? null;
}
