import { decodedIn } from '../text/decoded.ts';
import type { Heard, Reading, Source } from '../narrative.ts';
import { isObject } from '../read/json.ts';
import { DIGIT, isEmbedded, JOINT, MAX_SCAN, nextToken, normal, scannerOf } from '../text/text.ts';
import { contentOf, leavesOf, type Leaf } from './values.ts';
import {
  createWordTable,
  FACTOR_A,
  FACTOR_B,
  hashA,
  hashB,
  joinA,
  joinB,
  type WordTable,
} from '../text/word-table.ts';

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
  /** Of the words that a model step was the first to say, those that have a digit or are long, in order. */
  broughtBy(step: number): string[];
}

const [HASH, DASH, UNDERSCORE] = [35, 45, 95] as const;
/** Texts that are remembered to have been entered: long enough to be worth it, short enough to be kept. */
const [LONG_ENOUGH, MAX_REPEATED, MAX_TEXTS] = [40, 20_000, 2_000] as const;
/** As many short values and names, which come again in each answer. */
const MAX_VALUES = 10_000;
/** Words of no more letters say too little of who brought them. */
export const SHORT_WORD = 5;
const NOTHING = { said: '', own: [] };
/** As long as an id that is written in parts side by side: an IBAN. */
const MAX_JOINED = 36;
/** In groups of four, as numbers of accounts and cards are printed; the last may be shorter. */
const GROUP = 4;
const isJoint = (c: number): boolean => c === DASH || c === UNDERSCORE;
const withoutJoints = (word: string): string => word.replace(/[-_]/g, '');

/**
 * Enters all words of a text, small letters only, for one mention, or for the next number where one is a piece of a word.
 * `own` takes where those stand that it brings and that have a digit or are long.
 */
const enterWords = (table: WordTable, lower: string, mention: number, own: number[] | null): boolean => {
  let isNews = false;
  const enterParts = (from: number, to: number): void => {
    let [wholeA, wholeB, a, b] = [0, 0, 0, 0];
    for (let i = from; i < to; i += 1) {
      const c = lower.charCodeAt(i);
      if (isJoint(c)) continue;
      wholeA = (Math.imul(wholeA, FACTOR_A) + c) | 0;
      wholeB = (Math.imul(wholeB, FACTOR_B) + c) | 0;
    }
    isNews = table.enter(wholeA, wholeB, mention) === mention || isNews;
    for (let i = from; i <= to; i += 1) {
      const c = i < to ? lower.charCodeAt(i) : DASH;
      if (isJoint(c)) {
        isNews = table.enter(a, b, mention + 1) === mention + 1 || isNews;
        [a, b] = [0, 0];
      } else {
        a = (Math.imul(a, FACTOR_A) + c) | 0;
        b = (Math.imul(b, FACTOR_B) + c) | 0;
      }
    }
  };
  const scan = scannerOf(lower);
  let lastA = 0;
  let lastB = 0;
  let lastLength = 0;
  let lastEnd = -9;
  let lastDigits = false;
  while (nextToken(scan)) {
    const { from: start, to, kinds, a, b } = scan;
    const digits = (kinds & DIGIT) !== 0;
    const length = to - (lower.charCodeAt(start) === HASH ? start + 1 : start);
    const first = table.enter(a, b, mention);
    if (first === mention) isNews = true;
    if (own !== null && first >> 1 === mention >> 1 && (digits || length > SHORT_WORD))
      own.push(to - length, to);
    if ((kinds & JOINT) !== 0) enterParts(to - length, to);
    // "4WQ 150" and "+49 170": parts side by side are an id written otherwise; so is one read out, "W 7 3 1", or in groups.
    if ((digits || lastDigits) && start - lastEnd <= 2 && lastLength + length < MAX_JOINED) {
      const nearA = joinA(lastA, a, length);
      const nearB = joinB(lastB, b, length);
      if (table.enter(nearA, nearB, mention) === mention) isNews = true;
      const isGroup = lastDigits && lastLength % GROUP === 0 && length <= GROUP;
      const goesOn = digits && (length <= 2 || isGroup) && (kinds & JOINT) === 0;
      lastA = goesOn ? nearA : a;
      lastB = goesOn ? nearB : b;
      lastLength = goesOn ? lastLength + length : length;
    } else {
      lastA = a;
      lastB = b;
      lastLength = length;
    }
    lastEnd = to;
    lastDigits = digits;
  }
  return isNews;
};

export const createLedger = (): Ledger => {
  const table = createWordTable();
  const mentions: Mention[] = [];
  const entered = new Set<string>();
  /** A text that was entered before brings nothing: each of its words has its first mention. */
  const isRepeated = (text: string): boolean => {
    if (text.length < LONG_ENOUGH || text.length > MAX_REPEATED) return false;
    if (entered.has(text)) return true;
    if (entered.size < MAX_TEXTS) entered.add(text);
    return false;
  };
  const isNews = (text: string, own: number[] | null = null): boolean => {
    if (isRepeated(text)) return false;
    const lower = (text.length > MAX_SCAN ? text.slice(0, MAX_SCAN) : text).toLowerCase();
    return enterWords(table, lower, 2 * mentions.length, own);
  };
  const values = new Set<Leaf['value']>();
  const isNewValue = (value: Leaf['value']): boolean => {
    if (typeof value === 'string' && value.length >= LONG_ENOUGH) return isNews(value);
    if (values.has(value)) return false;
    if (values.size < MAX_VALUES) values.add(value);
    return isNews(String(value));
  };
  const find = (word: string): Mention | undefined => {
    const found = table.find(hashA(word), hashB(word));
    const mention = found < 0 ? undefined : mentions[found >> 1];
    return mention && (found & 1) === 1 ? { ...mention, piece: true } : mention;
  };

  /** What the model wrote at a step, and where the words stand in it that it brought. */
  const written = new Map<number, { said: string; own: number[] }>();

  const enterDecoded = (text: string, mention: Mention): void => {
    const inner = decodedIn(text);
    if (inner !== '' && isNews(inner)) mentions.push({ ...mention, embedded: true });
  };
  const enterHeard = (heard: Heard): void => {
    const { source, step, place } = heard;
    if (source === 'tool' && (isObject(heard.value) || Array.isArray(heard.value))) {
      const { keys, leaves } = contentOf(heard.value);
      for (const key of keys) if (isNewValue(key)) mentions.push({ source, step, place, path: key });
      for (const { path, value } of leaves)
        if (isNewValue(value)) {
          mentions.push({ source, step, place, path, embedded: isEmbedded(String(value)) });
          if (typeof value === 'string') enterDecoded(value, { source, step, place, path });
        }
    } else if (isNews(heard.text)) {
      const isTools = source === 'tool';
      mentions.push({
        source,
        step,
        place,
        ...(isTools ? { embedded: isEmbedded(heard.text) } : {}),
      });
      if (isTools) enterDecoded(heard.text, { source, step, place });
    }
  };

  return {
    hear: (reading) => {
      for (const heard of reading.heard) if (heard.source !== 'agent') enterHeard(heard);
    },
    say: ({ said, calls, modelStep }) => {
      const mention = { source: 'model', step: modelStep } as const;
      const own: number[] = [];
      if (isNews(said, own)) mentions.push({ ...mention, place: 'output' });
      if (own.length > 0) written.set(modelStep, { said, own });
      for (const { name, args } of calls)
        for (const { value } of leavesOf(args))
          if (isNewValue(value)) mentions.push({ ...mention, place: `call ${name}` });
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
    broughtBy: (step) => {
      const { said, own } = written.get(step) ?? NOTHING;
      const lower = said.slice(0, MAX_SCAN).toLowerCase();
      const words = new Set<string>();
      for (let i = 0; i < own.length; i += 2) words.add(lower.slice(own[i], own[i + 1]));
      return [...words];
    },
  };
};
