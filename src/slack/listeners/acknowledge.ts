import type { App } from '@slack/bolt';
import { onClick } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';

export const register = (app: App, deps: ListenerDeps): void =>
  onClick(app, deps, 'acknowledge', async (at) => {
    await at.answer(await at.send({ type: 'acknowledge' }), 'Acknowledged; nobody else is paged.');
  });
