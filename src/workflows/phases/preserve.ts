import { ActivityFailure, ApplicationFailure, patched } from '@temporalio/workflow';
import { sealsBasis } from '../../domain/incident/basis.ts';
import {
  CLOCKS_DIFFER_MS,
  isSessionContained,
  targetsOf,
  wentOn,
} from '../../domain/incident/containment.ts';
import { sealedByTemporalMs } from '../../domain/incident/seal-time.ts';
import type { SessionState } from '../../domain/incident/state.ts';
import type { Seal } from '../../domain/incident/vocabulary.ts';
import type { Desk } from '../desk.ts';
import { preserving, saying } from '../proxies.ts';

/** Not sealed yet, or sealed beside the containment, before the agent had stopped. */
function needsSeal(desk: Desk, session: SessionState): boolean {
  if (!session.seal) return true;
  if (!isSessionContained(desk.state, session.sessionId)) return false;
  const stoppedAt = Math.max(
    0,
    ...targetsOf(desk.state, session.sessionId).map((target) => target.settledAt ?? 0),
  );
  return sealedByTemporalMs(session.seal) < stoppedAt && session.seal.sealNumber < 2;
}

/** How much of the time until rotation is used up, from the failure's detail where the source told it. */
function percentOfDeadline(error: unknown, joinedAt: number): number {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  const rotatesAtMs = cause instanceof ApplicationFailure ? cause.details?.[0] : undefined;
  if (typeof rotatesAtMs !== 'number' || rotatesAtMs <= joinedAt) return 0;
  return Math.min(100, Math.max(0, Math.round((100 * (Date.now() - joinedAt)) / (rotatesAtMs - joinedAt))));
}

/** An agent that confirmed its stop and went on is not stopped: only a person can answer for it now. */
function takeBackTheWord(desk: Desk, seal: Seal): void {
  for (const { targetId, settledAt } of wentOn(desk.state, seal)) {
    const [stopped, began] = [settledAt ?? 0, seal.lastStepStartedAtMs ?? 0].map((ms) =>
      new Date(ms).toISOString(),
    );
    desk.apply({
      type: 'reportContainment',
      targetId,
      status: 'awaiting_person',
      evidence: `It confirmed its stop at ${stopped}, and began a step at ${began}, says its sealed trace: it went on. Clocks may differ by ${CLOCKS_DIFFER_MS / 1_000} s; this is more.`,
    });
  }
}

type Trouble = NonNullable<SessionState['trouble']>;

/** Said when it begins, when its reason changes, and at 50 and 80 % of the time until rotation. */
const bandOf = ({ percentOfDeadline: percent }: Trouble): number =>
  percent >= 80 ? 80 : percent >= 50 ? 50 : 0;

function isNewTrouble(before: SessionState['trouble'], now: Trouble): boolean {
  if (before?.reason !== now.reason) return true;
  // Runs that began before said it at every percent.
  if (!patched('trouble by bands')) return before.percentOfDeadline !== now.percentOfDeadline;
  return bandOf(before) !== bandOf(now);
}

async function sealSession(desk: Desk, sessionId: string): Promise<void> {
  const session = desk.state.sessions[sessionId];
  if (!session) return;
  const graceMs = session.joinedAt + desk.state.policy.exportGraceMs - Date.now();
  if (graceMs > 0) await desk.until(() => isSessionContained(desk.state, sessionId), graceMs);
  const { incidentId, agent } = desk.state;
  const sealNumber = (session.seal?.sealNumber ?? 0) + 1;
  try {
    const seal = await saying(`seal ${sealNumber} of ${sessionId}`, preserving.sealSession, {
      incidentId,
      agent,
      sessionId,
      sealNumber,
    });
    desk.apply({ type: 'reportSeal', seal });
    takeBackTheWord(desk, seal);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const reason = (error.cause?.message ?? error.message).slice(0, 400) || 'The export failed.';
    const percent = percentOfDeadline(error, session.joinedAt);
    if (isNewTrouble(session.trouble, { reason, percentOfDeadline: percent }))
      desk.apply({ type: 'reportSealTrouble', sessionId, percentOfDeadline: percent, reason });
    throw error;
  }
}

async function rehash(desk: Desk): Promise<void> {
  const { incidentId, sessions, postmortem, proofs } = desk.state;
  const before = proofs.trace_exported;
  const basis = sealsBasis(desk.state);
  const manifests = Object.values(sessions).flatMap(({ seal }) =>
    seal ? [{ uri: seal.uri, sha256: seal.manifestSha256 }] : [],
  );
  const { ok, proof } = await preserving.rehash({ incidentId, manifests });
  if (before?.basis !== basis || before.ok !== ok)
    desk.apply({ type: 'proveItem', item: 'trace_exported', ok, basis, proof: proof.slice(0, 500) });
  if (ok) desk.hashedVersion = postmortem.version;
}

/**
 * After each seal; and before a version goes out, since weeks may lie between. A file that was put back is found at the
 * next event.
 */
function needsHash(desk: Desk): boolean {
  const { sessions, proofs, postmortem } = desk.state;
  const all = Object.values(sessions);
  if (all.length === 0 || !all.every((session) => session.seal)) return false;
  const proof = proofs.trace_exported;
  if (proof?.basis !== sealsBasis(desk.state)) return true;
  const isBehind = postmortem.final && desk.hashedVersion !== postmortem.version;
  return desk.hashesBeforeTheEnd && (!proof.ok || isBehind);
}

/** Runs beside the containment: a log about to rotate never waits longer than the grace. */
export function keepPreserving(desk: Desk): void {
  desk.keep(
    'seal',
    () =>
      Object.values(desk.state.sessions)
        .filter((session) => needsSeal(desk, session))
        .map((session) => session.sessionId),
    (sessionId) => sealSession(desk, sessionId),
  );
  desk.keep(
    'hash again',
    () => (needsHash(desk) ? ['rehash'] : []),
    () => rehash(desk),
  );
}

/** Triage step 2: "Capture the complete session trace before logs rotate". */
export async function preserve(desk: Desk): Promise<void> {
  await desk.until(() => Object.values(desk.state.sessions).every((session) => session.seal));
}
