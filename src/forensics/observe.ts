import type { Finding } from '../domain/session/finding.ts';
import type { Session } from '../domain/session/session.ts';
import type { Step } from '../domain/session/step.ts';
import { budgetWarning } from './flags/budget-warning.ts';
import { contextDrift } from './flags/context-drift.ts';
import { entityHallucination } from './flags/entity-hallucination.ts';
import { loopDetected } from './flags/loop-detected.ts';
import type { FlagContext, FlagRule } from './flags/rule.ts';
import { toolSchemaDrift } from './flags/tool-schema-drift.ts';
import { createLedger, type Ledger } from './values/ledger.ts';
import { createReader, withinWhich, type Reading } from './narrative.ts';
import { inCausalOrder } from './read/causal-order.ts';

/** The runbook's five. */
export const FLAG_RULES: readonly FlagRule[] = [
  entityHallucination,
  toolSchemaDrift,
  loopDetected,
  contextDrift,
  budgetWarning,
];

export interface SessionWatch {
  /** Takes the next step and says what is found with it; a finding may name an earlier step. */
  push: (step: Step) => { reading: Reading; findings: Finding[] };
  ledger: Ledger;
  /**
   * Forgets what was said, to stay within memory. From here on only the rules speak that need no memory of it: drift,
   * loops and the budget. What is left says less than before, never more.
   */
  narrow: () => void;
}

/** Flags that are decided by who mentioned what first. */
export const NEEDS_MEMORY: ReadonlySet<string> = new Set(['ENTITY_HALLUCINATION', 'CONTEXT_DRIFT']);

/** Watches one session step by step. Live detection and the analysis of a sealed session both go through here. */
export const watchSession = (
  context: FlagContext,
  rules: readonly FlagRule[] = FLAG_RULES,
  within?: ReadonlySet<string>,
): SessionWatch => {
  let read = createReader(within);
  let ledger = createLedger();
  let isNarrow = false;
  let watches = rules.map((rule) => ({ flag: rule.flag, look: rule.watch(context) }));
  return {
    get ledger() {
      return ledger;
    },
    push: (step) => {
      const reading = read(step);
      if (!isNarrow) ledger.hear(reading);
      const findings = watches.flatMap(({ look }) => look(reading, ledger));
      if (!isNarrow) ledger.say(reading);
      return { reading, findings };
    },
    narrow: () => {
      isNarrow = true;
      read = createReader();
      ledger = createLedger();
      watches = watches.filter(({ flag }) => !NEEDS_MEMORY.has(flag));
    },
  };
};

export interface Observed {
  session: Session;
  context: FlagContext;
  /** In the order in which the steps must have happened. */
  readings: Reading[];
  /** In the order of their step numbers: the same, but where clocks disagree. */
  byNumber: Reading[];
  findings: Finding[];
  ledger: Ledger;
}

/** A sealed session, read through once. Findings are in step order. */
export const observe = (session: Session, context: FlagContext): Observed => {
  const watch = watchSession(context, FLAG_RULES, withinWhich(session.steps));
  const readings: Reading[] = [];
  const findings: Finding[] = [];
  const { steps, moved } = inCausalOrder(session.steps);
  for (const step of steps) {
    const seen = watch.push(step);
    readings.push(seen.reading);
    findings.push(...seen.findings);
  }
  findings.sort((a, b) => a.step - b.step);
  const byNumber =
    moved.length === 0 ? readings : readings.toSorted((a, b) => a.step.stepNumber - b.step.stepNumber);
  return { session, context, readings, byNumber, findings, ledger: watch.ledger };
};
