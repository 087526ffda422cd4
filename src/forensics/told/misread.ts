import { hasDigit, matchesOf } from '../text/matches.ts';
import type { Reading } from '../narrative.ts';
import type { Observed } from '../observe.ts';
import type { Hypothesis } from '../origin.ts';
import { isObject } from '../read/json.ts';
import { opened } from '../values/values.ts';
import { clip } from '../text/text.ts';

const SMALLEST = 4;
/** A stated count this close to the length of a list is meant to be one of its counts. */
const MEANT = 3;
const STATED =
  /\b(?:there (?:are|were)|(?:i )?found|we have|total of|lists?|offers?) (?:currently |about )?(\d{1,3})\b(?![.,:/-]\d)/gi;

interface Counted {
  path: string;
  total: number;
  /** The total, and how many elements have each value of each of their plain fields. */
  counts: Set<number>;
}

const countsOf = (elements: unknown[], path: string): Counted => {
  const byValue = new Map<string, number>();
  for (const element of elements) {
    for (const [key, value] of isObject(element) ? Object.entries(element) : []) {
      if (typeof value === 'object') continue;
      const name = `${key}=${String(value).slice(0, 60)}`;
      byValue.set(name, (byValue.get(name) ?? 0) + 1);
    }
  }
  return { path, total: elements.length, counts: new Set([elements.length, ...byValue.values()]) };
};

/** The lists of an answer, and the maps whose values are alike. */
const collectionsIn = (root: unknown): Counted[] => {
  const out: Counted[] = [];
  const walk = (raw: unknown, path: string, depth: number): void => {
    const value = opened(raw);
    if (depth > 6 || out.length > 40) return;
    const elements = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
    const alike = Array.isArray(value) || elements.every((e) => isObject(e));
    if (elements.length >= SMALLEST && alike) out.push(countsOf(elements, path));
    if (isObject(value))
      for (const [key, item] of Object.entries(value))
        walk(item, path === '' ? key : `${path}.${key}`, depth + 1);
  };
  walk(root, '', 0);
  return out;
};

const judge = (
  said: string,
  result: unknown,
  reading: Reading,
  toolStep: number,
  tool: string,
): Hypothesis[] => {
  const found = hasDigit(said) ? matchesOf(STATED, said.slice(0, 20_000)) : [];
  if (found.length === 0) return [];
  const answer = collectionsIn(result);
  const known = new Set(answer.flatMap((c) => [...c.counts]));
  return found.flatMap((match): Hypothesis[] => {
    const stated = Number(match[1]);
    const meant = answer.find((c) => Math.abs(c.total - stated) <= MEANT);
    if (stated < SMALLEST || !meant || known.has(stated)) return [];
    return [
      {
        kind: 'misread',
        mode: 'hallucination_propagation',
        step: reading.step.stepNumber,
        score: 0.45,
        reason: `the step counts ${stated} where the answer of ${tool} has ${meant.total} (${meant.path || 'the list'}), and no field of it makes ${stated}`,
        citations: [
          {
            step: reading.step.stepNumber,
            place: 'output',
            quote: clip(said.slice(Math.max(0, match.index - 60), match.index + 160), 280),
          },
          { step: toolStep, place: `result ${meant.path}`.trim(), quote: `${meant.total} elements` },
        ],
        subject: { tool, path: meant.path, becomes: null },
      },
    ];
  });
};

/** A count that the model states right after an answer and that no list of the answer has. Version 1. */
export const misreadCounts = ({ readings }: Observed): Hypothesis[] => {
  let last: { step: number; tool: string; result: unknown } | null = null;
  return readings.flatMap((reading) => {
    const { tool, stepNumber, kind } = reading.step;
    if (tool) last = { step: stepNumber, tool: tool.name, result: tool.result };
    if (kind !== 'llm' || last === null || reading.said === '') return [];
    const answer: { step: number; tool: string; result: unknown } = last;
    last = null;
    return judge(reading.said, answer.result, reading, answer.step, answer.tool);
  });
};
