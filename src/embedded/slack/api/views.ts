import { z } from 'zod';
import { checkHome, checkModal } from '../block-kit/view.ts';
import { SlackError, findUser } from '../core.ts';
import type { Core } from '../core.ts';
import { exchangeTrigger } from '../workspace/triggers.ts';
import { openModal, publishHome, pushModal, updateModal, viewForApp } from '../workspace/views.ts';
import { jsonField, parseArgs, text } from './args.ts';
import type { Args } from './args.ts';
import { must } from './chat.ts';

const view = jsonField(z.looseObject({}));
const Open = z.looseObject({ trigger_id: text, view });
const Update = z.looseObject({
  view_id: text.optional(),
  external_id: text.optional(),
  hash: text.optional(),
  view,
});
const Publish = z.looseObject({ user_id: text, hash: text.optional(), view });

type Answer = Record<string, unknown>;

export function open(core: Core, args: Args): Answer {
  const call = parseArgs(Open, args);
  const modal = must(checkModal(call.view));
  const { userId } = exchangeTrigger(core, call.trigger_id);
  return { view: viewForApp(core, openModal(core, userId, modal)) };
}

export function push(core: Core, args: Args): Answer {
  const call = parseArgs(Open, args);
  const modal = must(checkModal(call.view));
  const { userId, viewId } = exchangeTrigger(core, call.trigger_id);
  if (viewId === null) throw new SlackError('not_found');
  return { view: viewForApp(core, pushModal(core, userId, modal)) };
}

export function update(core: Core, args: Args): Answer {
  const call = parseArgs(Update, args);
  const modal = must(checkModal(call.view));
  const known = Object.values(core.workspace.views).find(
    (one) =>
      one.type === 'modal' &&
      (call.view_id !== undefined ? one.id === call.view_id : one.externalId === call.external_id),
  );
  if (known === undefined) throw new SlackError('not_found');
  if (call.hash !== undefined && call.hash !== known.hash) throw new SlackError('hash_conflict');
  return { view: viewForApp(core, updateModal(core, known, modal)) };
}

export function publish(core: Core, args: Args): Answer {
  const call = parseArgs(Publish, args);
  const home = must(checkHome(call.view));
  const user = findUser(core, call.user_id);
  if (user === undefined || user.isBot) throw new SlackError('invalid_arguments');
  if (user.deleted) throw new SlackError('not_enabled');
  return { view: viewForApp(core, publishHome(core, user.id, home, call.hash)) };
}
