/**
 * The CPU of the analysis beside that of `JSON.parse` on the same bytes, in this process:
 * `node costs.js DATA STEPS ROUNDS`. Prints a list of costs as JSON.
 */
import { existsSync } from 'node:fs';
import type { Session } from '../../src/domain/session/session.ts';
import { analyse, type AnalyseOptions } from '../../src/forensics/analyse.ts';
import { learnProfile } from '../../src/forensics/learned/profile.ts';
import { spansFromOtlpJson } from '../../src/forensics/read/otlp-json.ts';
import type { RawSpan } from '../../src/forensics/read/raw-span.ts';
import { sessionFromSpans } from '../../src/forensics/read/session.ts';
import { linesIn, readSet } from '../live/sets.ts';
import { madeUpSession, TOOLS } from './made-up-session.ts';

const [data = '', steps = '', rounds = ''] = process.argv.slice(2);
const SETS = ['tau-clean', 'inject', 'agentrx-tau', 'who-and-when-ag', 'who-and-when-hc'];
/** Few rounds are enough where one is long. */
const LONG_BYTES = 100_000_000;

/** CPU of this process, ms; the garbage collector's threads included. */
const cpuOf = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const spansIn = (lines: string[]): RawSpan[] => {
  const spans: RawSpan[] = [];
  for (const line of lines) spans.push(...spansFromOtlpJson(JSON.parse(line)).spans);
  return spans;
};

interface Case {
  lines: string[];
  options: AnalyseOptions;
}
export interface Cost {
  sessions: string;
  steps: number;
  mb: number;
  parseMs: number;
  readMs: number;
  analyseMs: number;
  /** Of the first round, before the code is compiled for it. */
  firstMs: number;
}
const costOf = (name: string, cases: Case[], rounds: number): Cost => {
  const bytes = cases.reduce((sum, { lines }) => lines.reduce((n, l) => n + l.length, sum), 0);
  const best = { parseMs: Infinity, readMs: Infinity, analyseMs: Infinity };
  let [steps, firstMs] = [0, 0];
  for (let i = 0; i < (bytes > LONG_BYTES ? Math.min(2, rounds) : rounds); i += 1) {
    const parseMs = cpuOf(() => cases.forEach(({ lines }) => lines.forEach((l) => void JSON.parse(l))));
    const read: Session[] = [];
    const readMs = cpuOf(() => cases.forEach(({ lines }) => read.push(sessionFromSpans(spansIn(lines)))));
    const analyseMs = cpuOf(() => cases.forEach(({ options }, n) => read[n] && analyse(read[n], options)));
    steps = read.reduce((sum, session) => sum + session.steps.length, 0);
    if (i === 0) firstMs = analyseMs;
    best.parseMs = Math.min(best.parseMs, parseMs);
    best.readMs = Math.min(best.readMs, readMs);
    best.analyseMs = Math.min(best.analyseMs, analyseMs);
  }
  return { sessions: name, steps, mb: bytes / 1e6, ...best, firstMs };
};

/** Sessions of a labelled set, with the tools and the profile that they are analysed with. */
const labelled = (set: string): Case[] =>
  readSet(data, set).map(({ file, tools, profile }) => ({
    lines: linesIn(file),
    options: { tools, profile },
  }));

const madeUp = (steps: number): Case[] => {
  const profile = learnProfile(
    Array.from({ length: 10 }, (_, i) => sessionFromSpans(spansIn([...madeUpSession(60, `warm-${i}`)]))),
  );
  // Of short ones many, so that there is something to measure.
  return Array.from({ length: Math.max(1, Math.floor(1_200 / steps)) }, (_, i) => ({
    lines: [...madeUpSession(steps, `measured-${i}`)],
    options: { tools: TOOLS, profile },
  }));
};

const times = Number(rounds);
const costs: Cost[] = [
  ...(existsSync(data) ? SETS : []).map((set) => costOf(set, labelled(set), times)),
  ...steps.split(',').map((n) => costOf(`made up, ${n} steps`, madeUp(Number(n)), times)),
];
process.stdout.write(JSON.stringify(costs));
