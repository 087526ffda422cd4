import type { App } from '@slack/bolt';
import type { IncidentState } from '../../domain/incident/state.ts';
import { FailureMode } from '../../domain/session/analysis.ts';
import { escape } from '../blocks/text.ts';
import { modeWords } from '../../domain/incident/words.ts';
import { analysisOf, pathFrom } from '../blocks/reading.ts';
import { onClick } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { outcomeText, type Given, type Outcome } from './send.ts';

/** What one tap confirms: the suggested mode, origin and path, those of them that nobody confirmed yet. */
function steps(state: IncidentState): { given: Given; done: string }[] {
  const analysis = analysisOf(state);
  const step = analysis?.candidates[0]?.step;
  const mode = FailureMode.safeParse(analysis?.mode);
  if (!analysis || !step || !mode.success) return [];
  const path = pathFrom(analysis, step);
  const { sessionId } = analysis;
  return [
    ...(state.mode.confirmed
      ? []
      : [
          {
            given: { type: 'confirmMode' as const, mode: mode.data, misfit: null },
            done: modeWords[mode.data],
          },
        ]),
    ...(state.origin
      ? []
      : [{ given: { type: 'confirmOrigin' as const, sessionId, step }, done: `fault origin step ${step}` }]),
    ...(state.cascade
      ? []
      : [{ given: { type: 'confirmCascade' as const, path }, done: `path ${path.join(' → ')}` }]),
  ];
}

/** One tap for a clear suggestion, and whoever gives it has the incident. Stops at the first refusal and says how far it came. */
export const register = (app: App, deps: ListenerDeps): void =>
  onClick(app, deps, 'confirm_all', async (at) => {
    const state = (await at.row())?.state;
    const analysis = state && analysisOf(state);
    if (!state || !analysis || !analysis.analysisSha256.startsWith(at.click.seen))
      return await at.tell(
        '*Not done.* The suggestion has changed since you saw it. Look at the newest card.',
      );
    const isNew = state.acknowledgedAt === null;
    // Beside the rest: somebody else may have been faster with it.
    const acknowledged = isNew ? at.send({ type: 'acknowledge' }).catch(() => null) : null;
    const done: string[] = [];
    let last: Outcome = { ok: true, pending: false, events: 0 };
    for (const step of steps(state)) {
      last = await at.send(step.given);
      if (!last.ok) break;
      done.push(step.done);
    }
    const isTheirs = (await acknowledged)?.ok === true;
    const confirmed = `${isTheirs ? 'Acknowledged. ' : ''}${done.length > 0 ? `Confirmed: ${escape(done.join('; '))}.` : 'Confirmed already.'}`;
    await at.answer(last, async (decided) =>
      decided.ok
        ? outcomeText(decided, confirmed)
        : `${done.length > 0 ? `${confirmed} ` : ''}${outcomeText(decided, '')}`,
    );
  });
