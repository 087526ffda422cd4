import type { IncidentRow } from '../store/port.ts';
import { incidentCard } from './blocks/card/card.ts';
import type { Reader } from './blocks/reading.ts';
import { signOffMessage } from './blocks/sign-off/message.ts';
import { roomOf } from './rooms.ts';
import { planOf, readerOf, type ReadingDeps } from './listeners/reading.ts';
import { keepList, type ListDeps } from './lists.ts';
import type { Address, Posts } from './posts.ts';

/** Key of a card's address among the documents of kind `slack_message`. */
export const cardKey = (incidentId: string): string => `${incidentId}:card`;
export const signOffKey = (incidentId: string, requestId: string): string =>
  `${incidentId}:sign-off:${requestId}`;

export interface CardDeps extends ReadingDeps, ListDeps {
  posts: Posts;
  /** Channel id where cards and sign-offs stand. */
  channel: string;
  /** Beside the card, or in its thread and shown in the channel. */
  signOffsIn: 'channel' | 'thread';
}

/** What one refresh shows beside the state: the incident's own channel, where it has one, and what stands already. */
export type Shown = Reader & { room: string | null; known: ReadonlyMap<string, Address> };

export async function shownWith(deps: CardDeps, row: IncidentRow): Promise<Shown> {
  const { incidentId, signOffs } = row.state;
  const keys = Object.keys(signOffs).map((requestId) => signOffKey(incidentId, requestId));
  const [reader, room, known] = await Promise.all([
    readerOf(deps, row),
    roomOf(deps.store, incidentId),
    deps.posts.addressesOf([cardKey(incidentId), ...keys]),
  ]);
  return { ...reader, room, known };
}

/** The incident's card, posted once and updated; frozen when the incident has ended. */
export async function keepCard(deps: CardDeps, { state }: IncidentRow, shown: Shown): Promise<Address> {
  const key = cardKey(state.incidentId);
  return await deps.posts.keep({
    key,
    known: shown.known.get(key) ?? null,
    channel: deps.channel,
    message: incidentCard(state, shown),
    frozen: state.status !== 'open',
    linked: true,
    sinceMs: state.openedAt,
  });
}

/** A message a request: posted while it is open, frozen when it is decided, void, or the incident has ended. */
export async function keepSignOffs(
  deps: CardDeps,
  { state }: IncidentRow,
  card: Address,
  shown: Shown,
): Promise<void> {
  const { room, known: standing, ...reader } = shown;
  const threaded = room === null && deps.signOffsIn === 'thread';
  let unread = false;
  for (const request of Object.values(state.signOffs)) {
    const key = signOffKey(state.incidentId, request.requestId);
    const open = request.status === 'open' && state.status === 'open';
    const known = standing.get(key) ?? null;
    if (known?.frozen || (!open && !known)) continue;
    const plan = open ? await planOf(deps, state, request.classId) : null;
    unread ||= open && plan === null;
    const glassOpen = request.glass !== null && request.glass.countersignedBy === null;
    const address = await deps.posts.keep({
      key,
      known,
      channel: room ?? card.channel,
      message: signOffMessage(state, request, plan, reader),
      ...(threaded ? { thread: { ts: card.ts, broadcast: true } } : {}),
      frozen: !open && (!glassOpen || state.status !== 'open'),
      sinceMs: state.openedAt,
    });
    const threadTs = threaded ? card.ts : address.ts;
    if (plan) await keepList(deps, { ...address, threadTs }, state.incidentId, request, plan);
  }
  if (unread) throw new Error('A sealed plan could not be read; its sign-off says so until it can.');
}
