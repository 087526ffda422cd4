import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { watchSession } from '../../src/forensics/observe.ts';
import { toOtlpJson } from '../../src/adapters/traces/otlp-text.ts';
import { spansFromOtlpJson } from '../../src/forensics/read/otlp-json.ts';
import type { RawSpan } from '../../src/forensics/read/raw-span.ts';
import { sessionFromSpans } from '../../src/forensics/read/session.ts';
import { lexicalSimilarity } from '../../src/forensics/text/similarity.ts';
import type { FlagContext } from '../../src/forensics/flags/rule.ts';
import { readSet } from '../live/sets.ts';
import { createSpanMaker } from './spans.ts';

export interface FlagCost {
  what: string;
  spans: number;
  /** Of a span as OTLP/JSON. */
  bytes: number;
  parseUs: number;
  flagsUs: number;
  ratio: number;
}

const ROUNDS = 16;
const cpuUs = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
};
const medianOf = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

interface Piece {
  spans: RawSpan[];
  context: FlagContext;
}

/** CPU of the five flags against `JSON.parse` of the same spans, in turn, so that both meet the same machine. */
const costOf = (what: string, pieces: Piece[]): FlagCost => {
  const texts = pieces.map(({ spans }) => toOtlpJson(spans));
  const sessions = pieces.map(({ spans, context }) => ({ steps: sessionFromSpans(spans).steps, context }));
  const spans = sessions.reduce((sum, { steps }) => sum + steps.length, 0);
  const [parse, flags]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    parse.push(cpuUs(() => texts.forEach((text) => JSON.parse(text) as unknown)));
    flags.push(
      cpuUs(() => {
        for (const { steps, context } of sessions) {
          const watch = watchSession(context);
          for (const step of steps) watch.push(step);
        }
      }),
    );
  }
  const [parseUs, flagsUs] = [medianOf(parse) / spans, medianOf(flags) / spans];
  const bytes = Math.round(texts.reduce((sum, text) => sum + text.length, 0) / spans);
  return { what, spans, bytes, parseUs, flagsUs, ratio: flagsUs / parseUs };
};

const loaded = (): Piece[] => {
  const make = createSpanMaker({ perSession: 20 });
  const context: FlagContext = {
    profile: null,
    tools: null,
    tokenBudget: 1_000_000,
    similarity: lexicalSimilarity,
  };
  return Array.from({ length: 500 }, () => ({ spans: spansFromOtlpJson(make(20)).spans, context }));
};

const recorded = (data: string, set: string): Piece[] =>
  readSet(data, set).map(({ spans, profile, tools }) => ({
    spans,
    context: { profile, tools, tokenBudget: 1_000_000, similarity: lexicalSimilarity },
  }));

export const flagCosts = (data: string | null): FlagCost[] => [
  costOf('the load above', loaded()),
  ...(data !== null && existsSync(join(data, 'tau-clean'))
    ? [costOf('tau-clean', recorded(data, 'tau-clean'))]
    : []),
];
