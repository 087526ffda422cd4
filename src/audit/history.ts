import { z } from 'zod';
import { canonical } from '../domain/canonical.ts';
import { isObject, own } from '../forensics/read/json.ts';
import { withoutProse } from '../store/prose.ts';
import { Erasure } from './format.ts';

/** One run of an incident's workflow: what its history, as Temporal's JSON, says of itself. */
export interface RunHistory {
  runId: string;
  /** The run before, which this one continued as new. */
  previousRunId: string | null;
  startedAt: string;
  /** How it closed, such as `CONTINUED_AS_NEW`; null while it is open. */
  closed: string | null;
  events: number;
  /** The records that it sent to the audit log, by number, as canonical JSON without the words of people. */
  recorded: Map<number, string>;
}

/** A run whose archive can never be read again, since the key of its histories was destroyed. */
export const ErasedRun = z.strictObject({
  kind: z.literal('holdpoint-erased-history'),
  runId: z.string(),
  /** Of the encrypted file, which is still there and still verifies. */
  sha256: z.string(),
  /** Who erased it, by the record in the table `erasure`; null where none is on record. */
  erasure: Erasure.nullable(),
});
export type ErasedRun = z.infer<typeof ErasedRun>;

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const CLOSING =
  /^EVENT_TYPE_WORKFLOW_EXECUTION_(COMPLETED|FAILED|TIMED_OUT|CANCELED|TERMINATED|CONTINUED_AS_NEW)$/;

const RECORDING = new Set<unknown>(['appendEvents', 'appendAndShow']);
/** The events that an activity was ordered to record. */
const sentBy = (event: unknown): unknown[] => {
  const attributes = own(event, 'activityTaskScheduledEventAttributes');
  if (!RECORDING.has(own(own(attributes, 'activityType'), 'name'))) return [];
  const [payload] = listOf(own(own(attributes, 'input'), 'payloads'));
  try {
    return listOf(
      own(JSON.parse(Buffer.from(text(own(payload, 'data')), 'base64').toString('utf8')), 'events'),
    );
  } catch {
    return [];
  }
};

/** A history as `holdpoint audit history --out` or the archive holds it. Throws for anything else. */
export const readRunHistory = (value: unknown, runId: string): RunHistory => {
  const events = listOf(own(value, 'events'));
  const started = own(events[0], 'workflowExecutionStartedEventAttributes');
  if (!isObject(started)) throw new Error(`the history of run ${runId} does not begin with its start`);
  const last = text(own(events.at(-1), 'eventType'));
  const recorded = new Map<number, string>();
  for (const sent of events.flatMap(sentBy)) {
    const seq = own(sent, 'seq');
    if (typeof seq === 'number') recorded.set(seq, canonical(withoutProse(sent).event));
  }
  return {
    runId: text(own(started, 'originalExecutionRunId')) || runId,
    previousRunId: text(own(started, 'continuedExecutionRunId')) || null,
    startedAt: text(own(events[0], 'eventTime')),
    closed: CLOSING.exec(last)?.[1] ?? null,
    events: events.length,
    recorded,
  };
};

/** The runs from the first to the last, each continuing the one before; what is not so, and was not erased, is said. */
export const inRunOrder = (
  runs: readonly RunHistory[],
  erased: readonly ErasedRun[] = [],
): { runs: RunHistory[]; problems: string[] } => {
  const after = new Map(runs.map((run) => [run.previousRunId, run]));
  const known = new Set(runs.map(({ runId }) => runId));
  const gone = new Set(erased.map(({ runId }) => runId));
  const ordered: RunHistory[] = [];
  const firsts = runs.filter(({ previousRunId }) => previousRunId === null || !known.has(previousRunId));
  for (const first of firsts)
    for (let run: RunHistory | undefined = first; run && !ordered.includes(run); run = after.get(run.runId))
      ordered.push(run);
  const cut = ordered.filter(({ previousRunId: id }) => id !== null && !known.has(id) && !gone.has(id));
  return {
    runs: ordered,
    problems: cut.map(
      ({ runId, previousRunId }) => `Run ${previousRunId}, which run ${runId} continued, is missing.`,
    ),
  };
};

export interface Joined {
  joined: number;
  problems: string[];
  /** Records that an erased run may have sent, as people read them: `records 7 to 19`. */
  untold: string[];
}

/** Whether the histories sent what the log holds: every record, word for word; of erased runs nobody can tell. */
export const joinHistories = (
  rows: readonly { seq: number; event: unknown }[],
  runs: readonly RunHistory[],
  erased: readonly ErasedRun[] = [],
): Joined => {
  const sent = new Map(runs.flatMap(({ recorded }) => [...recorded]));
  const without = rows.filter(({ seq }) => !sent.has(seq)).map(({ seq }) => seq);
  const gone = erased.filter(({ runId }) => !runs.some((run) => run.runId === runId));
  const mayBeErased = (seq: number): boolean =>
    gone.length > 0 && !runs.some(({ recorded }) => isBetween(seq, [...recorded.keys()]));
  const unsent = without.filter((seq) => !mayBeErased(seq));
  const other = rows.filter(({ seq, event }) => sent.has(seq) && sent.get(seq) !== canonical(event));
  const known = new Set(rows.map(({ seq }) => seq));
  const lacking = [...sent.keys()].filter((seq) => !known.has(seq));
  return {
    joined: rows.length - without.length - other.length,
    untold: spansOf(without.filter(mayBeErased)),
    problems: [
      ...spansOf(unsent).map((span) => `No history sent ${span}.`),
      ...other.map(({ seq }) => `Record ${seq} is not what the history sent.`),
      ...spansOf(lacking).map((span) => `The log lacks ${span}, which a history sent.`),
    ],
  };
};

/** A run sends its records one after the other: one that lies among them is of no other run. */
const isBetween = (seq: number, sent: readonly number[]): boolean =>
  sent.some((one) => one < seq) && sent.some((one) => one > seq);

/** Numbers as people read them: `record 4`, `records 7 to 19`. */
const spansOf = (numbers: readonly number[]): string[] => {
  const spans: [from: number, to: number][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else spans.push([number, number]);
  }
  return spans.map(([from, to]) => (from === to ? `record ${from}` : `records ${from} to ${to}`));
};
