import type { App } from '@slack/bolt';
import { z } from 'zod';
import { refusal } from '../../domain/incident/refusal.ts';
import type { IncidentState } from '../../domain/incident/state.ts';
import { endOtherwiseModal, secondEndingModal, type OtherIncident } from '../blocks/modals/running.ts';
import { choiceIn, textIn } from '../blocks/modals/values.ts';
import { proseOf } from '../prose.ts';
import { onClick, onOpen } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { readerOf } from './reading.ts';
import { answered, onSubmit, wrongInput } from './submits.ts';

/** Where the reason of a refusal stands: below the field that it is about. */
const fieldOf: Partial<Record<string, string>> = { 'fix-needed': 'fix', 'into-needed': 'into' };

const MOST_OTHERS = 10;

/** Open incidents of the same agent, which a duplicate can be merged into. */
async function others(deps: ListenerDeps, state: IncidentState): Promise<OtherIncident[]> {
  const { agent } = state;
  const rows = await deps.store.incidents.list({ status: 'open', agent, limit: MOST_OTHERS + 1 });
  return rows
    .filter(({ incidentId }) => incidentId !== state.incidentId)
    .slice(0, MOST_OTHERS)
    .map(({ incidentId, state: other }) => ({ incidentId, title: other.alerts.first?.title ?? incidentId }));
}

/** Endings that are not closure: a reason, and a second person. */
export function register(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'end_otherwise', 'End otherwise', async ({ state, click, place }) =>
    state.ending
      ? { ok: false, ...refusal('ending-proposed') }
      : endOtherwiseModal(click.kind, click.kind === 'merged' ? await others(deps, state) : [], place),
  );
  onSubmit(app, deps, 'end_otherwise', async ({ meta, values, send }) => {
    const reason = textIn(values, 'reason');
    const fix = textIn(values, 'fix');
    const picked = meta.others[Number(choiceIn(values, 'into_pick') ?? -1)] ?? null;
    const typed = textIn(values, 'into');
    if (picked && typed && picked !== typed)
      return wrongInput('Two different incidents are named.', 'Pick one, or type its id.', 'into');
    if (!reason) return wrongInput('A reason is needed.', 'Say why.', 'reason');
    if (fix && !z.url().max(1_000).safeParse(fix).success)
      return wrongInput('This is no link.', 'Give a whole address: https://…', 'fix');
    const outcome = await send({
      type: 'proposeEnding',
      kind: meta.kind,
      reason: proseOf(reason),
      fixUrl: fix,
      intoIncidentId: typed ?? picked,
    });
    const field = outcome.ok ? 'reason' : (fieldOf[outcome.code] ?? 'reason');
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
    await at.answer(await at.send({ type: 'withdrawEnding' }), 'Withdrawn; the incident goes on.');
  });
}
