import type { ListenerDeps } from './deps.ts';
import type { ClickBody } from './bodies.ts';

/** After Slack's own error mark, which says nothing and is gone. The same decision counts once. mrkdwn. */
export const uncertain = (retry: string): string =>
  `*Nothing is certain.* The incident engine did not answer. If the newest card does not show it, ${retry}.`;

/**
 * Answers one person: below the message they clicked in, else in the channel they came from, else in their
 * conversation with the app. mrkdwn; words from outside must be escaped. A lost answer is logged and stops nothing.
 */
export async function tell(
  deps: Pick<ListenerDeps, 'client' | 'log'>,
  body: Pick<ClickBody, 'user'> & { response_url?: string | undefined },
  channel: string | null,
  text: string,
): Promise<void> {
  try {
    if (body.response_url && (await respond(body.response_url, text))) return;
    if (channel) await deps.client.chat.postEphemeral({ channel, user: body.user.id, text });
    else await deps.client.chat.postMessage({ channel: body.user.id, text });
  } catch (error) {
    deps.log.warn('an answer did not reach the person', error);
  }
}

/** Slack's response_url: no scope needed, five uses in thirty minutes. */
async function respond(url: string, text: string): Promise<boolean> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text, response_type: 'ephemeral', replace_original: false }),
    redirect: 'error',
    signal: AbortSignal.timeout(1_000),
  }).catch(() => null);
  return answer?.ok === true;
}
