/**
 * The reading order of sessions in which no rule is firm, on logs of teams labelled by people. Weights are fitted on nine
 * folds of tasks and judged on the tenth, ten seeds; each sign is left out in turn, each other one added, and once all
 * are used, so that no choice of signs plays a part. Prints the tables and the weights over all sessions; writes `bench/reading-order.json`.
 *   npx tsx bench/reading-order.ts [--seeds 10] [--data DIR]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sessionFromFile } from '../src/adapters/traces/session-file.ts';
import { contextOf } from '../src/forensics/analyse.ts';
import { observe } from '../src/forensics/observe.ts';
import {
  DIRECTED,
  isDirected,
  PEERS,
  premisesOf,
  type Signs,
  type Weights,
} from '../src/forensics/premises.ts';
import { byFit, crossValidate, spread, type Spread } from './reading-order/cross-validate.ts';
import { fit, placeOf, type Choice } from './reading-order/fit.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    data: { type: 'string', default: process.env['HOLDPOINT_DATA'] ?? resolve(root, '../shared/data') },
  },
});
const PENALTY = 6;
const FOLDS = 10;

const labelled = async (
  set: string,
): Promise<{ choices: Choice[]; names: (keyof Signs)[]; directed: number }> => {
  const dir = join(values.data, set);
  const gold = JSON.parse(readFileSync(join(dir, 'gold.json'), 'utf8')) as {
    sessions: { file: string; task: string; origin: { step: number } }[];
  };
  const choices: Choice[] = [];
  let names: (keyof Signs)[] = [];
  let directed = 0;
  for (const { file, task, origin } of gold.sessions) {
    const session = await sessionFromFile(join(dir, file));
    const observed = observe(session, contextOf(session, {}));
    const premises = premisesOf(observed);
    const label = premises.findIndex((p) => p.reading.step.stepNumber === origin.step);
    if (label < 0) continue;
    names = Object.keys(premises[0]?.signs ?? {}) as (keyof Signs)[];
    directed += Number(isDirected(observed));
    choices.push({ task, label, rows: premises.map((p) => names.map((n) => p.signs[n])) });
  }
  return { choices, names, directed };
};

const report = async (set: string, used: Weights): Promise<Record<string, unknown>> => {
  const { choices, names, directed } = await labelled(set);
  const signs = (Object.keys(used) as (keyof Signs)[]).map((n) => names.indexOf(n));
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => `${set}/${i}`);
  const validated = (chosen: number[]): Spread =>
    spread(seeds.map((seed) => crossValidate(choices, byFit(chosen, PENALTY), FOLDS, seed)));
  const table: Record<string, Spread> = { 'signs in use': validated(signs) };
  for (const k of signs) table[`without ${names[k]}`] = validated(signs.filter((s) => s !== k));
  for (const [k, name] of names.entries())
    if (!signs.includes(k)) table[`with ${name}`] = validated([...signs, k]);
  table['all signs, none chosen'] = validated(names.map((_, k) => k));
  const inUse = names.map((n) => used[n] ?? 0);
  const weights = byFit(signs, PENALTY)(choices);
  const fitted = fit(
    choices.map((c) => weights(c).choice),
    PENALTY,
  );
  console.log(`\n${set}: ${choices.length} sessions, ${directed} directed`);
  console.table(table);
  const rounded = Object.fromEntries(signs.map((k, i) => [names[k], Number((fitted[i] ?? 0).toFixed(2))]));
  const top1 = choices.filter((c) => placeOf(c, inUse) === 0).length / choices.length;
  console.log('fitted on all of them', rounded, `; in use ${(100 * top1).toFixed(1)} % of the same sessions`);
  return { sessions: choices.length, directed, crossValidated: table, fitted: rounded };
};

const result = {
  'who-and-when-ag': await report('who-and-when-ag', PEERS),
  'who-and-when-hc': await report('who-and-when-hc', DIRECTED),
};
writeFileSync(join(root, 'bench/reading-order.json'), `${JSON.stringify(result, null, 2)}\n`);
