import { ApplicationFailure } from '@temporalio/common';
import type { WebClient } from '@slack/web-api';
import type { IncidentRow, Store } from '../store/port.ts';
import { approversNow } from '../slack/approvers.ts';
import { noticeOf, type Audience } from '../slack/blocks/notices.ts';
import { escape, said } from '../slack/blocks/text.ts';
import { keepCard, keepSignOffs, type CardDeps } from '../slack/cards.ts';
import type { EvidenceReader } from '../slack/evidence.ts';
import { asFailure } from '../slack/failures.ts';
import { createHomeKeeper } from '../slack/homes.ts';
import { createIdentity } from '../slack/identity.ts';
import { readerOf } from '../slack/listeners/reading.ts';
import { silent, type SlackLog } from '../slack/log.ts';
import { sayNotice } from '../slack/notices.ts';
import { slackUserOf, type PeopleConfig } from '../slack/people.ts';
import { ensureRoom, type RoomDeps } from '../slack/rooms.ts';
import { createPosts, type Posts } from '../slack/posts.ts';
import { sha256Of } from '../slack/prose.ts';
import type { NotifyActivities } from './types.ts';

export interface NotifyDeps {
  client: WebClient;
  store: Pick<Store, 'incidents' | 'documents' | 'ledger'> & {
    audit: Pick<Store['audit'], 'events'>;
    directory: Pick<Store['directory'], 'put' | 'names'>;
  };
  evidence: EvidenceReader;
  people: PeopleConfig;
  config: Pick<CardDeps, 'channel' | 'signOffsIn'> & { room?: RoomDeps['room'] };
  /** Reaches people outside Slack; `to` is a step of the escalation chain. Called again after a crash, with the same key. */
  page: (page: { to: Audience; text: string; key: string }) => Promise<void>;
  pageUrl?: (incidentId: string) => string | null;
  now?: () => number;
  log?: SlackLog;
}

/** A failed call of Slack as a hint for the activity's retries. */
const orFailure = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    throw asFailure(error);
  }
};

async function rowWith(store: NotifyDeps['store'], incidentId: string, seq: number): Promise<IncidentRow> {
  const row = await store.incidents.get(incidentId);
  if (row && row.seq >= seq) return row;
  throw ApplicationFailure.create({
    type: 'ProjectionBehind',
    message: `The projection of ${incidentId} has no event ${seq} yet.`,
    nextRetryDelay: 500,
  });
}

/** What Slack shows of incidents. Each message has one writer: the incident's workflow, through these. */
export function createNotifyActivities(deps: NotifyDeps): NotifyActivities {
  const { client, store, people } = deps;
  const now = deps.now ?? Date.now;
  const log = deps.log ?? silent;
  const posts = createPosts({ client, documents: store.documents, ledger: store.ledger });
  const identity = createIdentity({ client, people, directory: store.directory, now });
  const cards: CardDeps = {
    ...deps.config,
    posts,
    client,
    ledger: store.ledger,
    store,
    evidence: deps.evidence,
    pageUrl: deps.pageUrl ?? (() => null),
    now,
    log,
  };

  const keepHomes = createHomeKeeper({ client, store, now, log });
  const rooms: RoomDeps = {
    ...cards,
    documents: store.documents,
    room: deps.config.room ?? 'thread',
    onCall: people.onCall.primary,
  };

  /** Slack may make the notice be tried again: who was woken is not woken twice by it. */
  const pageOnce = async (page: Parameters<NotifyDeps['page']>[0]): Promise<void> => {
    const ledgerKey = `page:${page.key}`;
    if ((await store.ledger.intend(ledgerKey, 'page', { to: page.to }))?.state === 'done') return;
    await deps.page(page);
    await store.ledger.settle(ledgerKey, 'done', { to: page.to });
  };

  return {
    refreshCard: ({ incidentId, seq }) =>
      orFailure(async () => {
        const row = await rowWith(store, incidentId, seq);
        const card = await keepCard(cards, row);
        await ensureRoom(rooms, row.state, card);
        await keepSignOffs(cards, row, card);
        await keepHomes();
      }),

    sendNotice: ({ incidentId, seq }) =>
      orFailure(async () => {
        const row = await rowWith(store, incidentId, seq);
        const event = (await store.audit.events(incidentId)).find((one) => one.seq === seq);
        const notice = event && noticeOf(event, row.state, await readerOf(cards, row));
        if (!notice) return;
        const say = sayNotice(
          { posts, documents: store.documents, people, channel: cards.channel },
          row.state,
          seq,
          notice,
        );
        const key = `${incidentId}:${seq}`;
        const results = await Promise.allSettled([
          notice.page ? pageOnce({ ...notice.page, key }) : null,
          say,
        ]);
        for (const result of results) if (result.status === 'rejected') throw result.reason;
      }),

    sendRefusal: ({ incidentId, late }) => orFailure(() => tellRefusal(posts, store, incidentId, late)),

    refreshApprovers: async () => await approversNow(client, identity, people),
  };
}

type Late = Parameters<NotifyActivities['sendRefusal']>[0]['late'];

/** In the person's own conversation with the app: by now they may look at another channel. */
async function tellRefusal(
  posts: Posts,
  store: NotifyDeps['store'],
  incidentId: string,
  late: Late,
): Promise<void> {
  const userId = slackUserOf(late.to.id);
  const row = userId ? await store.incidents.get(incidentId) : null;
  if (!userId || !row) return;
  const { sentence, next } = late.refusal;
  const text = `*Your pending click was refused.* ${escape(sentence)} ${escape(next)}`;
  await posts.keep({
    key: `${incidentId}:refusal:${sha256Of(JSON.stringify(late)).slice(0, 24)}`,
    channel: userId,
    message: { text, blocks: [said(text)] },
    frozen: true,
    sinceMs: row.state.openedAt,
  });
}
