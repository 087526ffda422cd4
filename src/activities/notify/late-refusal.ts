import { escape, said } from '../../slack/blocks/text.ts';
import { slackUserOf } from '../../slack/people.ts';
import type { Posts } from '../../slack/posts.ts';
import { sha256Of } from '../../slack/prose.ts';
import { LATE_REFUSAL, lateRefusalKey } from '../../store/late-refusals.ts';
import type { Store } from '../../store/port.ts';
import type { NotifyActivities } from '../types.ts';

export interface LateRefusalDeps {
  posts: Posts;
  store: Pick<Store, 'incidents' | 'documents'>;
  now: () => number;
}

/**
 * A click that was taken as pending and refused later: told on the incident's page, and to people of Slack in their own
 * conversation with the app, for by now they may look at another channel. Where a crash leaves open whether they were
 * told, they are told again, and that it may be for the second time.
 */
export async function tellRefusal(
  { posts, store, now }: LateRefusalDeps,
  { incidentId, late }: Parameters<NotifyActivities['sendRefusal']>[0],
): Promise<void> {
  const row = await store.incidents.get(incidentId);
  if (!row) return;
  const { sentence, next } = late.refusal;
  const digest = sha256Of(JSON.stringify(late)).slice(0, 24);
  const key = lateRefusalKey(incidentId, late.to.id, digest);
  if ((await store.documents.get(LATE_REFUSAL, key)) === undefined)
    await store.documents.put(LATE_REFUSAL, key, {
      at: now(),
      commandType: late.commandType,
      sentence,
      next,
    });
  const userId = slackUserOf(late.to.id);
  if (!userId) return;
  const text = `*Your pending click was refused.* ${escape(sentence)} ${escape(next)}`;
  const again = `${text} (You may have been told this already: it is the same click.)`;
  await posts.keep({
    key: `${incidentId}:refusal:${digest}`,
    channel: userId,
    message: { text, blocks: [said(text)] },
    again: { text: again, blocks: [said(again)] },
    frozen: true,
    sinceMs: row.state.openedAt,
  });
}
