import type { Run } from './product.ts';

/** How far it is, with the seconds since the start. */
export const say = (line: string): void =>
  void process.stderr.write(`${(performance.now() / 1_000).toFixed(0).padStart(4)} s  ${line}\n`);

const at = (values: readonly number[], share: number): number => {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN);
};

export interface Percentiles {
  p50: number;
  p95: number;
}
export const percentiles = (values: readonly number[]): Percentiles => ({
  p50: at(values, 0.5),
  p95: at(values, 0.95),
});

/** What a set of runs took, ms; `perSecond` by the wall clock of its blocks. */
export interface Summary {
  runs: number;
  perSecond: number;
  /** CPU of the measured process, ms an incident. */
  cpuMs: number;
  acknowledged: Percentiles;
  stopped: Percentiles;
  updates: Percentiles;
  whole: Percentiles;
}

export const summary = ({
  runs,
  wallMs,
  cpuMs,
}: {
  runs: readonly Run[];
  wallMs: number;
  cpuMs: number;
}): Summary => ({
  runs: runs.length,
  perSecond: Math.round((runs.length / wallMs) * 1e5) / 100,
  cpuMs: Math.round(cpuMs / runs.length),
  acknowledged: percentiles(runs.map(({ acknowledgedMs }) => acknowledgedMs)),
  stopped: percentiles(runs.map(({ stoppedMs }) => stoppedMs)),
  updates: percentiles(runs.flatMap(({ updatesMs }) => updatesMs)),
  whole: percentiles(runs.map(({ totalMs }) => totalMs)),
});

const cell = (value: string | number, width = 16): string => String(value).padStart(width);
const pair = ({ p50, p95 }: Percentiles): string => `${p50} / ${p95}`;
const row = (name: string, product: string | number, bare: string | number, ratio: string): string =>
  `${name.padEnd(44)}${cell(product)}${cell(bare)}${cell(ratio, 8)}`;
const over = (a: number, b: number): string => (a / b).toFixed(2);

export function printHead(): void {
  console.log(row('', 'Holdpoint', 'bare', 'ratio'));
}

export function printSummary(
  name: string,
  product: Summary & { failures: string[] },
  bare: Summary & { failures: string[] },
): void {
  for (const [kind, { failures }] of Object.entries({ product, bare }))
    if (failures.length > 0)
      console.log(`${name}: ${failures.length} of ${kind} did not end, the first: ${failures[0]}`);
  if (product.runs === 0 || bare.runs === 0) return;
  const line = (what: string, a: Percentiles, b: Percentiles): void =>
    console.log(row(`${name}: ${what}, ms p50 / p95`, pair(a), pair(b), over(a.p50, b.p50)));
  console.log(
    row(
      `${name}: incidents a second`,
      product.perSecond,
      bare.perSecond,
      over(product.perSecond, bare.perSecond),
    ),
  );
  printCount(`${name}: CPU of the process, ms an incident`, product.cpuMs, bare.cpuMs);
  line('alert → acknowledged', product.acknowledged, bare.acknowledged);
  line('alert → agent stopped', product.stopped, bare.stopped);
  line('update', product.updates, bare.updates);
  line('whole incident', product.whole, bare.whole);
}

export function printCount(name: string, product: number, bare: number | null): void {
  console.log(row(name, product, bare ?? '', bare === null ? '' : over(product, bare)));
}
