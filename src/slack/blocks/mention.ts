import { slackUserOf } from '../people.ts';
import { safe } from './text.ts';

/** A person in mrkdwn: a mention for people of Slack, the escaped name or id for others. */
export function mentionOf(id: string, names: Readonly<Record<string, string>> = {}): string {
  const user = slackUserOf(id);
  return user ? `<@${user}>` : safe(names[id] ?? id, 80);
}

export const mentions = (ids: readonly string[], names: Readonly<Record<string, string>> = {}): string =>
  ids.map((id) => mentionOf(id, names)).join(', ');
