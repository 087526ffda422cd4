import { FACTOR_A, FACTOR_B } from './word-table.ts';

export interface Token {
  text: string;
  at: number;
}

/** The longest text that is looked into token by token; the rest of a longer one is only hashed and quoted. */
export const MAX_SCAN = 400_000;

/** Kinds of ASCII characters, as bits; anything else of ASCII is 0. */
const WORD = 1;
export const DIGIT = 2;
export const JOINT = 4;
const IN_WORD = WORD | DIGIT;
const HASH_SIGN = 35;
const ASCII = Uint8Array.from({ length: 128 }, (_, c) => {
  const char = String.fromCharCode(c);
  if (/[a-z]/i.test(char)) return WORD;
  if (/\d/.test(char)) return DIGIT;
  return char === '-' || char === '_' ? JOINT : 0;
});
const LETTER = /^[\p{L}\p{N}]/u;
const beyond = new Map<number, boolean>();
/** How many code units of a letter or number start here; 0 where none does. */
const unitsAt = (text: string, i: number): 0 | 1 | 2 => {
  const c = text.charCodeAt(i);
  if (c < 128) return ((ASCII[c] ?? 0) & IN_WORD) === 0 ? 0 : 1;
  const point = text.codePointAt(i) ?? 0;
  let known = beyond.get(point);
  if (known === undefined) {
    known = LETTER.test(String.fromCodePoint(point));
    if (beyond.size < 20_000) beyond.set(point, known);
  }
  return known ? (point > 0xffff ? 2 : 1) : 0;
};

/** The kind of the character at a place: a letter beyond ASCII is a WORD, in its second unit too. */
const kindAt = (text: string, i: number): number => {
  const code = text.charCodeAt(i);
  if (code < 128) return ASCII[code] ?? 0;
  return unitsAt(text, i) > 0 || (i > 0 && unitsAt(text, i - 1) === 2) ? WORD : 0;
};

/** Walks over the tokens of a text; where it stands, the token from `from` to `to`. */
export interface Scanner {
  readonly text: string;
  readonly end: number;
  from: number;
  to: number;
  /** The kinds of its characters, as bits. */
  kinds: number;
  /** The hashes (`word-table.ts`) of the token without the `#` in front. */
  a: number;
  b: number;
}
export const scannerOf = (text: string): Scanner => ({
  text,
  end: Math.min(text.length, MAX_SCAN),
  from: 0,
  to: 0,
  kinds: 0,
  a: 0,
  b: 0,
});

/**
 * Finds the next of the pieces that ids, numbers and words are made of: letters and digits, joined by single `-` or
 * `_`, perhaps a `#` in front. False where there is no more.
 */
export const nextToken = (scan: Scanner): boolean => {
  const { text, end } = scan;
  let i = scan.to;
  let code = 0;
  let kind = 0;
  for (; i < end; i += 1) {
    code = text.charCodeAt(i);
    kind = code < 128 ? (ASCII[code] ?? 0) : kindAt(text, i);
    if ((kind & IN_WORD) !== 0) break;
  }
  if (i >= end) return false;
  scan.from = i > 0 && text.charCodeAt(i - 1) === HASH_SIGN ? i - 1 : i;
  let kinds = 0;
  let a = 0;
  let b = 0;
  do {
    a = (Math.imul(a, FACTOR_A) + code) | 0;
    b = (Math.imul(b, FACTOR_B) + code) | 0;
    kinds |= kind;
    i += 1;
    if (i >= end) break;
    code = text.charCodeAt(i);
    kind = code < 128 ? (ASCII[code] ?? 0) : kindAt(text, i);
  } while (
    (kind & IN_WORD) !== 0 ||
    (kind === JOINT && i + 1 < end && (kindAt(text, i + 1) & IN_WORD) !== 0)
  );
  scan.to = i;
  scan.kinds = kinds;
  scan.a = a;
  scan.b = b;
  return true;
};

/** All tokens of a text; `digits` says that one of the characters is a digit, `joined` that there is a joint. */
export const scanTokens = (
  text: string,
  visit: (from: number, to: number, digits: boolean, joined: boolean, a: number, b: number) => void,
): void => {
  const scan = scannerOf(text);
  while (nextToken(scan))
    visit(scan.from, scan.to, (scan.kinds & DIGIT) !== 0, (scan.kinds & JOINT) !== 0, scan.a, scan.b);
};

export const tokensOf = (text: string): Token[] => {
  const out: Token[] = [];
  scanTokens(text, (from, to) => out.push({ text: text.slice(from, to), at: from }));
  return out;
};

/** `#W123`, `w123` and `W123` are one id to a person, so they are one here. */
export const normal = (token: string): string =>
  (token.startsWith('#') ? token.slice(1) : token).toLowerCase();

const STOP = new Set(
  `a about after again all also am an and any are as at be been before being but by can could did do does done for from get
  got had has have he her here him his how i if in instead into is it its just let like made make may me more my need no not
  now of ok on one only or order other our out over please she should so some still such sure take than thank thanks that
  the their them then there these they thing this those to too under up us use very want was we were what when where which
  while who will with would yes you your`.split(/\s+/),
);
const E = 'e'.charCodeAt(0);
const withoutEnding = (word: string): string => {
  if (word.length > 5) {
    if (word.endsWith('ing')) return word.slice(0, -3);
    if (word.endsWith('ed') || word.endsWith('es')) return word.slice(0, -2);
  }
  return word.endsWith('s') ? word.slice(0, -1) : word;
};
/** A word without its commonest English endings; enough to make "cancel", "cancelled" and "cancelling" one. */
export const stem = (word: string): string => {
  const base = withoutEnding(word);
  const last = base.charCodeAt(base.length - 1);
  const isDoubled = base.length > 3 && last === base.charCodeAt(base.length - 2);
  return isDoubled || last === E ? base.slice(0, -1) : base;
};

const isCapital = (c: number): boolean => c >= 65 && c <= 90;
const isSmall = (c: number): boolean => (c >= 97 && c <= 122) || (c >= 48 && c <= 57);

/** The words that carry meaning, stemmed; `snake_case` and `camelCase` names are taken apart. */
export const contentWords = (text: string): Set<string> => {
  const out = new Set<string>();
  const enter = (from: number, to: number): void => {
    const part = text.slice(from, to).toLowerCase();
    if (part.length > 1 && !STOP.has(part)) out.add(stem(part));
  };
  scanTokens(text, (from, to) => {
    let start = from;
    for (let i = from; i < to; i += 1) {
      const c = text.charCodeAt(i);
      if (c === HASH_SIGN || (c < 128 && ASCII[c] === JOINT)) {
        enter(start, i);
        start = i + 1;
      } else if (isCapital(c) && i > start && isSmall(text.charCodeAt(i - 1))) {
        enter(start, i);
        start = i;
      }
    }
    enter(start, to);
  });
  return out;
};

/** As `\s` has it, without the cost of a regular expression a character. */
const isSpace = (c: number): boolean => c === 32 || (c >= 9 && c <= 13) || (c >= 160 && SPACES.has(c));
const SPACES = new Set([
  0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a,
  0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff,
]);
const MAX_WORDS = 500;

/** Words divided by white space; a text of more than 500 has 500. */
export const wordCount = (text: string): number => {
  let count = 0;
  let isInside = false;
  for (let i = 0; i < text.length; i += 1) {
    const space = isSpace(text.charCodeAt(i));
    if (isInside === space) {
      isInside = !space;
      if (isInside && (count += 1) >= MAX_WORDS) break;
    }
  }
  return count;
};

/** Whether white space divides a text into words. */
export const isEmbedded = (text: string): boolean => {
  let [isInside, wasInside] = [false, false];
  for (let i = 0; i < text.length; i += 1) {
    isInside = !isSpace(text.charCodeAt(i));
    if (isInside && wasInside && isSpace(text.charCodeAt(i - 1))) return true;
    wasInside ||= isInside;
  }
  return false;
};

/** White space that is more, or other, than one space. */
const WIDE_SPACE = / \s+|[^\S ]\s*/g;
/** Words of `text` around an offset, at most `width` characters, for a citation. */
export const quoteAt = (text: string, at: number, width = 160): string => {
  const from = Math.max(0, Math.min(at - Math.floor(width / 3), text.length - width));
  return text
    .slice(from, from + width)
    .replace(WIDE_SPACE, ' ')
    .trim();
};

export const clip = (text: string, width = 200): string => {
  const flat = text
    .slice(0, width * 4)
    .replace(WIDE_SPACE, ' ')
    .trim();
  return flat.length > width ? `${flat.slice(0, width - 1)}…` : flat;
};
