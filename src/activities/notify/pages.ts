import type { IncidentEvent } from '../../domain/incident/event.ts';
import type { Audience } from '../../slack/blocks/notices.ts';
import type { Store } from '../../store/port.ts';

export type Settlement = 'acknowledge' | 'resolve';

export interface PagesDeps {
  store: Pick<Store, 'incidents' | 'documents' | 'ledger'>;
  /** Reaches people outside Slack; `to` is a step of the escalation chain. Called again after a crash, with the same key. */
  page: (page: { to: Audience; text: string; key: string }) => Promise<void>;
  /** Takes a page off people, where the pager knows such a thing. May be called twice, and for a page that never went out. */
  settlePage?: ((key: string, as: Settlement) => Promise<void>) | undefined;
}

export interface Pages {
  /** Wakes people of one event, once. */
  send(incidentId: string, event: IncidentEvent, page: { to: Audience; text: string }): Promise<void>;
  /** Settles every page of the incident so far. */
  settle(incidentId: string, as: Settlement): Promise<void>;
}

const KIND = 'page';

/** Pages of incidents, each under the key of its event: `<incident>:<seq>`. */
export function createPages({ store, page, settlePage }: PagesDeps): Pages {
  const once = async (ledgerKey: string, detail: unknown, work: () => Promise<void>): Promise<void> => {
    if ((await store.ledger.intend(ledgerKey, 'page', detail))?.state === 'done') return;
    await work();
    await store.ledger.settle(ledgerKey, 'done', detail);
  };

  const settleOne = async (key: string, as: Settlement): Promise<void> => {
    if (settlePage) await once(`page:${key}:${as}`, { as }, () => settlePage(key, as));
  };

  /** People may have acknowledged, or ended the incident, while the page was on its way. */
  const overtaken = async (incidentId: string, { at }: IncidentEvent): Promise<Settlement | null> => {
    const state = (await store.incidents.get(incidentId))?.state;
    if (!state || state.status !== 'open') return 'resolve';
    return state.acknowledgedAt !== null && at <= state.acknowledgedAt ? 'acknowledge' : null;
  };

  return {
    send: async (incidentId, event, { to, text }) => {
      const key = `${incidentId}:${event.seq}`;
      // Before the page itself, so that a crash leaves none that nobody settles.
      await store.documents.put(KIND, key, { to });
      await once(`page:${key}`, { to }, () => page({ to, text, key }));
      const as = await overtaken(incidentId, event);
      if (as) await settleOne(key, as);
    },
    settle: async (incidentId, as) => {
      for (const { key } of await store.documents.list(KIND, `${incidentId}:`)) await settleOne(key, as);
    },
  };
}
