import type { App } from '@slack/bolt';
import type { Person } from '../../domain/incident/actor.ts';
import type { IncidentRow } from '../../store/port.ts';
import { FIELD } from '../blocks/elements.ts';
import type { Values } from '../blocks/modals/values.ts';
import { formId, parseMeta, type FormName, type Meta, type Place } from '../form-ids.ts';
import { ClickBody } from './bodies.ts';
import type { ListenerDeps } from './deps.ts';

/** A form in which something was just changed, before it is submitted. */
export interface ToldDesk<N extends FormName> {
  meta: Meta<N>;
  place: Place;
  values: Values;
  actor: Person;
  view: { viewId: string; hash: string };
  row(): Promise<IncidentRow | null>;
}

/**
 * A field of the form `name` that tells of each change. Nothing is decided by it, so it is answered before the work:
 * a person who goes on typing waits for nothing, and what fails is logged.
 */
export function onTold<N extends FormName>(
  app: App,
  deps: ListenerDeps,
  name: N,
  blockId: RegExp,
  handle: (at: ToldDesk<N>) => Promise<void>,
): void {
  app.action({ action_id: FIELD, block_id: blockId }, async ({ ack, body: raw, next }) => {
    const body = ClickBody.parse(raw);
    const { view } = body;
    const meta = view?.callback_id === formId(name) ? parseMeta(name, view.private_metadata) : null;
    if (!view || !meta) return await next();
    await ack();
    deps.later(async () => {
      const who = await deps.identity.of({
        userId: body.user.id,
        teamId: body.user.team_id ?? body.team?.id ?? null,
        proof: `change in ${name} ${view.id}:${view.hash}`,
      });
      if (!who.ok) return;
      await handle({
        meta,
        place: { incidentId: meta.incidentId, channel: meta.channel, below: meta.below },
        values: view.state.values,
        actor: who.actor,
        view: { viewId: view.id, hash: view.hash },
        row: () => deps.store.incidents.get(meta.incidentId),
      });
    });
  });
}
