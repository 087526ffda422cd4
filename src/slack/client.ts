import { WebClient, type WebClientOptions } from '@slack/web-api';
import { silent, type SlackLog } from './log.ts';

export interface SlackClientConfig {
  botToken: string;
  /** Elsewhere than slack.com: the stand-in, or a proxy. Ends in `/api/`. */
  slackApiUrl?: string | undefined;
  log?: SlackLog | undefined;
  /** How long one call may take; 10 s where left out. */
  timeoutMs?: number | undefined;
}

/**
 * No retries inside the client: its defaults wait for up to half an hour. A workflow retries and obeys `Retry-After`;
 * a person presses again.
 */
export const clientOptions = ({
  slackApiUrl,
  log,
  timeoutMs = 10_000,
}: Omit<SlackClientConfig, 'botToken'>): WebClientOptions => ({
  ...(slackApiUrl ? { slackApiUrl } : {}),
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  timeout: timeoutMs,
  logger: log ?? silent,
});

export const createSlackClient = (config: SlackClientConfig): WebClient =>
  new WebClient(config.botToken, clientOptions(config));
