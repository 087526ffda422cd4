import type { Context, Hono } from 'hono';
import { acknowledgeSwitch, readSwitch, type SwitchAnswer } from '../../adapters/containment/switch-api.ts';
import type { StopSwitchStore } from '../../adapters/containment/switch-store.ts';
import type { Config } from '../../config/types.ts';
import { allowAgent, allowUse, type KeyRing } from '../auth/keys.ts';
import { parseJson, readBody } from '../body.ts';
import { Problem } from '../problem.ts';

export interface SwitchRoutesDeps {
  config: Pick<Config, 'server' | 'agents'>;
  keys: KeyRing;
  switches: StopSwitchStore;
  nowMs: () => number;
}

const MAX_ACK_BYTES = 4_096;

/** `GET /api/v1/agents/:agent/switch?session=` and `POST …/switch/ack`: what the agent's wrapper asks and says. */
export function switchRoutes(app: Hono, { config, keys, switches, nowMs }: SwitchRoutesDeps): void {
  const agentOf = (context: Context): string => {
    const agent = context.req.param('agent') ?? '';
    const { key } = keys.bearer((name) => context.req.header(name));
    allowUse(key, 'switch');
    allowAgent(key, agent);
    return agent;
  };

  app.get('/api/v1/agents/:agent/switch', async (context) => {
    const agent = agentOf(context);
    const answer = await readSwitch(switches, agent, context.req.query('session'));
    return context.json(bodyOf(withLease(answer, agent, config)));
  });

  app.post('/api/v1/agents/:agent/switch/ack', async (context) => {
    const agent = agentOf(context);
    const limits = { maxBytes: MAX_ACK_BYTES, timeoutMs: config.server.bodyTimeoutMs };
    const json = parseJson(await readBody(context.req.raw, limits), context.req.header('content-type'));
    return context.json(bodyOf(await acknowledgeSwitch(switches, agent, json, nowMs())));
  });
}

/** The lease is the configuration's, an agent each. */
function withLease(answer: SwitchAnswer, agent: string, config: SwitchRoutesDeps['config']): SwitchAnswer {
  const containment = Object.hasOwn(config.agents, agent) ? config.agents[agent]?.containment : undefined;
  if (answer.status !== 200 || containment?.kind !== 'stop-switch') return answer;
  return { status: 200, body: { ...(answer.body as object), leaseMs: containment.leaseMs } };
}

function bodyOf(answer: SwitchAnswer): object {
  if (answer.status === 200) return answer.body as object;
  const { field, detail } = answer;
  throw new Problem({
    status: 400,
    code: 'bad-switch-request',
    field,
    detail,
    remedy: 'Use src/instrument, or see docs/api.md.',
  });
}
