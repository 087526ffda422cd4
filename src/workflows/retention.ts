import { proxyActivities } from '@temporalio/workflow';
import type { RetainActivities, Retained, RetentionAges } from '../activities/types.ts';
import { forEver } from './retry.ts';

const { retain } = proxyActivities<RetainActivities>({
  startToCloseTimeout: '1h',
  heartbeatTimeout: '1m',
  retry: forEver,
});

/** One round of the retention policy; a schedule starts it once a day. */
export async function retention(ages: RetentionAges): Promise<Retained> {
  return retain(ages);
}
