import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Documents, EffectLedger } from '../store/port.ts';
import type { Message } from './blocks/message.ts';
import { slackErrorOf } from './errors.ts';
import { sha256Of } from './prose.ts';

const KIND = 'slack_message';
/** In a message's metadata: how it is found again when the answer to its posting was lost. */
const EVENT_TYPE = 'holdpoint_message';

const Address = z.object({
  channel: z.string(),
  ts: z.string(),
  /** Of what it shows; equal means nothing to update. */
  digest: z.string(),
  /** Counts from 1; a message that somebody deleted is posted again as the next one. */
  generation: z.int().positive(),
  frozen: z.boolean(),
  url: z.string().nullable(),
});
export type Address = z.infer<typeof Address>;

export interface Post {
  /** Its name for ever, e.g. `<incidentId>:card`. */
  key: string;
  channel: string;
  message: Message;
  /** Posted as a reply to this message; `broadcast` shows it in the channel too. */
  thread?: { ts: string; broadcast: boolean };
  /** Nothing will change any more. */
  frozen?: boolean;
  /** Said instead to a person when an earlier try may have reached them: their conversation cannot be searched. */
  again?: Message;
  /** Where it stands, when that was read already; null: it was never posted. */
  known?: Address | null;
  /** Other messages and lists link to it. */
  linked?: boolean;
  /** When the incident opened: nothing older is searched. */
  sinceMs: number;
}

export interface Posts {
  /** Posts once, updates when the words changed, finds a lost one back before posting again. */
  keep(post: Post): Promise<Address>;
  addressOf(key: string): Promise<Address | null>;
  /** Of those that were posted. */
  addressesOf(keys: readonly string[]): Promise<Map<string, Address>>;
}

interface Deps {
  client: WebClient;
  documents: Documents;
  ledger: EffectLedger;
}

const Found = z.looseObject({
  ts: z.string(),
  metadata: z
    .looseObject({
      event_type: z.string(),
      event_payload: z.looseObject({ key: z.string().optional(), generation: z.number().optional() }),
    })
    .optional(),
});

/** A conversation with one person is addressed by the person; its history is theirs, and not read. */
const isPerson = (channel: string): boolean => /^[UW]/.test(channel);

/** Pages of a channel's history that are searched for a lost message. */
const MOST_PAGES = 5;

async function findAgain({ client }: Deps, post: Post, generation: number): Promise<string | null> {
  const { channel, thread, key, sinceMs } = post;
  const range = {
    channel,
    include_all_metadata: true,
    limit: 200,
    oldest: String(Math.max(0, sinceMs / 1_000 - 60)),
  };
  let cursor = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const more = cursor ? { cursor } : {};
    const answer = thread
      ? await client.conversations.replies({ ...range, ...more, ts: thread.ts })
      : await client.conversations.history({ ...range, ...more });
    for (const raw of answer.messages ?? []) {
      const message = Found.safeParse(raw).data;
      const payload = message?.metadata?.event_type === EVENT_TYPE ? message.metadata.event_payload : null;
      if (message && payload?.key === key && payload.generation === generation) return message.ts;
    }
    cursor = answer.response_metadata?.next_cursor ?? '';
    if (!cursor) return null;
  }
  return null;
}

const metadataOf = (post: Post, generation: number) => ({
  event_type: EVENT_TYPE,
  event_payload: { key: post.key, generation },
});

async function permalink({ client }: Deps, channel: string, ts: string): Promise<string | null> {
  const answer = await client.chat.getPermalink({ channel, message_ts: ts }).catch(() => null);
  return answer?.permalink ?? null;
}

/** Posts under a ledger row: a posting whose answer was lost is looked for before it is tried again. */
async function postOnce(
  deps: Deps,
  post: Post,
  generation: number,
): Promise<{ channel: string; ts: string }> {
  const ledgerKey = `slack:${post.key}:${generation}`;
  const before = await deps.ledger.intend(ledgerKey, 'slack_message', { channel: post.channel });
  const known = z.object({ channel: z.string(), ts: z.string() }).safeParse(before?.result);
  if (before?.state === 'done' && known.success) return known.data;
  const lost = before?.state === 'intended' || before?.state === 'uncertain';
  const found = lost && !isPerson(post.channel) ? await findAgain(deps, post, generation) : null;
  const again = lost && isPerson(post.channel) ? (post.again ?? post.message) : post.message;
  const at =
    found === null
      ? await postNow(deps, { ...post, message: again }, generation, ledgerKey)
      : { channel: post.channel, ts: found };
  await deps.ledger.settle(ledgerKey, 'done', at);
  return at;
}

async function postNow(
  deps: Deps,
  post: Post,
  generation: number,
  ledgerKey: string,
): Promise<{ channel: string; ts: string }> {
  const { channel, message, thread } = post;
  const content = {
    channel,
    text: message.text,
    blocks: message.blocks,
    metadata: metadataOf(post, generation),
    unfurl_links: false,
    unfurl_media: false,
  };
  try {
    const answer = await deps.client.chat.postMessage(
      thread ? { ...content, thread_ts: thread.ts, reply_broadcast: thread.broadcast } : content,
    );
    return { channel: answer.channel ?? channel, ts: answer.ts ?? '' };
  } catch (error) {
    if (thread && slackErrorOf(error) === 'thread_not_found') {
      const { thread: _gone, ...alone } = post;
      return await postNow(deps, alone, generation, ledgerKey);
    }
    const refused = slackErrorOf(error) !== null || (error instanceof Error && 'retryAfter' in error);
    if (refused)
      await deps.ledger.settle(ledgerKey, 'not_done', { error: slackErrorOf(error) ?? 'ratelimited' });
    throw error;
  }
}

/** The message is there no more, or is not ours any more: it is posted again. */
const GONE = [
  'message_not_found',
  'cant_update_message',
  'thread_not_found',
  'is_inactive',
  'is_archived',
  'channel_not_found',
];

export function createPosts(deps: Deps): Posts {
  const addressOf = async (key: string): Promise<Address | null> =>
    Address.safeParse(await deps.documents.get(KIND, key)).data ?? null;

  async function postAnew(post: Post, digest: string, generation: number): Promise<Address> {
    const at = await postOnce(deps, post, generation);
    const url = post.linked ? await permalink(deps, at.channel, at.ts) : null;
    const address: Address = { ...at, digest, generation, frozen: post.frozen ?? false, url };
    await deps.documents.put(KIND, post.key, address);
    return address;
  }

  return {
    addressOf,
    addressesOf: async (keys) => {
      const found = await deps.documents.getMany(KIND, keys);
      return new Map(
        [...found].flatMap(([key, value]) => {
          const address = Address.safeParse(value).data;
          return address ? [[key, address] as const] : [];
        }),
      );
    },
    keep: async (post) => {
      const digest = sha256Of(JSON.stringify(post.message));
      const known = post.known === undefined ? await addressOf(post.key) : post.known;
      if (!known) return await postAnew(post, digest, 1);
      if (known.frozen || known.digest === digest) return known;
      try {
        await deps.client.chat.update({
          channel: known.channel,
          ts: known.ts,
          text: post.message.text,
          blocks: post.message.blocks,
          metadata: metadataOf(post, known.generation),
        });
      } catch (error) {
        if (!GONE.includes(slackErrorOf(error) ?? '')) throw error;
        return await postAnew(post, digest, known.generation + 1);
      }
      const updated: Address = { ...known, digest, frozen: post.frozen ?? false };
      await deps.documents.put(KIND, post.key, updated);
      return updated;
    },
  };
}
