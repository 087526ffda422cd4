import type { IncidentState } from '../domain/incident/state.ts';
import type { Notice } from './blocks/notices.ts';
import { mentions } from './blocks/mention.ts';
import { whoMaySign } from './blocks/sign-off/message.ts';
import { cut, said } from './blocks/text.ts';
import { cardKey } from './cards.ts';
import type { PeopleConfig } from './people.ts';
import type { Posts } from './posts.ts';
import type { Documents } from '../store/port.ts';
import { roomOf } from './rooms.ts';

const noticeKey = (incidentId: string, seq: number): string => `${incidentId}:notice:${seq}`;

function mentioned({ mention }: Notice, people: PeopleConfig, state: IncidentState): string {
  if (mention === null) return '';
  if (typeof mention === 'string') return people.onCall[mention].map((id) => `<@${id}>`).join(' ');
  const request = state.signOffs[mention.approversOf];
  return request ? mentions(whoMaySign(state, request).slice(0, 20)) : '';
}

export interface NoticeDeps {
  posts: Posts;
  documents: Documents;
  people: PeopleConfig;
  channel: string;
}

/** Below the card; loud ones are shown in the channel too. Without a card yet: in the channel. Said once an event. */
export async function sayNotice(
  deps: NoticeDeps,
  state: IncidentState,
  seq: number,
  notice: Notice,
): Promise<void> {
  const { posts, people, channel } = deps;
  const card = await posts.addressOf(cardKey(state.incidentId));
  const who = mentioned(notice, people, state);
  const room = await roomOf(deps, state.incidentId);
  const text = cut(who ? `${who} ${notice.text}` : notice.text, 2_900);
  await posts.keep({
    key: noticeKey(state.incidentId, seq),
    channel: room ?? card?.channel ?? channel,
    message: { text, blocks: [said(text)] },
    ...(card && room === null ? { thread: { ts: card.ts, broadcast: notice.loud } } : {}),
    frozen: true,
    sinceMs: state.openedAt,
  });
}
