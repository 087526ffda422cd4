import type { Client } from '@temporalio/client';
import type { ContainmentAdapter } from '../adapters/containment/port.ts';
import { createStopSwitch } from '../adapters/containment/stop-switch.ts';
import type { StopSwitchStore } from '../adapters/containment/switch-store.ts';
import { createTemporalContainment } from '../adapters/containment/temporal.ts';
import { createWebhook } from '../adapters/containment/webhook.ts';
import { createHttpTools } from '../adapters/tools/http.ts';
import type { ReversalTool } from '../adapters/tools/port.ts';
import type { AgentConfig, Config } from '../config/types.ts';

function containmentOf(
  { name, containment }: AgentConfig,
  switches: StopSwitchStore,
  client: Client,
): ContainmentAdapter {
  switch (containment.kind) {
    case 'stop-switch':
      return createStopSwitch({ store: switches, confirmWithinMs: containment.confirmWithinMs });
    case 'webhook': {
      const target = { url: containment.url, secret: containment.secret.reveal() };
      return createWebhook({ targets: { [name]: target }, timeoutMs: containment.timeoutMs });
    }
    case 'temporal':
      return createTemporalContainment({ client, workflowIds: { [name]: containment.workflowId } });
  }
}

/** The containment adapter of each agent, and of the subagents that may be contained with it. */
export function containmentAdapters(
  config: Config,
  switches: StopSwitchStore,
  client: Client,
): (agent: string) => ContainmentAdapter | null {
  const adapters = new Map(
    Object.values(config.agents).map((agent) => [agent.name, containmentOf(agent, switches, client)]),
  );
  return (agent) => adapters.get(agent) ?? null;
}

/** The tools that undo something, by agent. */
export function reversalTools(config: Config): (agent: string) => ReversalTool | null {
  const tools = new Map(
    Object.values(config.agents).map((agent) => {
      const calls = Object.entries(agent.reversals).map(([tool, { secretHeaders, headers, ...call }]) => {
        const secrets = Object.entries(secretHeaders).map(([header, secret]) => [header, secret.reveal()]);
        return [tool, { ...call, headers: { ...headers, ...Object.fromEntries(secrets) } }];
      });
      return [agent.name, createHttpTools({ tools: Object.fromEntries(calls) })];
    }),
  );
  return (agent) => tools.get(agent) ?? null;
}
