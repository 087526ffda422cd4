import { ApplicationFailure } from '@temporalio/common';
import type { WebClient } from '@slack/web-api';
import type { IncidentEvent } from '../domain/incident/event.ts';
import { createQuiet } from './quiet.ts';
import type { IncidentRow, Store } from '../store/port.ts';
import { approversNow } from '../slack/approvers.ts';
import { noticeOf, type Notice } from '../slack/blocks/notices.ts';
import { keepCard, keepSignOffs, shownWith, type CardDeps } from '../slack/cards.ts';
import type { EvidenceReader } from '../slack/evidence.ts';
import { asFailure } from '../slack/failures.ts';
import { createHomeKeeper } from '../slack/homes.ts';
import { createIdentity } from '../slack/identity.ts';
import { readerOf } from '../slack/listeners/reading.ts';
import { silent, type SlackLog } from '../slack/log.ts';
import { sayNotice } from '../slack/notices.ts';
import type { PeopleConfig } from '../slack/people.ts';
import { ensureRoom, type RoomDeps } from '../slack/rooms.ts';
import { createPosts } from '../slack/posts.ts';
import { tellRefusal } from './notify/late-refusal.ts';
import { createPages, type PagesDeps } from './notify/pages.ts';
import type { NotifyActivities } from './types.ts';

export interface NotifyDeps {
  client: WebClient;
  store: Pick<Store, 'incidents' | 'documents' | 'ledger'> & {
    audit: Pick<Store['audit'], 'event'>;
    directory: Pick<Store['directory'], 'put' | 'names'>;
  };
  evidence: EvidenceReader;
  people: PeopleConfig;
  config: Pick<CardDeps, 'channel' | 'signOffsIn'> & { room?: RoomDeps['room'] };
  page: PagesDeps['page'];
  settlePage?: PagesDeps['settlePage'];
  pageUrl?: (incidentId: string) => string | null;
  now?: () => number;
  log?: SlackLog;
}

/** A failed call of Slack as a hint for the activity's retries. */
const orFailure = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
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

  const quiet = createQuiet(now);
  const keepHomes = createHomeKeeper({ client, store, now, log });
  const rooms: RoomDeps = {
    ...cards,
    documents: store.documents,
    room: deps.config.room ?? 'thread',
    onCall: people.onCall.primary,
  };

  const pages = createPages({ store, page: deps.page, settlePage: deps.settlePage });
  /** Slack may make the notice be tried again: who was woken is not woken twice by it. */
  const wake = async (incidentId: string, event: IncidentEvent, notice: Notice): Promise<void> => {
    if (notice.page) await pages.send(incidentId, event, notice.page);
    if (event.type === 'acknowledged') await pages.settle(incidentId, 'acknowledge');
    if (event.type === 'incidentEnded') await pages.settle(incidentId, 'resolve');
  };

  return {
    refreshCard: ({ incidentId, seq, quietMs = 0 }) =>
      orFailure(async () => {
        quiet.check(incidentId, quietMs);
        const row = await rowWith(store, incidentId, seq);
        const shown = await shownWith(cards, row);
        const card = await keepCard(cards, row, shown);
        const room = await ensureRoom(rooms, row.state, card, shown.room);
        await keepSignOffs(cards, row, card, { ...shown, room });
        await keepHomes();
        quiet.shown(incidentId);
        return { shownSeq: row.seq };
      }),

    sendNotice: ({ incidentId, seq }) =>
      orFailure(async () => {
        const row = await rowWith(store, incidentId, seq);
        const event = await store.audit.event(incidentId, seq);
        const notice = event && noticeOf(event, row.state, await readerOf(cards, row));
        if (!notice) return;
        const say = sayNotice(
          { posts, documents: store.documents, people, channel: cards.channel },
          row.state,
          seq,
          notice,
        );
        const results = await Promise.allSettled([wake(incidentId, event, notice), say]);
        for (const result of results) if (result.status === 'rejected') throw result.reason;
      }),

    sendRefusal: (order) => orFailure(() => tellRefusal({ posts, store, now }, order)),

    refreshApprovers: async () => await approversNow(client, identity, people),
  };
}
