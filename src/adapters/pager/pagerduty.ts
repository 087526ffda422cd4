import type { Resolve } from '../tools/address-guard.ts';
import { postPage } from './post.ts';
import type { Page, Pager } from './port.ts';

export interface PagerDutyOptions {
  routingKey: string;
  /** Elsewhere than PagerDuty's own address. */
  url?: string | null;
  /** Where the alert comes from, as PagerDuty shows it. */
  source?: string;
  timeoutMs?: number;
  resolve?: Resolve;
}

const EVENTS_URL = 'https://events.pagerduty.com/v2/enqueue';
/** Events API v2: a summary has at most 1,024 characters, a dedup key 255. */
const MOST_SUMMARY = 1_024;
const MOST_KEY = 255;

/** A step further up the chain wakes more loudly. */
const SEVERITY: Record<Page['to'], 'warning' | 'error' | 'critical'> = {
  primary: 'error',
  secondary: 'critical',
  manager: 'critical',
};

/** Pages through the Events API v2: the same key again is the same alert there, and settles it. */
export const createPagerDuty = (options: PagerDutyOptions): Pager => {
  const { routingKey, url, source = 'holdpoint', timeoutMs = 10_000, resolve } = options;
  const send = (action: 'trigger' | 'acknowledge' | 'resolve', key: string, rest: object): Promise<void> =>
    postPage({
      name: 'pagerduty',
      url: url ?? EVENTS_URL,
      headers: {},
      body: JSON.stringify({
        routing_key: routingKey,
        event_action: action,
        dedup_key: key.slice(0, MOST_KEY),
        ...rest,
      }),
      timeoutMs,
      resolve,
    });
  return {
    name: 'pagerduty',
    page: ({ to, text, key }) =>
      send('trigger', key, {
        payload: {
          summary: text.slice(0, MOST_SUMMARY),
          severity: SEVERITY[to],
          source,
          component: 'holdpoint',
          custom_details: { to },
        },
      }),
    settle: (key, as) => send(as, key, {}),
  };
};
