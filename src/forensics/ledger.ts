import type { Heard, Reading, Source } from './narrative.ts';
import { isObject } from './read/json.ts';
import { MAX_SCAN, normal, scanTokens } from './text.ts';
import { keysOf, leavesOf } from './values.ts';

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
  /** The words, as they are compared, that a model step was the first to say, in order. */
  broughtBy(step: number): readonly string[];
}

const NONE: readonly string[] = [];
const HASH = '#'.charCodeAt(0);
const MAX_KEYS = 50_000;
/** Texts that are remembered to have been entered: long enough to be worth it, short enough to be kept. */
const [LONG_ENOUGH, MAX_REPEATED, MAX_TEXTS] = [40, 20_000, 2_000] as const;
const isEmbedded = (text: string): boolean => /\s/.test(text.trim());
const partsOf = (token: string): string[] => normal(token).split(/[-_]/);

export const createLedger = (): Ledger => {
  const mentions = new Map<string, Mention>();
  const enter = (key: string, mention: Mention): void => {
    if (!mentions.has(key)) mentions.set(key, mention);
  };

  const entered = new Set<string>();
  /** A text that was entered before brings nothing: each of its tokens has its first mention. */
  const isRepeated = (text: string): boolean => {
    if (text.length < LONG_ENOUGH || text.length > MAX_REPEATED) return false;
    if (entered.has(text)) return true;
    if (entered.size < MAX_TEXTS) entered.add(text);
    return false;
  };

  const brought = new Map<number, readonly string[]>();
  const enterText = (text: string, mention: Mention, own: Set<string> | null = null): void => {
    if (isRepeated(text)) return;
    const lower = (text.length > MAX_SCAN ? text.slice(0, MAX_SCAN) : text).toLowerCase();
    let [last, lastEnd, lastDigits] = ['', -9, false];
    let piece: Mention | null = null;
    scanTokens(lower, (from, to, digits, joined) => {
      const token = lower.slice(lower.charCodeAt(from) === HASH ? from + 1 : from, to);
      const known = mentions.get(token);
      if (!known) mentions.set(token, mention);
      if (own && (!known || (known.source === 'model' && known.step === mention.step))) own.add(token);
      if (joined) {
        enter(token.replace(/[-_]/g, ''), mention);
        piece ??= { ...mention, piece: true };
        for (const part of token.split(/[-_]/)) enter(part, piece);
      }
      // "4WQ 150" and "+49 170": parts side by side are an id written otherwise; so is one read out, "W 7 3 1".
      const near = (digits || lastDigits) && from - lastEnd <= 2 && last.length + token.length < 24;
      if (near) enter(last + token, mention);
      const readOut = near && digits && token.length <= 2 && !joined;
      [last, lastEnd, lastDigits] = [readOut ? last + token : token, to, digits];
    });
  };

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
      const own = new Set<string>();
      enterText(said.slice(0, MAX_SCAN), mention, own);
      if (own.size > 0) brought.set(modelStep, [...own]);
      for (const call of calls) {
        for (const { value } of leavesOf(call.args))
          enterText(String(value), { ...mention, place: `call ${call.name}` });
      }
    },
    knows: (token) => {
      const mention = mentions.get(normal(token)) ?? mentions.get(normal(token).replace(/[-_]/g, ''));
      if (mention) return mention.source !== 'model';
      const parts = partsOf(token);
      // The digits of one id behind the letters of another make an id that nobody brought.
      return (
        parts.length > 1 &&
        parts.every((p) => {
          const part = mentions.get(p);
          return part !== undefined && part.source !== 'model' && !(part.piece === true && /\d/.test(p));
        })
      );
    },
    first: (token) => mentions.get(normal(token)),
    broughtBy: (step) => brought.get(step) ?? NONE,
  };
};
