import { ApplicationFailure } from '@temporalio/common';
import type { WebClient } from '@slack/web-api';
import type { IncidentState } from '../domain/incident/state.ts';
import type { IncidentRow, Store } from '../store/port.ts';
import { approversNow } from '../slack/approvers.ts';
import { incidentCard, type Message } from '../slack/blocks/card/card.ts';
import { noticeOf, type Audience, type Notice } from '../slack/blocks/notices.ts';
import { mentions } from '../slack/blocks/mention.ts';
import { signOffMessage, whoMaySign } from '../slack/blocks/sign-off/message.ts';
import { cut, escape, said } from '../slack/blocks/text.ts';
import type { EvidenceReader } from '../slack/evidence.ts';
import { asFailure } from '../slack/failures.ts';
import { refreshHomes } from '../slack/homes.ts';
import { createIdentity } from '../slack/identity.ts';
import { planOf, readerOf } from '../slack/listeners/reading.ts';
import { silent, type SlackLog } from '../slack/log.ts';
import { slackUserOf, type PeopleConfig } from '../slack/people.ts';
import { sha256Of } from '../slack/prose.ts';
import { createPosts, type Address, type Posts } from '../slack/posts.ts';
import type { NotifyActivities } from './types.ts';

export interface NotifyConfig {
  /** Channel id or `#name` where cards and sign-offs stand. */
  channel: string;
  /** Where sign-off requests stand: beside the card, or in its thread and shown in the channel. */
  signOffsIn: 'channel' | 'thread';
}

export interface NotifyDeps {
  client: WebClient;
  store: Pick<Store, 'incidents' | 'documents' | 'ledger'> & {
    audit: Pick<Store['audit'], 'events'>;
    directory: Pick<Store['directory'], 'put' | 'names'>;
  };
  evidence: EvidenceReader;
  people: PeopleConfig;
  config: NotifyConfig;
  /** Reaches people outside Slack; `to` is a step of the escalation chain. May be called twice for one event. */
  page: (page: { to: Audience; text: string; key: string }) => Promise<void>;
  pageUrl?: (incidentId: string) => string | null;
  now?: () => number;
  log?: SlackLog;
}

/** Key of a card's address among the documents of kind `slack_message`. */
export const cardKey = (incidentId: string): string => `${incidentId}:card`;
export const signOffKey = (incidentId: string, requestId: string): string => `${incidentId}:sign-off:${requestId}`;
const noticeKey = (incidentId: string, seq: number): string => `${incidentId}:notice:${seq}`;

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
  const { client, store, people, config } = deps;
  const now = deps.now ?? Date.now;
  const log = deps.log ?? silent;
  const pageUrl = deps.pageUrl ?? (() => null);
  const posts = createPosts({ client, documents: store.documents, ledger: store.ledger });
  const identity = createIdentity({ client, people, directory: store.directory, now });
  const reading = { store, evidence: deps.evidence, pageUrl, now, log };

  async function keepCard(row: IncidentRow): Promise<Address> {
    const { state } = row;
    const message = incidentCard(state, await readerOf(reading, row));
    return await posts.keep({
      key: cardKey(state.incidentId),
      channel: config.channel,
      message,
      frozen: state.status !== 'open' && row.head !== '',
      sinceMs: state.openedAt,
    });
  }

  async function keepSignOffs(row: IncidentRow, card: Address): Promise<void> {
    const { state } = row;
    const reader = await readerOf(reading, row);
    let unread = false;
    for (const request of Object.values(state.signOffs)) {
      const key = signOffKey(state.incidentId, request.requestId);
      const open = request.status === 'open' && state.status === 'open';
      const known = await posts.addressOf(key);
      if (known?.frozen || (!open && !known)) continue;
      const plan = open ? await planOf(reading, state, request.classId) : null;
      unread ||= open && plan === null;
      await posts.keep({
        key,
        channel: card.channel,
        message: signOffMessage(state, request, plan, reader),
        ...(config.signOffsIn === 'thread' ? { thread: { ts: card.ts, broadcast: true } } : {}),
        frozen: !open && (request.glass === null || request.glass.countersignedBy !== null),
        sinceMs: state.openedAt,
      });
    }
    if (unread) throw new Error('A sealed plan could not be read; its sign-off says so until it can.');
  }

  return {
    refreshCard: async ({ incidentId, seq }) => {
      const row = await rowWith(store, incidentId, seq);
      try {
        const card = await keepCard(row);
        await keepSignOffs(row, card);
        await refreshHomes({ client, store, now, log });
      } catch (error) {
        throw asFailure(error);
      }
    },

    sendNotice: async ({ incidentId, seq }) => {
      const row = await rowWith(store, incidentId, seq);
      const event = (await store.audit.events(incidentId)).find((one) => one.seq === seq);
      if (!event) return;
      const notice = noticeOf(event, row.state, await readerOf(reading, row));
      if (!notice) return;
      const key = noticeKey(incidentId, seq);
      await Promise.all([
        notice.page ? deps.page({ ...notice.page, key }) : Promise.resolve(),
        say(posts, config, people, row.state, notice, key),
      ]).catch((error: unknown) => {
        throw asFailure(error);
      });
    },

    sendRefusal: async ({ incidentId, late }) => {
      const userId = slackUserOf(late.to.id);
      const row = await store.incidents.get(incidentId);
      if (!userId || !row) return;
      const { sentence, next } = late.refusal;
      const text = `*Your pending click was refused.* ${escape(sentence)} ${escape(next)}`;
      const key = `${incidentId}:refusal:${sha256Of(JSON.stringify(late)).slice(0, 24)}`;
      await posts
        .keep({ key, channel: userId, message: { text, blocks: [said(text)] }, frozen: true, sinceMs: row.state.openedAt })
        .catch((error: unknown) => {
          throw asFailure(error);
        });
    },

    refreshApprovers: async () => await approversNow(client, identity, people),
  };
}

function mentioned(notice: Notice, people: PeopleConfig, state: IncidentState): string {
  const { mention } = notice;
  if (mention === null) return '';
  if (typeof mention === 'string') return people.onCall[mention].map((id) => `<@${id}>`).join(' ');
  const request = state.signOffs[mention.approversOf];
  return request ? mentions(whoMaySign(state, request).slice(0, 20)) : '';
}

/** Below the card; loud ones are shown in the channel too. Without a card yet: in the channel. */
async function say(
  posts: Posts,
  config: NotifyConfig,
  people: PeopleConfig,
  state: IncidentState,
  notice: Notice,
  key: string,
): Promise<void> {
  const card = await posts.addressOf(cardKey(state.incidentId));
  const who = mentioned(notice, people, state);
  const text = cut(who ? `${who} ${notice.text}` : notice.text, 2_900);
  const message: Message = { text, blocks: [said(text)] };
  await posts.keep({
    key,
    channel: card?.channel ?? config.channel,
    message,
    ...(card ? { thread: { ts: card.ts, broadcast: notice.loud } } : {}),
    frozen: true,
    sinceMs: state.openedAt,
  });
}
