import type { App } from '@slack/bolt';
import { onClick } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { outcomeText } from './send.ts';

export const register = (app: App, deps: ListenerDeps): void =>
  onClick(app, deps, 'acknowledge', async (at) => {
    await at.tell(outcomeText(await at.send({ type: 'acknowledge' }), 'Acknowledged; nobody else is paged.'));
  });
