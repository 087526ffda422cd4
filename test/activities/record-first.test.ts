import { recordFirst } from '../../src/activities/record-first.ts';
import type { IncidentEvent } from '../../src/domain/incident/event.ts';

const by = { kind: 'engine' as const, id: 'engine:workflow' };
const record: IncidentEvent[] = [
  { seq: 4, at: 1_000, by, commandId: 'c-4', type: 'agentHeld', data: { agent: 'loan-agent' } },
];
const order = { incidentId: 'inc-1', version: 1, recipientId: 'rcp', batchId: 'b' };

function effects(calls: string[], appendEvents: () => Promise<{ head: string }>) {
  const effect = (name: string) => async (): Promise<never> => {
    calls.push(name);
    return undefined as never;
  };
  return recordFirst(
    { appendEvents },
    {
      release: effect('release'),
      proveLesson: effect('proveLesson'),
      reverseWindow: effect('reverseWindow'),
      draftPostmortem: effect('draftPostmortem'),
      planDistribution: effect('planDistribution'),
      sendPostmortem: effect('sendPostmortem'),
    },
  );
}
type Effects = ReturnType<typeof effects>;
const names = Object.keys(effects([], async () => ({ head: '' }))) as (keyof Effects)[];
const run = (all: Effects, name: keyof Effects, given: object): Promise<unknown> =>
  (all[name] as (order: object) => Promise<unknown>)({ ...order, ...given });

it.each(names)('%s: the record comes first', async (name) => {
  const calls: string[] = [];
  const all = effects(calls, async () => {
    calls.push('append');
    return { head: 'abc' };
  });
  await run(all, name, { record });
  expect(calls).toEqual(['append', name]);
});

it.each(names)('%s does not begin when its record fails', async (name) => {
  const calls: string[] = [];
  const all = effects(calls, () => Promise.reject(new Error('the database refuses')));
  await expect(run(all, name, { record })).rejects.toThrow('the database refuses');
  expect(calls).toEqual([]);
});

it.each(names)('%s appends nothing where all is on record', async (name) => {
  const calls: string[] = [];
  const all = effects(calls, () => Promise.reject(new Error('nothing is to be appended')));
  await run(all, name, { record: [] });
  await run(all, name, {});
  expect(calls).toEqual([name, name]);
});
