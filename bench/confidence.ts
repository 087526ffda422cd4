/**
 * How far a suggestion may be believed: the score of the nearest failure mode, its margin and the score of the first
 * origin, each held against the share that is right, over labelled sessions, our own harder faults and honest sessions. The
 * bound below which the mode is `unknown` is chosen on all kinds but one and judged on that one. Writes
 * `bench/confidence.json`.
 *   npx tsx bench/confidence.ts [--count 6] [--data DIR] [--summary]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sessionFromFile } from '../src/adapters/traces/session-file.ts';
import { readToolsFile } from '../src/adapters/traces/beside.ts';
import type { Analysis } from '../src/domain/session/analysis.ts';
import { analyse } from '../src/forensics/analyse.ts';
import { SAID_FROM } from '../src/forensics/confidence.ts';
import { learnProfile, type Profile } from '../src/forensics/learned/profile.ts';
import { partOf } from './hard-faults/kind.ts';
import { createRun, KINDS } from './hard-faults/run.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '6' },
    data: { type: 'string', default: process.env['HOLDPOINT_DATA'] ?? resolve(root, '../shared/data') },
    /** One line of figures and no file. */
    summary: { type: 'boolean', default: false },
  },
});

/** What the engine said of one session, and whether it is so. */
interface Point {
  /** The kind of fault or look-alike: what is left out together. */
  kind: string;
  from: 'labelled' | 'own faults' | 'honest' | 'people';
  score: number;
  margin: number;
  /** Whether the nearest mode is right; null where there is no fault, `false` is never right there. */
  right: boolean | null;
  originScore: number | null;
  /** Whether the first candidate is right; null where there is no fault. */
  originRight: boolean | null;
  falseFlags: number;
  missed: number;
}

interface Labelled {
  file: string;
  tools: string | null;
  profile: string | null;
  fault?: string | null;
  variant?: string;
  mode?: string | null;
  origin: { step: number } | null;
  findings?: { flag: string }[];
}
const pointOf = (session: Labelled, analysis: Analysis, from: Point['from']): Point => {
  const { nearest, scores, margin } = analysis.failureMode;
  const [first] = analysis.faultOrigin.candidates;
  const isFault = session.origin !== null;
  const loud = analysis.findings.filter((f) => f.severity !== 'info');
  return {
    kind: `${session.fault ?? from} ${session.variant ?? ''}`.trim(),
    from: isFault ? from : 'honest',
    score: scores[nearest] ?? 0,
    margin,
    right: isFault ? nearest === session.mode : null,
    originScore: first?.score ?? null,
    originRight: session.origin ? first?.step === session.origin.step : null,
    falseFlags: isFault ? 0 : loud.length,
    missed: (session.findings ?? []).filter(({ flag }) => !loud.some((f) => f.flag === flag)).length,
  };
};

const labelled = async (): Promise<Point[]> => {
  const out: Point[] = [];
  for (const [set, from] of [
    ['inject', 'labelled'],
    ['tau-clean', 'labelled'],
    ['agentrx-tau', 'people'],
  ] as const) {
    const dir = join(values.data, set);
    const gold = JSON.parse(readFileSync(join(dir, 'gold.json'), 'utf8')) as {
      sessions: Labelled[];
      profiles?: Record<string, string[]>;
    };
    const profiles = new Map<string, Profile>();
    for (const session of gold.sessions) {
      const { profile: name, tools } = session;
      if (name !== null && !profiles.has(name)) {
        const files = gold.profiles?.[name] ?? [];
        const good = [];
        for (const file of files) good.push(await sessionFromFile(join(dir, file)));
        profiles.set(name, learnProfile(good));
      }
      const analysis = analyse(await sessionFromFile(join(dir, session.file)), {
        tools: tools === null ? null : await readToolsFile(join(values.data, 'tools', tools)),
        profile: name === null ? null : (profiles.get(name) ?? null),
      });
      out.push(pointOf(session, analysis, from));
    }
  }
  return out;
};

const ownKinds = async (): Promise<Point[]> => {
  const run = await createRun({ data: values.data, count: Number(values.count), seed: 'first' });
  return KINDS.flatMap((kind) =>
    run(kind).map((o): Point => ({
      kind: `${partOf(kind)}: ${kind.name}`,
      from: o.faulty ? 'own faults' : 'honest',
      score: o.score,
      margin: o.margin,
      right: o.nearestRight,
      originScore: o.originScore,
      originRight: o.faulty ? o.top1 : null,
      falseFlags: o.falseAlarms,
      missed: o.due - o.found,
    })),
  );
};

const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
const BUCKETS = [0, 0.01, 0.25, 0.33, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01];
const table = (
  points: readonly Point[],
  of: (p: Point) => number | null,
  right: (p: Point) => boolean,
): Record<string, Record<string, string | number>> =>
  Object.fromEntries(
    BUCKETS.slice(1).flatMap((to, i) => {
      const from = BUCKETS[i] ?? 0;
      const mine = points.filter((p) => (of(p) ?? -1) >= from && (of(p) ?? -1) < to);
      if (mine.length === 0) return [];
      return [
        [
          `${from.toFixed(2)} to ${Math.min(1, to).toFixed(2)}`,
          {
            sessions: mine.length,
            right: percent(mine.filter(right).length, mine.length),
            'no fault at all': percent(mine.filter((p) => p.right === null).length, mine.length),
          },
        ],
      ];
    }),
  );

/** What a bound is worth: a suggestion that is right counts one, one that is wrong costs `COST`. */
const COST = 2;
const worth = (points: readonly Point[], bound: number): number =>
  points.reduce((sum, p) => sum + (p.score < bound ? 0 : p.right === true ? 1 : -COST), 0);
const BOUNDS = Array.from({ length: 17 }, (_, i) => Math.round((0.1 + i * 0.05) * 100) / 100);
/** The bound worth most; of equals the middle one. */
const bestBound = (points: readonly Point[]): number => {
  const sums = BOUNDS.map((b) => worth(points, b));
  const top = BOUNDS.filter((_, i) => sums[i] === Math.max(...sums));
  return top[Math.floor(top.length / 2)] ?? 0;
};
/** Leaves one kind out at a time: the bound is chosen on the others and judged on that one. */
const leaveOneOut = (points: readonly Point[]) => {
  const kinds = [...new Set(points.map((p) => p.kind))];
  const rows = kinds.map((kind) => {
    const mine = points.filter((p) => p.kind === kind);
    const bound = bestBound(points.filter((p) => p.kind !== kind));
    return {
      bound,
      said: mine.filter((p) => p.score >= bound).length,
      right: mine.filter((p) => p.score >= bound && p.right === true).length,
      faults: mine.filter((p) => p.right !== null).length,
      falseOnes: mine.filter((p) => p.score >= bound && p.right === null).length,
      honest: mine.filter((p) => p.right === null).length,
    };
  });
  const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((n, r) => n + of(r), 0);
  return {
    kinds: kinds.length,
    bounds: Object.fromEntries(
      [...new Set(rows.map((r) => r.bound))]
        .toSorted()
        .map((b) => [b, rows.filter((r) => r.bound === b).length]),
    ),
    'right of what is said': percent(
      sum((r) => r.right),
      sum((r) => r.said),
    ),
    'faults named': percent(
      sum((r) => r.right),
      sum((r) => r.faults),
    ),
    'honest sessions with a suggestion': percent(
      sum((r) => r.falseOnes),
      sum((r) => r.honest),
    ),
  };
};

const main = async (): Promise<void> => {
  const all = [...(await labelled()), ...(await ownKinds())];
  const named = all.filter((p) => p.from !== 'people');
  const faults = named.filter((p) => p.right !== null);
  const honest = named.filter((p) => p.right === null);
  if (values.summary) {
    console.log(
      JSON.stringify({
        mode: percent(faults.filter((p) => p.score >= SAID_FROM && p.right === true).length, faults.length),
        top1: percent(faults.filter((p) => p.originRight === true).length, faults.length),
        missedFlags: faults.reduce((n, p) => n + p.missed, 0),
        falseFlags: honest.reduce((n, p) => n + p.falseFlags, 0),
        suggested: percent(honest.filter((p) => p.score >= SAID_FROM).length, honest.length),
      }),
    );
    return;
  }
  const result = {
    sessions: { faults: faults.length, honest: honest.length },
    'mode by score': table(
      named,
      (p) => p.score,
      (p) => p.right === true,
    ),
    'mode by margin': table(
      named,
      (p) => p.margin,
      (p) => p.right === true,
    ),
    'first origin by score': table(
      named,
      (p) => p.originScore,
      (p) => p.originRight === true,
    ),
    'first origin by score, labels of people': table(
      all.filter((p) => p.from === 'people'),
      (p) => p.originScore,
      (p) => p.originRight === true,
    ),
    'bound of unknown': {
      'worth of each bound': Object.fromEntries(BOUNDS.map((b) => [b, worth(named, b)])),
      'one kind left out': leaveOneOut(named),
    },
  };
  for (const [title, rows] of Object.entries(result)) {
    console.log(`\n${title}`);
    console.table(rows);
  }
  console.log(JSON.stringify(result['bound of unknown'], null, 2));
  writeFileSync(join(root, 'bench/confidence.json'), `${JSON.stringify(result, null, 2)}\n`);
};

await main();
