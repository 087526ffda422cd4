import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { workflowBundle } from '../../support/temporal.ts';

type History = temporal.api.history.v1.IHistory;
const { HistoryEvent } = temporal.api.history.v1;

export interface Run {
  runId: string;
  history: History;
}

/** Every run of a workflow that continued as new, the first one first: each one's last event names the next. */
export async function runsOf(client: Client, workflowId: string, firstRunId: string): Promise<Run[]> {
  const runs: Run[] = [];
  for (let runId: string | null | undefined = firstRunId; runId;) {
    const history: History = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    runs.push({ runId, history });
    runId = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return runs;
}

export interface Sizes {
  runs: number;
  events: number;
  mostEvents: number;
  /** The largest event, headers and all; no payload in it is larger. */
  largestBytes: number;
  largestType: string;
}

export function sizesOf(runs: readonly Run[]): Sizes {
  const sizes: Sizes = { runs: runs.length, events: 0, mostEvents: 0, largestBytes: 0, largestType: '' };
  for (const { history } of runs) {
    const events = history.events ?? [];
    sizes.events += events.length;
    sizes.mostEvents = Math.max(sizes.mostEvents, events.length);
    for (const event of events) {
      const bytes = HistoryEvent.encode(event).finish().length;
      if (bytes <= sizes.largestBytes) continue;
      sizes.largestBytes = bytes;
      sizes.largestType = Object.keys(event).find((key) => key.endsWith('Attributes')) ?? '';
    }
  }
  return sizes;
}

/** The project's own bounds, far below Temporal's: 256 kB a payload, 10,000 events a run. */
export const MOST_EVENTS = 10_000;
export const LARGEST_BYTES = 256 * 1024;

/** What keeps each run from being replayed by the code that made it, as after a restart of the worker. */
export async function whyNotReplayed(runs: readonly Run[]): Promise<string[]> {
  const histories = runs.map(({ runId, history }) => ({ workflowId: `incident/${runId}`, history }));
  const failed: string[] = [];
  for await (const { error } of Worker.runReplayHistories({ workflowBundle: workflowBundle() }, histories))
    if (error) failed.push(error.message);
  return failed;
}
