import { proxyActivities } from '@temporalio/workflow';
import type {
  AnalyseActivities,
  ContainActivities,
  DistributeActivities,
  NotifyActivities,
  PreserveActivities,
  RecordActivities,
  ReverseActivities,
} from '../activities/types.ts';
import { aWhile, forEver, politely } from './retry.ts';

/** One adapter call and its confirmation; the workflow itself repeats what stays unconfirmed. */
export const containing = proxyActivities<ContainActivities>({
  startToCloseTimeout: '45s',
  retry: { ...forEver, maximumInterval: '5s' },
});
export const recording = proxyActivities<RecordActivities>({ startToCloseTimeout: '30s', retry: forEver });
/** An export may be long; it heartbeats a page. */
export const preserving = proxyActivities<PreserveActivities>({
  startToCloseTimeout: '1h',
  heartbeatTimeout: '1m',
  retry: aWhile,
});
export const analysing = proxyActivities<AnalyseActivities>({ startToCloseTimeout: '10m', retry: aWhile });
export const notifying = proxyActivities<NotifyActivities>({ startToCloseTimeout: '30s', retry: politely });
export const distributing = proxyActivities<DistributeActivities>({
  startToCloseTimeout: '2m',
  retry: politely,
});
/** A window of reversals; each action has its own key and ledger row, so a repeated window repeats nothing. */
export const reversing = proxyActivities<ReverseActivities>({
  startToCloseTimeout: '30m',
  heartbeatTimeout: '2m',
  retry: forEver,
});
