import type { Desk } from '../desk.ts';
import { analysing, containing } from '../proxies.ts';

const hasSession = (desk: Desk): boolean => Object.keys(desk.state.sessions).length > 0;

/** Nobody knows yet which session it is, so all of them are paused and none may start. */
async function holdAgent(desk: Desk): Promise<void> {
  const { incidentId, agent, alerts } = desk.state;
  const reason = alerts.first?.title ?? '';
  const order = { incidentId, agent, sessionId: null, action: 'pause' as const, reason, byPerson: false };
  await containing.contain({ ...order, key: `${incidentId}:hold` });
}

/** Only when the alert named no session: candidates by time and entity, a person picks, the agent is held meanwhile. */
export async function findSession(desk: Desk): Promise<void> {
  let isHeld = false;
  desk.keep(
    'hold',
    () => (!hasSession(desk) && !isHeld ? ['hold'] : []),
    async () => {
      await holdAgent(desk);
      isHeld = true;
    },
  );
  desk.keep(
    'find session',
    () => (!hasSession(desk) && desk.state.offered.length === 0 ? ['find'] : []),
    async () => {
      const { agent, alerts } = desk.state;
      if (!alerts.last) return;
      const candidates = await analysing.findSessions({ agent, alert: alerts.last });
      if (candidates.length > 0) desk.apply({ type: 'offerSessions', candidates });
    },
  );
  await desk.until(() => hasSession(desk));
}
