import { generator } from '../../src/forensics/eval/variants.ts';
import { fit, placeOf, type Choice } from './fit.ts';

export interface Score {
  top1: number;
  top3: number;
  reads: number;
}
const mean = (list: number[]): number => list.reduce((a, b) => a + b, 0) / Math.max(1, list.length);
const scoreOf = (places: number[]): Score => ({
  top1: mean(places.map((p) => Number(p === 0))),
  top3: mean(places.map((p) => Number(p < 3))),
  reads: mean(places) + 1,
});

/** Tasks in folds, by a seed; all labelled sessions of a task are in one. */
export const foldsOf = (choices: Choice[], folds: number, seed: string): Choice[][] => {
  const below = generator(seed);
  const tasks = [...new Set(choices.map((c) => c.task))];
  for (let i = tasks.length - 1; i > 0; i -= 1) {
    const j = below(i + 1);
    [tasks[i], tasks[j]] = [tasks[j] ?? '', tasks[i] ?? ''];
  }
  return Array.from({ length: folds }, (_, f) =>
    choices.filter((c) => tasks.indexOf(c.task) % folds === f),
  ).filter((fold) => fold.length > 0);
};

export type Fit = (training: Choice[]) => (choice: Choice) => { choice: Choice; weights: number[] };
/** Each session ranked by weights that never saw its task. */
export const crossValidate = (choices: Choice[], learn: Fit, folds: number, seed: string): Score => {
  const places: number[] = [];
  for (const held of foldsOf(choices, folds, seed)) {
    const rank = learn(choices.filter((c) => !held.includes(c)));
    for (const { choice, weights } of held.map(rank)) places.push(placeOf(choice, weights));
  }
  return scoreOf(places);
};

export const only = (choice: Choice, signs: number[]): Choice => ({
  ...choice,
  rows: choice.rows.map((row) => signs.map((k) => row[k] ?? 0)),
});
export const byFit =
  (signs: number[], penalty: number): Fit =>
  (training) => {
    const weights = fit(
      training.map((c) => only(c, signs)),
      penalty,
    );
    return (choice) => ({ choice: only(choice, signs), weights });
  };

export interface Spread {
  top1: string;
  top3: string;
  reads: string;
}
const percent = (list: number[]): string => {
  const m = mean(list);
  return `${(100 * m).toFixed(1)} ± ${(100 * Math.sqrt(mean(list.map((x) => (x - m) ** 2)))).toFixed(1)} %`;
};
/** Mean and standard deviation over several seeds. */
export const spread = (scores: Score[]): Spread => ({
  top1: percent(scores.map((s) => s.top1)),
  top3: percent(scores.map((s) => s.top3)),
  reads: mean(scores.map((s) => s.reads)).toFixed(2),
});
