import { ApplicationFailure } from '@temporalio/common';
import { retryAfterOf, slackErrorOf, slackMessagesOf } from './errors.ts';

/** What to do about answers of Slack that no retry changes; `holdpoint doctor` says the same. */
const remedies: Readonly<Record<string, string>> = {
  invalid_auth: 'Set SLACK_BOT_TOKEN to the bot token of the installed app.',
  not_authed: 'Set SLACK_BOT_TOKEN.',
  account_inactive: 'Install the app again.',
  token_revoked: 'Install the app again and set the new SLACK_BOT_TOKEN.',
  missing_scope: 'Update the app from deploy/slack-manifest.yaml and install it again.',
  channel_not_found: 'Set slack.channel to a channel that exists, and invite the app.',
  not_in_channel: 'Invite the app to the channel of slack.channel.',
  is_archived: 'Unarchive the channel, or set slack.channel to another one.',
};

const MINUTE_MS = 60_000;

/** A failed call as a hint for Temporal's retries: Slack's own wait is obeyed, a wrong set-up is tried each minute. */
export function asFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  const cause = error instanceof Error ? error : undefined;
  const retryAfterS = retryAfterOf(error);
  if (retryAfterS !== null)
    return ApplicationFailure.create({
      type: 'SlackRateLimited',
      message: `Slack asks to wait ${retryAfterS} s.`,
      nextRetryDelay: retryAfterS * 1_000,
      ...(cause ? { cause } : {}),
    });
  const code = slackErrorOf(error);
  const remedy = code === null ? undefined : remedies[code];
  return ApplicationFailure.create({
    type: code === null ? 'SlackUnavailable' : remedy ? 'SlackMisconfigured' : 'SlackRefused',
    message: [code ?? cause?.message ?? 'Slack did not answer', remedy, ...slackMessagesOf(error).slice(0, 5)]
      .filter(Boolean)
      .join(': '),
    ...(remedy ? { nextRetryDelay: MINUTE_MS } : {}),
    ...(cause ? { cause } : {}),
  });
}
