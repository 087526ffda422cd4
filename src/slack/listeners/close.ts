import type { App } from '@slack/bolt';
import { openItemsText } from '../blocks/modals/checklist.ts';
import { onClick } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { outcomeText } from './send.ts';

/** Closing answers with what is open and the shortest way to it. */
export const register = (app: App, deps: ListenerDeps): void =>
  onClick(app, deps, 'request_close', async (at) => {
    const outcome = await at.send({ type: 'requestClose' });
    await at.answer(outcome, async (decided) => {
      const state = decided.ok ? null : (await at.row())?.state;
      if (decided.ok || decided.code !== 'items-open' || !state)
        return outcomeText(decided, 'Closed. The record is final.');
      return `*Not closed: items are open.*\n${openItemsText(state)}\n*Checklist* has the ways to them.`;
    });
  });
