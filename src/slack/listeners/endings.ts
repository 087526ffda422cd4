import type { App } from '@slack/bolt';
import { z } from 'zod';
import { refusal } from '../../domain/incident/refusal.ts';
import { EndingKind } from '../../domain/incident/vocabulary.ts';
import { secondEndingModal } from '../blocks/modals/running.ts';
import { choiceIn, textIn } from '../blocks/modals/values.ts';
import { proseOf } from '../prose.ts';
import { onClick, onOpen } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { readerOf } from './reading.ts';
import { outcomeText } from './send.ts';
import { answered, onSubmit, wrongInput } from './submits.ts';

/** Where the reason of a refusal stands: below the field that it is about. */
const fieldOf: Partial<Record<string, string>> = { 'fix-needed': 'fix', 'into-needed': 'into' };

/** Endings that are not closure: a reason, and a second person. */
export function register(app: App, deps: ListenerDeps): void {
  onSubmit(app, deps, 'end_otherwise', async ({ values, send }) => {
    const kind = EndingKind.safeParse(choiceIn(values, 'kind'));
    const reason = textIn(values, 'reason');
    const fix = textIn(values, 'fix');
    if (!kind.success) return wrongInput('Nothing is chosen.', 'Choose one.', 'kind');
    if (!reason) return wrongInput('A reason is needed.', 'Say why.', 'reason');
    if (fix && !z.url().max(1_000).safeParse(fix).success)
      return wrongInput('This is no link.', 'Give a whole address: https://…', 'fix');
    const outcome = await send({
      type: 'proposeEnding',
      kind: kind.data,
      reason: proseOf(reason),
      fixUrl: fix,
      intoIncidentId: textIn(values, 'into'),
    });
    const field = outcome.ok ? 'kind' : (fieldOf[outcome.code] ?? 'kind');
    return answered(outcome, 'Proposed. A second person has to agree.', field);
  });

  onOpen(app, deps, 'second_ending', 'Agree to the ending', async ({ state, found, place }) =>
    state.ending
      ? secondEndingModal(state, (await readerOf(deps, found)).names, place)
      : { ok: false, ...refusal('no-ending-proposed') },
  );
  onSubmit(app, deps, 'second_ending', async ({ values, send }) => {
    const reason = textIn(values, 'reason');
    const outcome = await send({ type: 'secondEnding', reason: reason ? proseOf(reason) : null });
    return answered(outcome, 'Agreed. The incident has ended.', 'reason');
  });

  onClick(app, deps, 'withdraw_ending', async (at) => {
    await at.tell(outcomeText(await at.send({ type: 'withdrawEnding' }), 'Withdrawn; the incident goes on.'));
  });
}
