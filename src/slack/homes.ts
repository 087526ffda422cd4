import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { IncidentRow, Store } from '../store/port.ts';
import { homeView, type Listed } from './blocks/home.ts';
import { cardKey } from './cards.ts';
import type { SlackLog } from './log.ts';

const KIND = 'slack_home';
const Opened = z.object({ actorId: z.string(), atMs: z.number() });

/** Homes that are kept fresh: of people who looked within a day, at most so many. Others are filled when opened. */
const FRESH_MS = 24 * 3_600_000;
const MOST_HOMES = 10;

export interface HomeDeps {
  client: WebClient;
  store: Pick<Store, 'incidents' | 'documents'>;
  now: () => number;
  log: SlackLog;
}

const Card = z.object({ url: z.string() });

/** Incidents as lists show them, each with the address of its card. */
export async function withCards(
  { store }: Pick<HomeDeps, 'store'>,
  rows: readonly IncidentRow[],
): Promise<Listed[]> {
  const keys = rows.map(({ incidentId }) => cardKey(incidentId));
  const cards = await store.documents.getMany('slack_message', keys);
  return rows.map(({ incidentId, state }) => ({
    state,
    cardUrl: Card.safeParse(cards.get(cardKey(incidentId))).data?.url ?? null,
  }));
}

/** Open incidents, newest first. */
export const listOpen = async (deps: Pick<HomeDeps, 'store'>, limit: number): Promise<Listed[]> =>
  await withCards(deps, await deps.store.incidents.list({ status: 'open', limit }));

/** Fills the Home tab of one person and remembers that they look at it. */
export async function publishHome(deps: HomeDeps, userId: string, actorId: string): Promise<void> {
  const [open] = await Promise.all([
    listOpen(deps, 50),
    deps.store.documents.put(KIND, userId, { actorId, atMs: deps.now() }),
  ]);
  const view = homeView(open, actorId, deps.now());
  await deps.client.views.publish({ user_id: userId, view });
}

/**
 * Keeps the Homes that people look at fresh: one round at a time in a process, and one more for all that was asked for
 * meanwhile. What fails is logged: the next round, or opening it, makes it good.
 */
export function createHomeKeeper(deps: HomeDeps): () => Promise<void> {
  let underWay: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const round = (): Promise<void> =>
    (underWay = refreshHomes(deps).finally(() => {
      underWay = null;
    }));
  return () => {
    if (!underWay) return round();
    next ??= underWay
      .catch(() => undefined)
      .then(() => {
        next = null;
        return round();
      });
    return next;
  };
}

async function refreshHomes(deps: HomeDeps): Promise<void> {
  const homes = (await deps.store.documents.list(KIND, '')).flatMap(({ key, value }) => {
    const opened = Opened.safeParse(value).data;
    return opened && deps.now() - opened.atMs < FRESH_MS ? [{ userId: key, ...opened }] : [];
  });
  if (homes.length === 0) return;
  const open = await listOpen(deps, 50);
  for (const { userId, actorId } of homes.sort((a, b) => b.atMs - a.atMs).slice(0, MOST_HOMES)) {
    await deps.client.views
      .publish({ user_id: userId, view: homeView(open, actorId, deps.now()) })
      .catch((error: unknown) => deps.log.warn('a Home tab could not be refreshed', error));
  }
}
