import type { NotifyActivities, RecordActivities, ShowActivities } from './types.ts';

type Deps = Pick<RecordActivities, 'appendEvents'> & Pick<NotifyActivities, 'refreshCard' | 'sendNotice'>;

/** Whether it was done; what was not is tried again by whoever asked. */
const isDone = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

/** The record first; then Slack, each by itself, so that a card that hangs keeps no page waiting. */
export const createShowActivities = ({ appendEvents, refreshCard, sendNotice }: Deps): ShowActivities => ({
  appendAndShow: async ({ incidentId, events, notices, quietMs }) => {
    const { head } = await appendEvents({ incidentId, events });
    const seq = events.at(-1)?.seq ?? 0;
    const [isShown, ...heard] = await Promise.all([
      isDone(refreshCard({ incidentId, seq, quietMs })),
      ...notices.map((notice) => isDone(sendNotice({ incidentId, seq: notice }))),
    ]);
    return { head, isShown, told: notices.filter((_, i) => heard[i]) };
  },
});
