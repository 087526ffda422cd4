import { join } from 'node:path';
import { z } from 'zod';
import { messageIdOf } from '../../src/activities/distribute/send.ts';
import { Plan } from '../../src/activities/plan.ts';
import { createFilesystemEvidence } from '../../src/adapters/evidence/filesystem.ts';
import { indicesOf } from '../../src/domain/incident/ranges.ts';
import type { IncidentState } from '../../src/domain/incident/state.ts';
import type { Habit } from '../../src/embedded/sample/player.ts';
import type { Store } from '../../src/store/port.ts';
import type { World } from './world.ts';

/** Of the sample's sender. */
export const MAIL_DOMAIN = 'example.com';

const Shown = z.looseObject({ status: z.string() });

/** Whether each uncertain reversal of the incident is in effect, by the application store itself. */
async function areReversed(world: World, state: IncidentState): Promise<boolean[]> {
  const evidence = createFilesystemEvidence({ dir: join(world.home, 'evidence'), readOnly: true });
  const found: boolean[] = [];
  for (const { spec, uncertain } of Object.values(state.classes)) {
    if (uncertain.length === 0) continue;
    const plan = Plan.parse(JSON.parse(new TextDecoder().decode(await evidence.get(spec.planUri))));
    for (const index of indicesOf(uncertain)) {
      const { application_id: id, status } = plan.actions[index]?.reversal?.args ?? {};
      const answer = await fetch(`${world.loans.urls.applications}/applications/${String(id)}`);
      found.push(Shown.parse(await answer.json()).status === status);
    }
  }
  return found;
}

/** Whether the first receipt that a person is asked about arrived, by the mailboxes and channels themselves. */
function hasArrived(world: World, state: IncidentState): boolean {
  const [id, receipt] =
    Object.entries(state.distribution?.receipts ?? {}).find(([, { status }]) => status === 'uncertain') ?? [];
  if (!id || !receipt) return false;
  const version = state.distribution?.version ?? 0;
  const messageId = messageIdOf({ incidentId: state.incidentId, version, recipientId: id }, MAIL_DOMAIN);
  if (receipt.kind === 'mail') return world.mail.mails().some((mail) => mail.messageId === messageId);
  return world.slack.state.workspace.messages.some((message) =>
    JSON.stringify(message).includes(`postmortem:${state.incidentId}:v${version}:${id}:`),
  );
}

/** People who are asked about something uncertain look where it happened, and say what they find. */
export function lookingHabits(world: World, store: Store, incidentId: string): Habit[] {
  const state = async (): Promise<IncidentState> => {
    const row = await store.incidents.get(incidentId);
    if (!row) throw new Error(`${incidentId} is not on record`);
    return row.state;
  };
  return [
    {
      button: /^Settle uncertain/,
      people: ['ana'],
      fill: async () => {
        const found = await areReversed(world, await state());
        const isDone = found.every(Boolean);
        return {
          outcome: isDone ? 'They were reversed' : 'They were not',
          reason: 'I looked at each application in the store itself.',
        };
      },
    },
    {
      button: /^Settle a receipt/,
      people: ['ana'],
      fill: async () => ({
        outcome: hasArrived(world, await state()) ? 'Yes, it arrived' : 'No, send it again',
        reason: 'I asked the recipient and looked at the mailbox.',
      }),
    },
    { button: /^Ask again/, people: ['ana'] },
  ];
}
