import { readFileSync } from 'node:fs';
import { edges, type Kill, nameOf, Plan, stops } from './points.ts';

const names = Object.values(edges).flatMap((moments) => moments.map(({ name }) => name));

it('each effect that can be lost at a crash has its kill points, and each kill point its effect', () => {
  const text = readFileSync('docs/reliability.md', 'utf8');
  const [, table = ''] = /## What happens to each effect at a crash\n\n([\s\S]*?)\n\n/.exec(text) ?? [];
  const rows = table.split('\n').slice(2);
  const points = rows.map((row) =>
    [...(row.split('|').at(-2) ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );
  expect(rows.length).toBeGreaterThan(5);
  expect(points.filter((list) => list.length === 0)).toEqual([]);
  expect(points.flat().toSorted()).toEqual(names.toSorted());
});

const drawn = (plan: Plan, count: number): Kill[] => Array.from({ length: count }, () => plan.next());
const pointsOf = (kills: readonly Kill[]): string[] =>
  kills.filter(({ at }) => at === 'moment').map((kill) => nameOf(kill));
const plansOf = (seed: number): Plan[] => [
  new Plan({ seed, stop: 'switch', index: 0, of: 2 }),
  new Plan({ seed, stop: 'webhook', index: 1, of: 2 }),
];
const everySide = names.flatMap((name) => [`before ${name}`, `after ${name}`]);

it.each([1, 7, 26, 31])('two worlds draw every point within 50 kills each (seed %i)', (seed) => {
  const points = new Set(plansOf(seed).flatMap((plan) => pointsOf(drawn(plan, 50))));
  expect(everySide.filter((point) => !points.has(point))).toEqual([]);
});

it('a world draws first what no world of the other kind can reach, and never what it cannot reach itself', () => {
  const [bySwitch = [], byWebhook = []] = plansOf(3).map((plan) => pointsOf(drawn(plan, 400)));
  const both = (name: string): string[] => [`after ${name}`, `before ${name}`];
  expect(bySwitch.slice(0, 2).toSorted()).toEqual(both(stops.switch));
  expect(byWebhook.slice(0, 2).toSorted()).toEqual(both(stops.webhook));
  expect(bySwitch.filter((point) => both(stops.webhook).includes(point))).toEqual([]);
  expect(byWebhook.filter((point) => both(stops.switch).includes(point))).toEqual([]);
});

it('the same seed draws the same kills, another seed others', () => {
  const kills = (seed: number): Kill[][] => plansOf(seed).map((plan) => drawn(plan, 60));
  expect(kills(5)).toEqual(kills(5));
  expect(kills(5)).not.toEqual(kills(6));
});

it('what its incident did not reach comes again next, at the first time of its moment', () => {
  const [plan] = plansOf(2);
  const missed: Kill = { at: 'moment', moment: 'stop called', side: 'after', nth: 2, victim: 'worker' };
  plan?.wasMissed(missed);
  expect(plan?.next()).toEqual({ ...missed, nth: 1 });
  plan?.wasMissed({ ...missed, nth: 1 });
  expect(plan?.next()).not.toEqual(expect.objectContaining({ moment: 'stop called' }));
});
