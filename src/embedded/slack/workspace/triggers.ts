import { randomBytes } from 'node:crypto';
import { SlackError } from '../core.ts';
import type { Core } from '../core.ts';
import type { Trigger } from './model.ts';

/** A trigger opens one modal within three seconds of the click. */
const TRIGGER_LIFE_MS = 3_000;

export function issueTrigger(core: Core, userId: string, viewId: string | null): string {
  const { triggers } = core.workspace;
  for (const old of Object.values(triggers)) {
    if (core.now() - old.issuedAtMs > 60_000) delete triggers[old.id];
  }
  core.workspace.nextNumber += 1;
  const id = `${core.workspace.nextNumber}.${Math.floor(core.now())}.${randomBytes(16).toString('hex')}`;
  triggers[id] = { id, userId, issuedAtMs: core.now(), used: false, viewId };
  return id;
}

export function exchangeTrigger(core: Core, id: string): Trigger {
  if (!/^\d+\.\d+\.[0-9a-f]+$/.test(id)) throw new SlackError('invalid_trigger_id');
  const trigger = core.workspace.triggers[id];
  if (trigger === undefined) throw new SlackError('expired_trigger_id');
  if (trigger.used) throw new SlackError('exchanged_trigger_id');
  if (core.now() - trigger.issuedAtMs > TRIGGER_LIFE_MS) throw new SlackError('expired_trigger_id');
  trigger.used = true;
  return trigger;
}
