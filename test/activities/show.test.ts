import { createShowActivities } from '../../src/activities/show.ts';
import type { IncidentEvent } from '../../src/domain/incident/event.ts';

const by = { kind: 'engine' as const, id: 'engine:workflow' };
const events: IncidentEvent[] = [4, 5].map((seq) => ({
  seq,
  at: 1_000,
  by,
  commandId: `c-${seq}`,
  type: 'agentHeld',
  data: { agent: 'loan-agent' },
}));

const deps = (calls: string[]) => ({
  appendEvents: async ({ events: batch }: { events: IncidentEvent[] }) => {
    calls.push(`append ${batch.length}`);
    return { head: 'abc' };
  },
  refreshCard: async ({ incidentId, seq }: { incidentId: string; seq: number }) => {
    calls.push(`show ${incidentId} ${seq}`);
    return { shownSeq: seq };
  },
  sendNotice: async ({ seq }: { seq: number }) => void calls.push(`tell ${seq}`),
});
const order = { incidentId: 'inc-1', events, notices: [4, 5], quietMs: 0 };

it('records first, then shows the last of what was recorded, and tells', async () => {
  const calls: string[] = [];
  const { appendAndShow } = createShowActivities(deps(calls));
  expect(await appendAndShow(order)).toEqual({ head: 'abc', isShown: true, told: [4, 5] });
  expect(calls).toEqual(['append 2', 'show inc-1 5', 'tell 4', 'tell 5']);
});

it('keeps the record when Slack refuses, and says what is still to be shown and told', async () => {
  const { appendAndShow } = createShowActivities({
    ...deps([]),
    refreshCard: () => Promise.reject(new Error('Slack asks to wait 3 s.')),
    sendNotice: ({ seq }) => (seq === 4 ? Promise.reject(new Error('no answer')) : Promise.resolve()),
  });
  expect(await appendAndShow(order)).toEqual({ head: 'abc', isShown: false, told: [5] });
});

it('shows and tells nothing that could not be recorded', async () => {
  const calls: string[] = [];
  const { appendAndShow } = createShowActivities({
    ...deps(calls),
    appendEvents: () => Promise.reject(new Error('the database refuses')),
  });
  await expect(appendAndShow(order)).rejects.toThrow('the database refuses');
  expect(calls).toEqual([]);
});
