import { isAllContained, isContained } from '../../domain/incident/containment.ts';
import type { IncidentEvent } from '../../domain/incident/event.ts';
import type { TargetState } from '../../domain/incident/state.ts';
import type { ContainmentAction } from '../../domain/incident/vocabulary.ts';
import type { Desk } from '../desk.ts';
import { containing, stopping } from '../proxies.ts';
import { keepPreserving } from './preserve.ts';

const LONGEST_PAUSE_MS = 10 * 60_000;

const waiting = (target: TargetState): boolean =>
  ['pending', 'ordered', 'unconfirmed'].includes(target.status);

/** A cost runaway is killed; anything else is paused, so that its state stays readable. Runbook, BUDGET_WARNING. */
const actionFor = (desk: Desk): ContainmentAction =>
  desk.state.alerts.first?.kind === 'cost' ? 'kill' : 'pause';

/** Triage step 1: "Contain the session before you read anything". Repeats until it is confirmed or a person decides. */
async function containTarget(desk: Desk, targetId: string): Promise<void> {
  const action = actionFor(desk);
  const target = (): TargetState | undefined => desk.state.targets[targetId];
  desk.apply({ type: 'orderContainment', targetId, action, adapter: 'as configured' });
  for (let attempt = 1, pauseMs = desk.start.settings.containmentRetryMs; ; attempt += 1, pauseMs *= 2) {
    const found = target();
    if (!found || isContained(found)) return;
    const { agent, sessionId } = found;
    const { incidentId } = desk.state;
    const key = `${incidentId}:${targetId}:${found.attempts}`;
    const reason = desk.state.alerts.first?.title ?? '';
    const byPerson = found.attempts > 1;
    const result = await stopping(`${action} ${targetId}, attempt ${attempt}`, containing.contain, {
      incidentId,
      agent,
      sessionId,
      action,
      key,
      reason,
      byPerson,
    });
    const { status, evidence } = result;
    if (status !== 'unconfirmed' || attempt === 1)
      desk.apply({ type: 'reportContainment', targetId, status, evidence });
    if (status !== 'unconfirmed') return;
    await desk.until(() => target()?.status !== 'unconfirmed', Math.min(pauseMs, LONGEST_PAUSE_MS));
  }
}

/** Ends the hold that a person ended; after its record, since it lets the agent act again. */
export async function releaseAgent({ carried, state }: Desk, record: IncidentEvent[]): Promise<void> {
  const { incidentId, agent, sessions } = state;
  const sessionIds = Object.keys(sessions);
  // What was stopped again is released again: another release, not a repeat of the first.
  const orders = Object.values(state.targets).reduce((sum, { attempts }) => sum + attempts, 0);
  const key = `${incidentId}:release:${orders}`;
  const order = { incidentId, agent, sessionIds, key, record };
  await stopping(`release ${agent}`, containing.release, order);
  carried.releasePending = false;
}

function keepReleasing(desk: Desk): void {
  desk.keep(
    'release',
    () => (desk.carried.releasePending ? ['release'] : []),
    () => desk.afterRecord((record) => releaseAgent(desk, record)),
  );
}

export async function contain(desk: Desk): Promise<void> {
  desk.keep(
    'contain',
    () =>
      Object.values(desk.state.targets)
        .filter(waiting)
        .map((target) => target.targetId),
    (targetId) => containTarget(desk, targetId),
  );
  keepReleasing(desk);
  keepPreserving(desk);
  await desk.until(() => isAllContained(desk.state));
}
