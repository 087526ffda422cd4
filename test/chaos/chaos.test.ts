import { newFolder, removeFolder } from '../support/folder.ts';
import type { Kill } from './points.ts';
import { randomOf } from './points.ts';
import { Chaos } from './run.ts';
import { startWorld, type World } from './world.ts';

// The short form; `npm run chaos -- --n 100` is the long one.
const home = newFolder();
let world: World;
let chaos: Chaos;

beforeAll(async () => {
  world = await startWorld(home);
  chaos = await Chaos.over(world, randomOf(1), () => undefined);
}, 300_000);

afterAll(async () => {
  await chaos?.close();
  await world?.stop();
  removeFolder(home);
}, 60_000);

const kills: Kill[] = [
  { at: 'moment', moment: 'stop switch set', side: 'after', nth: 1, victim: 'worker' },
  { at: 'moment', moment: 'click', side: 'after', nth: 2, victim: 'server' },
  { at: 'moment', moment: 'audit append', side: 'after', nth: 8, victim: 'database' },
  { at: 'moment', moment: 'reversal', side: 'after', nth: 1, victim: 'worker' },
  { at: 'moment', moment: 'mail sent', side: 'after', nth: 1, victim: 'temporal' },
];

it('loses nothing and does nothing twice when each part is killed in the middle of an incident', async () => {
  await chaos.incident(kills);
  expect(chaos.kills.filter(({ firedAfterMs }) => firedAfterMs === null)).toEqual([]);
  expect(chaos.incidents).toEqual([expect.objectContaining({ status: 'closed', findings: [] })]);
  expect(world.crashes).toEqual([]);
}, 1_200_000);
