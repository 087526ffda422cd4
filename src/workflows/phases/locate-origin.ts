import { lessonBasis } from '../../domain/incident/basis.ts';
import type { Desk } from '../desk.ts';
import type { Lesson, LessonOrder } from '../../activities/types.ts';
import { analysing, saying } from '../proxies.ts';
import { keepReversing } from './sign-off.ts';

/** What the eval regression and the live rule are made from: the confirmed origin in its sealed session. */
function lessonOrder(desk: Desk): LessonOrder | null {
  const { origin, mode, incidentId, agent } = desk.state;
  const session = origin && desk.state.sessions[origin.sessionId];
  if (!origin || !mode.confirmed || !session?.seal || !session.analysis) return null;
  return {
    incidentId,
    agent,
    sessionId: origin.sessionId,
    manifestUri: session.seal.uri,
    analysisUri: session.analysis.analysisUri,
    originStep: origin.step,
    mode: mode.confirmed,
  };
}

const lessons = ['eval_regression', 'alert_or_flag'] as const;

/** The lessons that the confirmed origin still waits for. */
const unproven = (desk: Desk): Lesson[] =>
  lessonOrder(desk)
    ? lessons.filter((item) => desk.state.proofs[item]?.basis !== lessonBasis(desk.state))
    : [];

/** Both from one reading of the clean sessions. What could not be tried now is tried again by itself. */
async function prove(desk: Desk): Promise<void> {
  const basis = lessonBasis(desk.state);
  const items = unproven(desk);
  const proofs = await desk.afterRecord(async (record) => {
    const order = lessonOrder(desk);
    if (!order) return [];
    const summary = `prove ${items.join(' and ')} on step ${order.originStep}`;
    return saying(summary, analysing.proveLesson, { ...order, items, record });
  });
  for (const { item, ok, proof } of proofs)
    desk.apply({ type: 'proveItem', item, ok, basis, proof: proof.slice(0, 500) });
}

/** As runs did that began before: each by itself. */
async function proveOne(desk: Desk, item: Lesson): Promise<void> {
  const order = lessonOrder(desk);
  if (!order) return;
  const basis = lessonBasis(desk.state);
  await desk.recorded();
  const run = item === 'eval_regression' ? analysing.runEvalRegression : analysing.armLiveRule;
  const { ok, proof } = await saying(`prove ${item} on step ${order.originStep}`, run, order);
  desk.apply({ type: 'proveItem', item, ok, basis, proof: proof.slice(0, 500) });
}

/** The lesson is proven as soon as the origin is known, beside everything else. */
function keepProving(desk: Desk): void {
  if (desk.isOfFourthRelease)
    desk.keep(
      'lesson',
      () => (unproven(desk).length > 0 ? ['lesson'] : []),
      () => prove(desk),
    );
  else
    desk.keep(
      'lesson',
      () => unproven(desk),
      (item) => proveOne(desk, item as Lesson),
    );
}

/** Triage step 4: "Find the fault origin by working backward"; a person confirms an exact step and the path. */
export async function locateOrigin(desk: Desk): Promise<void> {
  keepProving(desk);
  keepReversing(desk);
  await desk.until(() => desk.state.origin !== null && desk.state.cascade !== null);
}
