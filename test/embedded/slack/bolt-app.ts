import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { sampleWorkspace } from '../../../src/embedded/slack/sample-workspace.ts';
import { startSlackStandIn } from '../../../src/embedded/slack/stand-in.ts';
import type { SlackStandIn, SlackStandInOptions } from '../../../src/embedded/slack/stand-in.ts';

export const SIGNING_SECRET = 'test-signing-secret';
export const BOT_TOKEN = 'xoxb-test-token';

/** A stand-in and the smallest real Bolt app against it, both on free ports. */
export interface Pair {
  standIn: SlackStandIn;
  app: App;
  /** Slack's own client, without retries. */
  client: WebClient;
  close(): Promise<void>;
}

export function clientFor(standIn: SlackStandIn, token = BOT_TOKEN, timeoutMs = 5_000): WebClient {
  return new WebClient(token, {
    slackApiUrl: standIn.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs,
    logLevel: LogLevel.ERROR,
    logger: silent,
  });
}

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

export async function startPair(
  options: Partial<SlackStandInOptions> & { appSecret?: string } = {},
): Promise<Pair> {
  const { appSecret, ...standInOptions } = options;
  const standIn = await startSlackStandIn({
    ...sampleWorkspace(),
    host: '127.0.0.1',
    signingSecret: SIGNING_SECRET,
    botToken: BOT_TOKEN,
    requestUrl: 'http://127.0.0.1:9/slack/events',
    rateLimits: 'off',
    ...standInOptions,
  });
  const receiver = new HTTPReceiver({
    signingSecret: appSecret ?? SIGNING_SECRET,
    processBeforeResponse: true,
    logger: silent,
  });
  const app = new App({
    token: BOT_TOKEN,
    receiver,
    clientOptions: { slackApiUrl: standIn.apiUrl, retryConfig: { retries: 0 } },
    tokenVerificationEnabled: false,
    logger: silent,
  });
  app.error(async (error) => {
    throw error;
  });
  const server = await app.start({ port: 0, host: '127.0.0.1' });
  const address = 'address' in server ? server.address() : null;
  if (address === null || typeof address === 'string') throw new Error('The Bolt app has no port');
  standIn.setRequestUrl(`http://127.0.0.1:${address.port}/slack/events`);
  return {
    standIn,
    app,
    client: clientFor(standIn),
    close: async () => {
      await app.stop();
      await standIn.close();
    },
  };
}

/** The error string of a refused call, and where Slack says it lies. */
export async function refusal(call: Promise<unknown>): Promise<{ error: string; messages: string[] }> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error && 'data' in error && typeof error.data === 'object' && error.data !== null) {
      const data = error.data as { error: string; response_metadata?: { messages?: string[] } };
      return { error: data.error, messages: data.response_metadata?.messages ?? [] };
    }
    throw error;
  }
  throw new Error('The call was expected to be refused and was not');
}
