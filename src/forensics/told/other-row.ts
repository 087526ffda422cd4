import { isExplained } from '../asked/asked-number.ts';
import { heldIn, nameOf, type Held } from './described.ts';
import { hasDigit } from '../text/matches.ts';
import { momentOf } from '../text/moments.ts';
import type { Reading } from '../narrative.ts';
import type { Observed } from '../observe.ts';
import type { Hypothesis } from '../origin.ts';
import { lastKey } from '../values/paths.ts';
import { asText } from '../read/json.ts';
import { rowsOf, tokensOf, type Row } from './rows.ts';
import { amountKey, isSameKind, statedIn, unitsAround, type Stated } from '../text/stated.ts';
import { clip } from '../text/text.ts';
import { eachValue } from '../values/values.ts';

const MAX_SAID = 8000;
/** Rows of one kin that are compared, the newest. */
const MAX_KIN = 400;
/** A value that so many rows have tells none of them apart. */
const MOST_OWNERS = 20;
/** What is told is held against rows so often in a step, and in a session; so often may something be found. */
const [MOST_A_STEP, MOST, MOST_FOUND] = [40, 2000, 20] as const;
/** What a session's answers hold, as far as it has come. */
const createHoldings = () => {
  const byValue = new Map<string, Set<Row>>();
  const byField = new Map<string, Row[]>();
  return {
    enter: (rows: readonly Row[]): void => {
      for (const row of rows)
        for (const [path, { key }] of row.values) {
          const known = byValue.get(key);
          if (known) known.add(row);
          else byValue.set(key, new Set([row]));
          const name = lastKey(path);
          const kin = byField.get(name);
          if (kin) kin.push(row);
          else byField.set(name, [row]);
        }
    },
    isEmpty: (): boolean => byValue.size === 0,
    owners: (key: string): Row[] => [...(byValue.get(key) ?? [])],
    kin: (name: string): Row[] => (byField.get(name) ?? []).slice(-MAX_KIN),
  };
};

/** Its own value is told too, or the value can be reckoned from those of the record and of the text. */
const isExcused = (stated: Stated, { row, has }: Held, all: readonly Stated[]): boolean => {
  const keys = [...all, ...row.values.values()].map(({ key }) => key).filter((key) => key !== stated.key);
  const value = Number(stated.key);
  return (
    all.some((s) => s.key === has.key) ||
    (Number.isFinite(value) && isExplained(value, keys.map(Number).filter(Number.isFinite)))
  );
};

const hypothesisOf = (
  reading: Reading,
  stated: Stated,
  owner: Row,
  { row, field, has }: Held,
): Hypothesis => {
  const { tool } = row;
  const path = row.path === '' ? field : `${row.path}.${field}`;
  const step = reading.step.stepNumber;
  return {
    kind: 'misread',
    mode: 'hallucination_propagation',
    step,
    score: 0.45,
    reason: `the step tells ${stated.text} of a record for which the answer of ${tool} has ${has.text} (${path}); ${stated.text} is another one's`,
    citations: [
      {
        step,
        place: 'output',
        quote: clip(reading.said.slice(Math.max(0, stated.at - 160), stated.at + 120), 280),
      },
      { step: row.step, place: `result ${path}`, quote: has.text },
      { step: owner.step, place: `result ${path}`, quote: stated.text },
    ],
    subject: { tool, path, becomes: null },
  };
};

/**
 * Amounts and days that the agent tells of one record and that the answers have for another one alone: the next row, the
 * other leg. Silent where a person brought the value, where it stands anywhere else, and where the record's own value is
 * told beside it. Version 1.
 */
export const otherRows = ({ readings }: Observed): Hypothesis[] => {
  const holdings = createHoldings();
  const brought = new Set<string>();
  const used = new Set<string>();
  const left = { compared: MOST, found: MOST_FOUND };
  /** Answers so far. */
  const answers: unknown[] = [];
  let unread: Reading[] = [];
  /** What was said and called is read when a value is told that a record has: of most sessions none is. */
  const read = (): void => {
    for (const { heard, calls, step } of unread) {
      for (const one of heard)
        if (one.source !== 'tool')
          for (const { key } of statedIn(one.text.slice(0, MAX_SAID))) brought.add(key);
      for (const { args } of step.kind === 'llm' ? calls : []) {
        const text = asText(args).slice(0, MAX_SAID);
        for (const token of tokensOf(text)) used.add(token);
        for (const { key } of statedIn(text.replace(/["[\]{}:,]/g, ' '))) brought.add(key);
      }
    }
    unread = [];
  };
  let unseen: Reading[] = [];
  const enterAnswers = (): void => {
    for (const { step } of unseen) {
      const { tool, stepNumber } = step;
      if (tool) answers.push(tool.result);
      if (tool?.status === 'ok') holdings.enter(rowsOf(tool.result, tool.name, stepNumber));
    }
    unseen = [];
  };
  /** Whether an answer has it in a text, or as a number that stands in no record. */
  const isElsewhere = (key: string): boolean =>
    answers.some((answer) => {
      if (typeof answer === 'number' && amountKey(answer) === key) return true;
      let found = false;
      eachValue(answer, (value) => {
        found ||=
          typeof value === 'string' &&
          value.length < MAX_SAID &&
          momentOf(value) === null &&
          statedIn(value).some((s) => s.key === key);
        return !found;
      });
      return found;
    });
  const isUsed = ({ traits }: Row): boolean =>
    traits.some((t) => t.isId && t.tokens.length > 0 && t.tokens.every((token) => used.has(token)));

  const judge = (reading: Reading, text: string, all: readonly Stated[], stated: Stated): Hypothesis[] => {
    const owners = holdings.owners(stated.key);
    const [owner] = owners;
    if (!owner || owners.length > MOST_OWNERS) return [];
    read();
    if (brought.has(stated.key)) return [];
    const name = nameOf(owner, stated.key);
    if (owners.some((row) => nameOf(row, stated.key) !== name || isUsed(row))) return [];
    if (left.compared <= 0 || left.found <= 0) return [];
    left.compared -= 1;
    const kin = holdings.kin(name);
    for (const around of new Set(unitsAround(text, stated.at))) {
      if (statedIn(around).filter((s) => isSameKind(s, stated)).length > 1) return [];
      const unit = { text: around, words: new Set(tokensOf(around.replace(stated.text, ' '))) };
      const held = heldIn(unit, stated.key, name, owners, kin);
      if (!held) continue;
      left.found -= 1;
      return isExcused(stated, held, all) || isElsewhere(stated.key)
        ? []
        : [hypothesisOf(reading, stated, owner, held)];
    }
    return [];
  };

  return readings.flatMap((reading): Hypothesis[] => {
    unread.push(reading);
    unseen.push(reading);
    if (reading.step.kind !== 'llm' || !hasDigit(reading.said)) return [];
    enterAnswers();
    if (holdings.isEmpty()) return [];
    const text = reading.said.slice(0, MAX_SAID);
    const stated = statedIn(text);
    return stated.slice(0, MOST_A_STEP).flatMap((one) => judge(reading, text, stated, one));
  });
};
