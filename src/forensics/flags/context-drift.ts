import type { Finding } from '../../domain/session/finding.ts';
import { carriersIn, continued, type Carrier } from '../injected/carriers.ts';
import { createConsent, type Consent } from '../asked/consent.ts';
import type { Ledger } from '../values/ledger.ts';
import type { Reading } from '../narrative.ts';
import { takeUps } from '../injected/take-up.ts';
import { clip } from '../text/text.ts';
import { createWandering } from '../injected/wandering.ts';
import type { FlagContext, FlagRule } from './rule.ts';

const RULE = 'context/1';
const KEPT = 24;
/** Runbook: checkpoints rather than every step. */
const CHECKPOINT = 8;
/** Closer than this, an objective may still belong to the task. */
export const FAR = 0.06;
const NEAR = 0.15;

const injected = (
  context: FlagContext,
  carriers: Carrier[],
  reading: Reading,
  ledger: Ledger,
  consent: Consent,
): Finding[] => {
  if (carriers.length === 0 || (reading.calls.length === 0 && reading.said === '')) return [];
  const takeUpOf = takeUps(context, reading, ledger, consent);
  let first = 0;
  return carriers.flatMap((carrier) => {
    const up = carrier.taken ? null : takeUpOf(carrier);
    if (!up) return [];
    carrier.taken = true;
    // An answer that was heard later and began before is the report of a subagent, which only passes it on.
    if (carrier.step < first) return [];
    first = carrier.step;
    return [
      {
        flag: 'CONTEXT_DRIFT' as const,
        step: reading.modelStep,
        severity: up.strength === 'acts' ? ('critical' as const) : ('warning' as const),
        rule: RULE,
        message: `the model took up a goal that came in with a tool's answer at step ${carrier.step} (${carrier.path || 'the answer'}), not from a person`,
        citations: [
          {
            step: carrier.step,
            place: `result ${carrier.path}`.trim(),
            quote: clip(carrier.text.slice(-600), 280),
          },
          { step: reading.modelStep, place: up.place, quote: up.quote },
        ],
        subject: { tool: carrier.tool, path: carrier.path, becomes: null },
      },
    ];
  });
};

const STATED =
  /\b(?:my|the|our) (?:new |current |main |only |next )?(?:objective|goal|task|mission|aim)\b[^.\n]{0,200}/i;
interface Compass {
  /** What people and the system said, to be joined when it is asked for. */
  task: string[];
  near: boolean;
  calls: number;
}

const MAX_TASK = 24_000;
const taskOf = ({ task }: Compass): string => task.join('').slice(-MAX_TASK);
const MAX_PARTS = 64;
const enterTask = (compass: Compass, text: string): void => {
  compass.task.push(`\n${text.slice(0, 8000)}`);
  if (compass.task.length > MAX_PARTS) compass.task = [taskOf(compass)];
};

/** Runbook: the stated objective against the original task, at checkpoints. People may change the task; they re-anchor. */
const strayed = (context: FlagContext, compass: Compass, { step, said, modelStep }: Reading): Finding[] => {
  if (step.kind !== 'llm') return [];
  compass.calls += 1;
  if (compass.task.length === 0 || (step.objective === null && compass.calls % CHECKPOINT !== 0)) return [];
  const stated = step.objective ?? STATED.exec(said.slice(0, 20_000))?.[0];
  if (stated === undefined) return [];
  compass.task = [taskOf(compass)];
  const closeness = context.similarity(stated, taskOf(compass));
  const was = compass.near;
  compass.near = closeness >= NEAR || (was && closeness >= FAR);
  if (closeness >= FAR) return [];
  const sure = was && step.objective !== null;
  return [
    {
      flag: 'CONTEXT_DRIFT',
      step: modelStep,
      severity: sure ? 'warning' : 'info',
      rule: RULE,
      message: `the stated objective has almost nothing in common with the task (similarity ${closeness.toFixed(2)})`,
      citations: [
        {
          step: modelStep,
          place: step.objective === null ? 'output' : 'agent.objective',
          quote: clip(stated, 280),
        },
      ],
    },
  ];
};

/**
 * Runbook: "the model's stated objective … diverges from the original system prompt task by more than a threshold
 * semantic distance", at checkpoints (`info` where it alone speaks). Measured: an instruction inside a tool's answer,
 * recognised by a field that holds more than it ever did, whose words and values the model then acts on.
 */
export const contextDrift: FlagRule = {
  flag: 'CONTEXT_DRIFT',
  rule: RULE,
  watch: (context) => {
    let carriers: Carrier[] = [];
    const compass: Compass = { task: [], near: false, calls: 0 };
    const consent = createConsent();
    const wandering = createWandering(context, consent);
    return (reading, ledger) => {
      consent.listen(reading);
      for (const h of reading.heard) {
        if (h.source === 'user' || h.source === 'system') enterTask(compass, h.text);
      }
      const out = [
        ...injected(context, carriers, reading, ledger, consent),
        ...strayed(context, compass, reading),
        ...wandering.watch(reading, ledger, () => taskOf(compass)),
      ];
      const fresh = carriersIn(context, reading, consent.turns);
      if (fresh.length > 0) carriers = [...carriers, ...fresh, ...continued(carriers, fresh)].slice(-KEPT);
      consent.ask(reading);
      return out;
    };
  },
};
