import type { Heard, Reading, Source } from './narrative.ts';
import { isObject } from './read/json.ts';
import { isEmbedded, MAX_SCAN, normal, scanTokens } from './text.ts';
import { keysOf, leavesOf } from './values.ts';
import {
  createWordTable,
  FACTOR_A,
  FACTOR_B,
  hashA,
  hashB,
  joinA,
  joinB,
  type WordTable,
} from './word-table.ts';

/** The first time a token was in the session, and who brought it. */
export interface Mention {
  source: Source | 'model';
  step: number;
  place: string;
  /** For a tool's answer: the path of the leaf, and whether the token was only a part of a longer text there. */
  path?: string;
  embedded?: boolean;
  /** Only a piece of a longer token: the digits of `card_312`. */
  piece?: boolean;
}

/**
 * Who said what first. Every token of the session is entered once, with its first source; a token that a model wrote
 * before anybody else stays the model's, whoever repeats it later. Version 1 of the provenance rule.
 */
export interface Ledger {
  hear(reading: Reading): void;
  say(reading: Reading): void;
  /** Whether anybody but a model brought the token, whole or in parts side by side. */
  knows(token: string): boolean;
  first(token: string): Mention | undefined;
  /** Of the words that a model step was the first to say, those with a digit and those that are asked for, in order. */
  broughtBy(step: number, asked: ReadonlySet<string>): string[];
}

const [HASH, DASH, UNDERSCORE] = [35, 45, 95] as const;
const MAX_KEYS = 50_000;
/** Texts that are remembered to have been entered: long enough to be worth it, short enough to be kept. */
const [LONG_ENOUGH, MAX_REPEATED, MAX_TEXTS] = [40, 20_000, 2_000] as const;
/** As long as an id that is written in parts side by side. */
const MAX_JOINED = 24;
const isJoint = (c: number): boolean => c === DASH || c === UNDERSCORE;
const withoutJoints = (word: string): string => word.replace(/[-_]/g, '');

/** Enters all words of a text, small letters only, for one mention; the same number with one more for pieces of a word. */
const enterWords = (table: WordTable, lower: string, mention: number): boolean => {
  let isNews = false;
  let [lastA, lastB, lastLength, lastEnd, lastDigits] = [0, 0, 0, -9, false];
  const enter = (a: number, b: number, value: number): void => {
    if (table.enter(a, b, value) >> 1 === mention >> 1) isNews = true;
  };
  const enterParts = (from: number, to: number): void => {
    let [wholeA, wholeB, a, b] = [0, 0, 0, 0];
    for (let i = from; i < to; i += 1) {
      const c = lower.charCodeAt(i);
      if (isJoint(c)) continue;
      wholeA = (Math.imul(wholeA, FACTOR_A) + c) | 0;
      wholeB = (Math.imul(wholeB, FACTOR_B) + c) | 0;
    }
    enter(wholeA, wholeB, mention);
    for (let i = from; i <= to; i += 1) {
      const c = i < to ? lower.charCodeAt(i) : DASH;
      if (isJoint(c)) {
        enter(a, b, mention + 1);
        [a, b] = [0, 0];
      } else {
        a = (Math.imul(a, FACTOR_A) + c) | 0;
        b = (Math.imul(b, FACTOR_B) + c) | 0;
      }
    }
  };
  scanTokens(lower, (start, to, digits, joined, a, b) => {
    const from = lower.charCodeAt(start) === HASH ? start + 1 : start;
    const length = to - from;
    enter(a, b, mention);
    if (joined) enterParts(from, to);
    // "4WQ 150" and "+49 170": parts side by side are an id written otherwise; so is one read out, "W 7 3 1".
    const near = (digits || lastDigits) && start - lastEnd <= 2 && lastLength + length < MAX_JOINED;
    if (near) {
      const [nearA, nearB] = [joinA(lastA, a, length), joinB(lastB, b, length)];
      enter(nearA, nearB, mention);
      if (digits && length <= 2 && !joined) {
        [lastA, lastB, lastLength, lastEnd, lastDigits] = [nearA, nearB, lastLength + length, to, digits];
        return;
      }
    }
    [lastA, lastB, lastLength, lastEnd, lastDigits] = [a, b, length, to, digits];
  });
  return isNews;
};

export const createLedger = (): Ledger => {
  const table = createWordTable();
  const mentions: Mention[] = [];
  const entered = new Set<string>();
  /** A text that was entered before brings nothing: each of its tokens has its first mention. */
  const isRepeated = (text: string): boolean => {
    if (text.length < LONG_ENOUGH || text.length > MAX_REPEATED) return false;
    if (entered.has(text)) return true;
    if (entered.size < MAX_TEXTS) entered.add(text);
    return false;
  };
  const enterText = (text: string, mention: Mention): void => {
    if (text === '' || isRepeated(text)) return;
    const lower = (text.length > MAX_SCAN ? text.slice(0, MAX_SCAN) : text).toLowerCase();
    if (enterWords(table, lower, 2 * mentions.length)) mentions.push(mention);
  };
  const find = (word: string): Mention | undefined => {
    const found = table.find(hashA(word), hashB(word));
    const mention = found < 0 ? undefined : mentions[found >> 1];
    return mention && (found & 1) === 1 ? { ...mention, piece: true } : mention;
  };

  /** What the model wrote at a step, for who asks which of its words are its own. */
  const written = new Map<number, string>();

  const keys = new Set<string>();
  const enterHeard = (heard: Heard): void => {
    const { source, step, place } = heard;
    if (source === 'tool' && (isObject(heard.value) || Array.isArray(heard.value))) {
      for (const key of keysOf(heard.value)) {
        if (keys.has(key)) continue;
        if (keys.size < MAX_KEYS) keys.add(key);
        enterText(key, { source, step, place, path: key });
      }
      for (const { path, value } of leavesOf(heard.value)) {
        const text = String(value);
        enterText(text, { source, step, place, path, embedded: isEmbedded(text) });
      }
    } else
      enterText(
        heard.text,
        source === 'tool'
          ? { source, step, place, embedded: isEmbedded(heard.text) }
          : { source, step, place },
      );
  };

  return {
    hear: (reading) => {
      for (const heard of reading.heard) if (heard.source !== 'agent') enterHeard(heard);
    },
    say: ({ said, calls, modelStep }) => {
      const mention: Mention = { source: 'model', step: modelStep, place: 'output' };
      if (said !== '') written.set(modelStep, said);
      enterText(said, mention);
      for (const call of calls) {
        for (const { value } of leavesOf(call.args))
          enterText(String(value), { ...mention, place: `call ${call.name}` });
      }
    },
    knows: (token) => {
      const word = normal(token);
      const mention = find(word) ?? find(withoutJoints(word));
      if (mention) return mention.source !== 'model';
      const parts = word.split(/[-_]/);
      // The digits of one id behind the letters of another make an id that nobody brought.
      return (
        parts.length > 1 &&
        parts.every((p) => {
          const part = find(p);
          return part !== undefined && part.source !== 'model' && !(part.piece === true && /\d/.test(p));
        })
      );
    },
    first: (token) => find(normal(token)),
    broughtBy: (step, asked) => {
      const lower = (written.get(step) ?? '').slice(0, MAX_SCAN).toLowerCase();
      const words = new Set<string>();
      scanTokens(lower, (from, to, digits, _, a, b) => {
        const word = lower.slice(lower.charCodeAt(from) === HASH ? from + 1 : from, to);
        if (!digits && !asked.has(word)) return;
        const mention = mentions[table.find(a, b) >> 1];
        if (mention?.source === 'model' && mention.step === step) words.add(word);
      });
      return [...words];
    },
  };
};
