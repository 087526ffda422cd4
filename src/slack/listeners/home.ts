import type { App } from '@slack/bolt';
import { publishHome } from '../homes.ts';
import { startInTime } from './in-time.ts';
import type { ListenerDeps } from './deps.ts';

/** The Home tab is filled when it is opened, and kept fresh for a day by the activities. */
export const register = (app: App, deps: ListenerDeps): void =>
  app.event('app_home_opened', async ({ event }) => {
    if (event.tab !== 'home') return;
    const who = await deps.identity.of({ userId: event.user, teamId: null, proof: `home ${event.event_ts}` });
    if (!who.ok) return;
    await startInTime(deps, () => publishHome(deps, event.user, who.actor.id));
  });
