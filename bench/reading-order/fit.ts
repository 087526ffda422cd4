/** The candidates of one session as rows of signs, and which of them the label names. */
export interface Choice {
  task: string;
  rows: number[][];
  label: number;
}

const dot = (a: number[], b: number[]): number => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);

/** Solves a symmetric positive definite system by elimination. */
const solve = (matrix: number[][], vector: number[]): number[] => {
  const n = vector.length;
  const m = matrix.map((row, i) => [...row, vector[i] ?? 0]);
  for (let i = 0; i < n; i += 1) {
    const pivot = m[i] as number[];
    for (let j = i + 1; j < n; j += 1) {
      const row = m[j] as number[];
      const factor = (row[i] ?? 0) / (pivot[i] ?? 1);
      for (let k = i; k <= n; k += 1) row[k] = (row[k] ?? 0) - factor * (pivot[k] ?? 0);
    }
  }
  const out = Array.from({ length: n }, () => 0);
  for (let i = n - 1; i >= 0; i -= 1) {
    const row = m[i] as number[];
    let sum = row[n] ?? 0;
    for (let k = i + 1; k < n; k += 1) sum -= (row[k] ?? 0) * (out[k] ?? 0);
    out[i] = sum / (row[i] ?? 1);
  }
  return out;
};

/** One Newton step of the penalised log-likelihood of the labelled candidates. */
const stepOf = (choices: Choice[], weights: number[], penalty: number): number[] => {
  const n = weights.length;
  const gradient = weights.map((w) => -penalty * w);
  const hessian = weights.map((_, i) => weights.map((__, j) => (i === j ? penalty : 0)));
  for (const { rows, label } of choices) {
    const scores = rows.map((row) => dot(row, weights));
    const top = Math.max(...scores);
    const shares = scores.map((s) => Math.exp(s - top));
    const total = shares.reduce((a, b) => a + b, 0);
    const mean = weights.map((_, k) =>
      rows.reduce((sum, row, i) => sum + ((shares[i] ?? 0) / total) * (row[k] ?? 0), 0),
    );
    for (let k = 0; k < n; k += 1) {
      gradient[k] = (gradient[k] ?? 0) + (rows[label]?.[k] ?? 0) - (mean[k] ?? 0);
      const line = hessian[k] as number[];
      for (let l = 0; l < n; l += 1)
        line[l] =
          (line[l] ?? 0) +
          rows.reduce((sum, row, i) => sum + ((shares[i] ?? 0) / total) * (row[k] ?? 0) * (row[l] ?? 0), 0) -
          (mean[k] ?? 0) * (mean[l] ?? 0);
    }
  }
  return solve(hessian, gradient);
};

const spreadOf = (choices: Choice[]): number[] => {
  const rows = choices.flatMap((c) => c.rows);
  return (rows[0] ?? []).map((_, k) => {
    const mean = rows.reduce((sum, r) => sum + (r[k] ?? 0), 0) / rows.length;
    const variance = rows.reduce((sum, r) => sum + ((r[k] ?? 0) - mean) ** 2, 0) / rows.length;
    return Math.sqrt(variance) || 1;
  });
};

/** Weights under which the labelled candidate is the likeliest of its session; the penalty is per standard deviation. */
export const fit = (choices: Choice[], penalty: number): number[] => {
  const spread = spreadOf(choices);
  const scaled = choices.map((c) => ({
    ...c,
    rows: c.rows.map((r) => r.map((x, k) => x / (spread[k] ?? 1))),
  }));
  let weights = spread.map(() => 0);
  for (let i = 0; i < 25; i += 1) {
    const step = stepOf(scaled, weights, penalty);
    weights = weights.map((w, k) => w + (step[k] ?? 0));
    if (Math.max(...step.map(Math.abs)) < 1e-6) break;
  }
  return weights.map((w, k) => w / (spread[k] ?? 1));
};

/** At which place (from 0) the labelled candidate stands. */
export const placeOf = ({ rows, label }: Choice, weights: number[]): number => {
  const scores = rows.map((row) => dot(row, weights));
  const mine = scores[label] ?? 0;
  return scores.filter((s, i) => s > mine || (s === mine && i < label)).length;
};
