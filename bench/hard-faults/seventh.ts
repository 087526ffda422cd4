/**
 * The seventh part, written without a look at the rules, and before it was run. A: the families that unseen faults were
 * announced to come from, in the manner of the labelled data, with as many look-alikes. B: whatever else the runbook calls a failure.
 */
import type { Kind, Planted } from './kind.ts';
import type { Honest } from './look-alikes.ts';
import { SEVENTH_BUDGETS, SEVENTH_BUDGET_TOOLS, SEVENTH_THRIFTY } from './seventh-budgets.ts';
import { SEVENTH_DEEDS, SEVENTH_DEED_TOOLS, SEVENTH_RIGHT_DEEDS } from './seventh-deeds.ts';
import { SEVENTH_HONEST_CALLS, SEVENTH_HONEST_CALL_TOOLS } from './seventh-honest-calls.ts';
import { SEVENTH_HONEST_TURNS } from './seventh-honest-turns.ts';
import { SEVENTH_HONEST_WORDS, SEVENTH_HONEST_WORD_TOOLS } from './seventh-honest-words.ts';
import { SEVENTH_ID_SCENES, SEVENTH_ID_TOOLS, SEVENTH_RIGHT_IDS } from './seventh-id-scenes.ts';
import { SEVENTH_INVENTED_SCENES } from './seventh-invented-scenes.ts';
import { SEVENTH_INVENTED } from './seventh-invented.ts';
import { SEVENTH_MISDEEDS } from './seventh-misdeeds.ts';
import { SEVENTH_IDS } from './seventh-ids.ts';
import { SEVENTH_INJECTIONS, SEVENTH_INJECTION_TOOLS } from './seventh-injections.ts';
import { SEVENTH_LOOPS, SEVENTH_LOOP_TOOLS } from './seventh-loops.ts';
import { SEVENTH_READINGS, SEVENTH_READING_TOOLS, SEVENTH_STEADY } from './seventh-readings.ts';
import { SEVENTH_RENAMES } from './seventh-renames.ts';
import { SEVENTH_VALUES } from './seventh-values.ts';
import { SEVENTH_RIGHT_WORDS, SEVENTH_WORDS, SEVENTH_WORD_TOOLS } from './seventh-words.ts';

export const SEVENTH: Kind<Planted | Honest>[] = [
  ...SEVENTH_RENAMES,
  ...SEVENTH_VALUES,
  ...SEVENTH_READINGS,
  ...SEVENTH_IDS,
  ...SEVENTH_INVENTED,
  ...SEVENTH_ID_SCENES,
  ...SEVENTH_INVENTED_SCENES,
  ...SEVENTH_LOOPS,
  ...SEVENTH_INJECTIONS,
  ...SEVENTH_BUDGETS,
  ...SEVENTH_STEADY,
  ...SEVENTH_RIGHT_IDS,
  ...SEVENTH_THRIFTY,
  ...SEVENTH_HONEST_CALLS,
  ...SEVENTH_HONEST_WORDS,
  ...SEVENTH_HONEST_TURNS,
  ...SEVENTH_DEEDS,
  ...SEVENTH_MISDEEDS,
  ...SEVENTH_WORDS,
  ...SEVENTH_RIGHT_DEEDS,
  ...SEVENTH_RIGHT_WORDS,
];
/** Tools that only these kinds use. */
export const SEVENTH_TOOLS = {
  ...SEVENTH_READING_TOOLS,
  ...SEVENTH_ID_TOOLS,
  ...SEVENTH_LOOP_TOOLS,
  ...SEVENTH_INJECTION_TOOLS,
  ...SEVENTH_BUDGET_TOOLS,
  ...SEVENTH_HONEST_CALL_TOOLS,
  ...SEVENTH_HONEST_WORD_TOOLS,
  ...SEVENTH_DEED_TOOLS,
  ...SEVENTH_WORD_TOOLS,
};
