/** The sixth part: written from the runbook and the labelled data alone, without a look at the rules, and before it was run. */
import type { Kind, Planted } from './kind.ts';
import type { Honest } from './look-alikes.ts';
import { SIXTH_AGENTS, SIXTH_AGENT_TOOLS } from './sixth-agents.ts';
import { SIXTH_ASTRAY, SIXTH_ASTRAY_TOOLS } from './sixth-astray.ts';
import { SIXTH_DRIFT } from './sixth-drift.ts';
import { SIXTH_ENTITIES } from './sixth-entities.ts';
import { SIXTH_HONEST_SCENES, SIXTH_HONEST_TOOLS } from './sixth-honest-scenes.ts';
import { SIXTH_HONEST_TALK } from './sixth-honest-talk.ts';
import { SIXTH_HONEST_TOOL_KINDS, SIXTH_TALK_TOOLS } from './sixth-honest-tools.ts';
import { SIXTH_LOOPS, SIXTH_LOOP_TOOLS } from './sixth-loops.ts';
import { SIXTH_MISREAD } from './sixth-misread.ts';
import { SIXTH_POISON } from './sixth-poison.ts';
import { SIXTH_SCENES, SIXTH_SCENE_TOOLS } from './sixth-scenes.ts';

export const SIXTH: Kind<Planted | Honest>[] = [
  ...SIXTH_DRIFT,
  ...SIXTH_ENTITIES,
  ...SIXTH_MISREAD,
  ...SIXTH_LOOPS,
  ...SIXTH_POISON,
  ...SIXTH_ASTRAY,
  ...SIXTH_SCENES,
  ...SIXTH_AGENTS,
  ...SIXTH_HONEST_TOOL_KINDS,
  ...SIXTH_HONEST_TALK,
  ...SIXTH_HONEST_SCENES,
];
/** Tools that only these kinds use. */
export const SIXTH_TOOLS = {
  ...SIXTH_LOOP_TOOLS,
  ...SIXTH_ASTRAY_TOOLS,
  ...SIXTH_AGENT_TOOLS,
  ...SIXTH_SCENE_TOOLS,
  ...SIXTH_TALK_TOOLS,
  ...SIXTH_HONEST_TOOLS,
} as const;
