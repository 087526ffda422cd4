import type { PagerConfig } from '../../config/types.ts';
import { createPagerDuty } from './pagerduty.ts';
import type { Pager } from './port.ts';
import { createPagerWebhook } from './webhook.ts';

/** The pager of the configuration; null where there is none, and Slack alone tells people. */
export function pagerFrom(config: PagerConfig | null): Pager | null {
  if (!config) return null;
  return config.kind === 'webhook'
    ? createPagerWebhook({ url: config.url, secret: config.secret.reveal() })
    : createPagerDuty({ routingKey: config.routingKey.reveal(), url: config.url });
}
