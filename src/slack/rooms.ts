import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { IncidentState } from '../domain/incident/state.ts';
import type { Documents, EffectLedger } from '../store/port.ts';
import { said } from './blocks/text.ts';
import { slackErrorOf } from './errors.ts';
import type { SlackLog } from './log.ts';
import { slackUserOf } from './people.ts';
import type { Address, Posts } from './posts.ts';

const KIND = 'slack_room';
const Room = z.object({ channel: z.string() });

export interface RoomDeps {
  client: WebClient;
  documents: Documents;
  ledger: EffectLedger;
  posts: Posts;
  log: SlackLog;
  /** `channel`: each incident has a channel of its own; `thread`: it is talked about below its card. */
  room: 'thread' | 'channel';
  /** Slack users who are invited. */
  onCall: readonly string[];
}

/** The channel of an incident that has one of its own; null where it is talked about below its card. */
export async function roomOf(
  { documents }: Pick<RoomDeps, 'documents'>,
  incidentId: string,
): Promise<string | null> {
  return Room.safeParse(await documents.get(KIND, incidentId)).data?.channel ?? null;
}

/** Slack: at most 80 lower-case letters, digits, dashes and underscores. */
const nameOf = (incidentId: string, attempt: number): string => {
  const base = `inc-${incidentId.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, '-')}`;
  return attempt === 1 ? base.slice(0, 80) : `${base.slice(0, 77)}-${attempt}`;
};

const MOST_NAMES = 5;
/** Pages of the list of channels that are searched for a name. */
const MOST_PAGES = 20;

/** The channel of this name, if this app made it: in a try whose answer was lost. */
async function leftOver({ client }: RoomDeps, name: string): Promise<string | null> {
  const { user_id: self } = await client.auth.test();
  let cursor = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await client.conversations.list({
      types: 'public_channel',
      exclude_archived: true,
      limit: 1_000,
      ...(cursor ? { cursor } : {}),
    });
    const found = answer.channels?.find((channel) => channel.name === name);
    if (found) return found.id && found.creator === self && found.is_member ? found.id : null;
    cursor = answer.response_metadata?.next_cursor ?? '';
    if (!cursor) return null;
  }
  return null;
}

/**
 * A name that is taken may be ours, from a try whose answer was lost: that channel is used. Somebody else's is left
 * alone, and the next name taken; so it is where the token may not list channels (`channels:read`).
 */
async function createChannel(deps: RoomDeps, incidentId: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const name = nameOf(incidentId, attempt);
    try {
      const { channel } = await deps.client.conversations.create({ name });
      return channel?.id ?? '';
    } catch (error) {
      if (slackErrorOf(error) !== 'name_taken' || attempt >= MOST_NAMES) throw error;
      const known = await leftOver(deps, name).catch((failed: unknown) => {
        if (slackErrorOf(failed) === 'missing_scope') return null;
        throw failed;
      });
      if (known) return known;
    }
  }
}

async function invite(
  { client, onCall, log }: RoomDeps,
  channel: string,
  state: IncidentState,
): Promise<void> {
  const owner = state.ownerId ? slackUserOf(state.ownerId) : null;
  for (const user of new Set([...onCall, ...(owner ? [owner] : [])]))
    await client.conversations
      .invite({ channel, users: user })
      .catch((error: unknown) => log.warn('somebody could not be invited to the incident’s channel', error));
}

/**
 * Makes the incident's own channel, once, and says which it is: `known` where there is one. Where Slack does not allow
 * it, the thread of the card stays its place: null.
 */
export async function ensureRoom(
  deps: RoomDeps,
  state: IncidentState,
  card: Address,
  known: string | null,
): Promise<string | null> {
  if (known !== null || deps.room !== 'channel' || state.status !== 'open') return known;
  const { incidentId } = state;
  const key = `slack:${incidentId}:room`;
  if ((await deps.ledger.intend(`${key}:tried`, 'slack_room', {}))?.state === 'done') return null;
  let channel: string;
  try {
    channel = await createChannel(deps, incidentId);
  } catch (error) {
    if (slackErrorOf(error) === null) throw error;
    deps.log.warn('no channel could be made for the incident; its thread is used', error);
    await deps.ledger.settle(`${key}:tried`, 'done', { error: slackErrorOf(error) });
    return null;
  }
  await deps.documents.put(KIND, incidentId, { channel });
  await invite(deps, channel, state);
  const text = card.url
    ? `<${card.url}|The card of this incident>`
    : 'The card stands in the incident channel.';
  const message = { text, blocks: [said(text)] };
  await deps.posts.keep({
    key: `${incidentId}:room`,
    channel,
    message,
    frozen: true,
    sinceMs: state.openedAt,
  });
  return channel;
}
