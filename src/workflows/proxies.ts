import type { ActivityOptions } from '@temporalio/common';
import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type {
  AnalyseActivities,
  ContainActivities,
  DistributeActivities,
  NotifyActivities,
  PreserveActivities,
  RecordActivities,
  ReverseActivities,
  ShowActivities,
} from '../activities/types.ts';
import { stopsQueue } from './queues.ts';
import { aWhile, forEver, politely } from './retry.ts';

/** A worker that did not beat for so long is dead; its work begins again elsewhere. Beats: `activities/heartbeat.ts`. */
const DEAD_AFTER = '12s';
/** Analysing a long session holds the process for seconds, without a beat. */
const DEAD_AFTER_LONG = '20s';

interface Activity<A extends unknown[], R> {
  executeWithOptions(options: ActivityOptions, args: A): Promise<R>;
}

/** Calls an activity with a line that Temporal's own pages show beside it. */
export const saying = <A extends unknown[], R>(
  summary: string,
  activity: Activity<A, R>,
  ...args: A
): Promise<R> => activity.executeWithOptions({ summary: summary.slice(0, 200) }, args);

/** The same, for `containing`: by the worker that does nothing else. */
export const stopping = <A extends unknown[], R>(
  summary: string,
  activity: Activity<A, R>,
  ...args: A
): Promise<R> => {
  const taskQueue = stopsQueue(workflowInfo().taskQueue);
  return activity.executeWithOptions({ summary: summary.slice(0, 200), taskQueue }, args);
};

/** One adapter call and its confirmation; the workflow itself repeats what stays unconfirmed. */
export const containing = proxyActivities<ContainActivities>({
  startToCloseTimeout: '45s',
  heartbeatTimeout: DEAD_AFTER,
  retry: { ...forEver, maximumInterval: '5s' },
  // Of everything that waits for a worker, the stop goes first.
  priority: { priorityKey: 1 },
});
export const recording = proxyActivities<RecordActivities>({
  startToCloseTimeout: '30s',
  heartbeatTimeout: DEAD_AFTER,
  retry: forEver,
});
/** A record, then a card as long as Slack takes. */
export const showing = proxyActivities<ShowActivities>({
  startToCloseTimeout: '1m',
  heartbeatTimeout: DEAD_AFTER,
  retry: forEver,
});
/** An export may be long. */
export const preserving = proxyActivities<PreserveActivities>({
  startToCloseTimeout: '1h',
  heartbeatTimeout: DEAD_AFTER_LONG,
  retry: aWhile,
});
export const analysing = proxyActivities<AnalyseActivities>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: DEAD_AFTER_LONG,
  retry: aWhile,
});
export const notifying = proxyActivities<NotifyActivities>({
  startToCloseTimeout: '30s',
  heartbeatTimeout: DEAD_AFTER,
  retry: politely,
});
export const distributing = proxyActivities<DistributeActivities>({
  startToCloseTimeout: '2m',
  heartbeatTimeout: DEAD_AFTER,
  retry: politely,
});
/** A window of reversals; each action has its own key and ledger row, so a repeated window repeats nothing. */
export const reversing = proxyActivities<ReverseActivities>({
  startToCloseTimeout: '30m',
  heartbeatTimeout: DEAD_AFTER_LONG,
  retry: forEver,
});
