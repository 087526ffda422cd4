import type { Desk } from '../desk.ts';
import { analysing } from '../proxies.ts';

const hasSession = (desk: Desk): boolean => Object.keys(desk.state.sessions).length > 0;

/** Only when the alert named no session: candidates by time and entity, a person picks, the agent is held meanwhile. */
export async function findSession(desk: Desk): Promise<void> {
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
