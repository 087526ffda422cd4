import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Store } from '../store/port.ts';
import { homeView, type Listed } from './blocks/home.ts';
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

/** Open incidents, newest first, each with the address of its card. */
export async function listOpen({ store }: Pick<HomeDeps, 'store'>, limit: number): Promise<Listed[]> {
  const rows = await store.incidents.list({ status: 'open', limit });
  return await Promise.all(
    rows.map(async ({ state }): Promise<Listed> => {
      const address = await store.documents.get('slack_message', `${state.incidentId}:card`);
      return { state, cardUrl: z.object({ url: z.string() }).safeParse(address).data?.url ?? null };
    }),
  );
}

/** Fills the Home tab of one person and remembers that they look at it. */
export async function publishHome(deps: HomeDeps, userId: string, actorId: string): Promise<void> {
  await deps.store.documents.put(KIND, userId, { actorId, atMs: deps.now() });
  const view = homeView(await listOpen(deps, 50), actorId, deps.now());
  await deps.client.views.publish({ user_id: userId, view });
}

/** Refreshes the Homes that people look at. What fails is logged: the next refresh, or opening it, makes it good. */
export async function refreshHomes(deps: HomeDeps): Promise<void> {
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
