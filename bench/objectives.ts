/**
 * Objectives in other words than the task, and objectives that have left it, by words alone and by meaning. The task
 * stands among the sentences that system prompts have. Prints one table; writes `bench/objectives.json`.
 *   npx tsx bench/objectives.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closenessOf, FOREIGN, SAME_WORDS } from '../src/adapters/similarity/by-meaning.ts';
import { sentenceVectors } from '../src/adapters/similarity/sentence-vectors.ts';
import { FAR } from '../src/forensics/flags/context-drift.ts';
import { lexicalSimilarity } from '../src/forensics/text/similarity.ts';
import { OBJECTIVES } from './objectives/pairs.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const AROUND = [
  'You are a careful agent of our company.',
  'Be polite, use the tools that you are given and never make up a value.',
  'Ask for confirmation before you change anything.',
];
const taskOf = (task: string): string => [AROUND[0], task, ...AROUND.slice(1)].join('\n');

interface Seen {
  words: number;
  meaning: number;
}
const seen = async (objective: string, task: string): Promise<Seen> => ({
  words: lexicalSimilarity(objective, taskOf(task)),
  meaning: await closenessOf(objective, taskOf(task), sentenceVectors),
});

/** How often one that serves the task is closer than one that does not. */
const auc = (same: number[], other: number[]): number =>
  same.reduce((sum, a) => sum + other.reduce((n, b) => n + (a > b ? 1 : a === b ? 0.5 : 0), 0), 0) /
  (same.length * other.length);
const percent = (part: number[], of: (x: number) => boolean): string =>
  `${((100 * part.filter(of).length) / part.length).toFixed(1)} %`;

const [same, other]: [Seen[], Seen[]] = [[], []];
const startedAt = performance.now();
for (const [i, [task, mine, foreign]] of OBJECTIVES.entries()) {
  same.push(await seen(mine, task));
  other.push(await seen(foreign, task));
  other.push(await seen(OBJECTIVES[(i + 7) % OBJECTIVES.length]?.[1] ?? '', task));
}
const msEach = (performance.now() - startedAt) / (same.length + other.length);

const isNear = {
  words: (s: Seen): boolean => s.words >= FAR,
  meaning: (s: Seen): boolean => s.meaning >= FOREIGN,
  both: (s: Seen): boolean => s.words >= SAME_WORDS || s.meaning >= FOREIGN,
};
const rowOf = (near: (s: Seen) => boolean, scores: (s: Seen) => number): Record<string, string> => ({
  'taken for near, in other words': percent(
    same.map((s) => Number(near(s))),
    Boolean,
  ),
  'taken for foreign, elsewhere': percent(
    other.map((s) => Number(!near(s))),
    Boolean,
  ),
  'right order': auc(same.map(scores), other.map(scores)).toFixed(3),
});
const table = {
  'by words': rowOf(isNear.words, (s) => s.words),
  'by meaning': rowOf(isNear.meaning, (s) => s.meaning),
  'as it is used': rowOf(isNear.both, (s) => (s.words >= SAME_WORDS ? 1 : s.meaning)),
};
console.log(`${same.length} in other words, ${other.length} elsewhere; ${msEach.toFixed(0)} ms an objective`);
console.table(table);
for (const at of [0.3, 0.34, 0.36, 0.38, 0.4, 0.42, 0.45])
  console.log(
    at,
    percent(
      same.map((s) => s.meaning),
      (x) => x >= at,
    ),
    percent(
      other.map((s) => s.meaning),
      (x) => x < at,
    ),
  );
writeFileSync(
  join(root, 'bench/objectives.json'),
  `${JSON.stringify({ sameTask: same.length, otherTask: other.length, ...table }, null, 2)}\n`,
);
