import { archive } from './archive.ts';
import { Desk } from './desk.ts';
import { Stop } from './stop.ts';
import { clock, notices, tell } from './loops.ts';
import type { IncidentStart } from './messages.ts';
import { contain, releaseAgent } from './phases/contain.ts';
import { classify } from './phases/classify.ts';
import { close } from './phases/close.ts';
import { distribute } from './phases/distribute.ts';
import { findSession } from './phases/find-session.ts';
import { locateOrigin } from './phases/locate-origin.ts';
import { mapBlastRadius } from './phases/map-blast-radius.ts';
import { postmortem } from './phases/postmortem.ts';
import { preserve } from './phases/preserve.ts';
import { signOffAndReverse } from './phases/sign-off.ts';
import { card, flushLast, recorder, refreshLast, Showing } from './recorder.ts';
import { showPhase } from './view.ts';

export interface IncidentEnd {
  incidentId: string;
  status: string;
  seq: number;
}

/** The runbook. A phase starts what it keeps doing for as long as the incident is open, and waits for its end. */
export async function incident(start: IncidentStart): Promise<IncidentEnd> {
  const desk = new Desk(start);
  const showing = new Showing();
  try {
    if (!(await desk.opens())) return { incidentId: start.incidentId, status: 'none', seq: 0 };
    desk.beside('recorder', () => recorder(desk, showing));
    desk.beside('card', () => card(desk, showing));
    desk.beside('notices', () => notices(desk));
    desk.beside('clock', () => clock(desk));
    desk.beside('view', () => showPhase(desk));
    desk.watchSize();

    await findSession(desk);
    await contain(desk);
    await preserve(desk);
    await classify(desk);
    await locateOrigin(desk);
    await mapBlastRadius(desk);
    await signOffAndReverse(desk);
    await postmortem(desk);
    await distribute(desk);
    await close(desk);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  if (!desk.hasEnded) return desk.handOver();
  return settle(desk, showing);
}

/** After the end: the last events on record, the last words said, the history exported. */
async function settle(desk: Desk, showing: Showing): Promise<IncidentEnd> {
  await flushLast(desk, showing);
  const release = async (): Promise<void> => {
    if (desk.carried.releasePending) await releaseAgent(desk, []);
  };
  const last = [release, () => tell(desk), () => refreshLast(desk, showing)];
  if (desk.isOfThirdRelease) await Promise.all(last.map((work) => work()));
  else for (const work of last) await work();
  const { incidentId, status, seq } = desk.state;
  await archive(incidentId);
  return { incidentId, status, seq };
}
