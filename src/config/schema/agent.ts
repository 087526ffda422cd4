import { z } from 'zod';
import { HttpToolConfig } from '../../adapters/tools/http.ts';
import { ToolManifest } from '../../domain/tools.ts';
import { Duration } from '../duration.ts';
import { CalledUrl, EnvName, Name } from '../words.ts';
import { Traces } from './traces.ts';
import { write } from '../write.ts';

/** How the agent is stopped. */
const Containment = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('stop-switch'),
    lease: Duration.default(500),
    confirmWithin: Duration.default(3_000),
  }),
  z.strictObject({
    kind: z.literal('webhook'),
    url: CalledUrl,
    secretEnv: EnvName,
    timeout: Duration.default(5_000),
  }),
  z.strictObject({
    kind: z.literal('temporal'),
    /** The workflow that is the session; `{session}` stands for its id. */
    workflowId: z.string().min(1).max(200),
    namespace: Name.optional(),
  }),
]);

/** How to call a tool that undoes something: an HTTP call, and how to read back what became of it. */
const Reversal = HttpToolConfig.extend({
  url: CalledUrl,
  verify: z
    .strictObject({ url: CalledUrl, path: z.string().min(1).max(200), equals: z.unknown() })
    .optional(),
  timeoutMs: z.int().positive().max(120_000).default(10_000),
  /** Header → name of the environment variable with its value. */
  secretHeaders: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,60}$/), EnvName).default({}),
});

const From = z.enum(['warning', 'critical', 'never']);

/** What the live detector may do. Findings of severity info are only noted, whatever stands here. */
const Live = z.strictObject({
  /** `observe`: everything is noted, nobody is told and nothing is stopped. */
  mode: z.enum(['act', 'observe']).default('act'),
  /** From which severity people are told, and from which an incident stops the agent. */
  alertFrom: From.default('warning'),
  containFrom: From.default('critical'),
  /** What a rule does that a closed incident left behind. */
  lessons: z.enum(['contain', 'alert', 'note']).default('contain'),
});

export const AgentSection = z.strictObject({
  /** People who own the agent: they are told, and may not sign its reversals. */
  owners: z.array(Name).max(50).default([]),
  containment: Containment,
  /** Agents that may be contained with this one, without asking, when it spawned them. */
  subagentsAllowed: z.array(Name).max(200).default([]),
  traces: Traces.prefault({ kind: 'store' }),
  /** What each tool does outside the session: a file beside this one, or the manifest itself. */
  tools: z
    .union([z.string().min(1).max(1_000), ToolManifest.shape.tools], {
      error: write('the name of a tools file such as tools.yaml, or the tools themselves'),
    })
    .optional(),
  reversals: z.record(z.string().min(1).max(200), Reversal).default({}),
  /** Tokens of one session; 60 % of it pauses the agent. */
  tokenBudget: z.int().positive().optional(),
  live: Live.prefault({}),
});
export type AgentSection = z.infer<typeof AgentSection>;
