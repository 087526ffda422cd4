import { opened } from '../values/values.ts';

/** Long enough to hold a sentence of a few words. */
const BASE64 = /[A-Za-z0-9+/_-]{24,8000}={0,2}/g;
const HEX = /(?:[0-9a-f]{2}){20,4000}/gi;
const PERCENT = /(?:[\w.~*'()!-]{0,80}%[0-9a-f]{2}){3,200}[\w.~*'()!-]{0,80}/gi;
const ENTITIES = /(?:[^&<>\n]{0,20}&#(?:x[0-9a-f]{2,5}|\d{2,6});){4,400}/gi;
const ENTITY = /&#(?:x([0-9a-f]{2,5})|(\d{2,6}));/gi;
const SHORTEST = 24;
const MAX_TEXT = 100_000;
const MAX_PIECES = 8;
const MIN_WORDS = 3;
const LETTERS = 0.75;

const utf8 = new TextDecoder('utf-8', { fatal: true });
const [SPACE, DELETE, BRACKET, BRACE, FOLLOWS] = [32, 127, 91, 123, 0x80] as const;
/** Bytes that are no text show it soon: by a control character, which JSON alone may hold, or by a second byte without a first. */
const mayBeText = (bytes: Uint8Array): boolean => {
  let before = 0;
  for (const byte of bytes) {
    if (byte === BRACKET || byte === BRACE) return true;
    if ((byte < SPACE && (byte < 9 || byte > 13)) || byte === DELETE) return false;
    if ((byte & 0xc0) === FOLLOWS && before < FOLLOWS) return false;
    before = byte;
  }
  return true;
};
const read = (piece: string, encoding: 'base64' | 'hex'): string | null => {
  const bytes = Buffer.from(piece, encoding);
  if (!mayBeText(bytes)) return null;
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
};
const unescaped = (piece: string): string | null => {
  try {
    return decodeURIComponent(piece);
  } catch {
    return null;
  }
};
const withoutEntities = (piece: string): string =>
  piece.replace(ENTITY, (all: string, hex?: string, decimal?: string) => {
    const point = hex === undefined ? Number(decimal) : parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : all;
  });

const isJson = (text: string): boolean => typeof opened(text) === 'object' && /^\s*[[{]/.test(text);
/** What random bytes never are: words with spaces between, mostly letters. */
const isProse = (text: string): boolean => {
  if (text.split(/\s+/).filter(Boolean).length < MIN_WORDS || /\p{Cc}/u.test(text.replace(/\s/g, '')))
    return false;
  return (text.match(/[\p{L}\p{N}\s]/gu)?.length ?? 0) >= text.length * LETTERS;
};

/** Whether a character may stand in base64. */
const CODED = Uint8Array.from({ length: 128 }, (_, c) =>
  /[A-Za-z0-9+/_-]/.test(String.fromCharCode(c)) ? 1 : 0,
);
/** Where so many of them stand in a row, each with what fills it up; of most texts one character in a word is looked at. */
const runsIn = (text: string): string[] => {
  const runs: string[] = [];
  const isCoded = (i: number): boolean => CODED[text.charCodeAt(i)] === 1;
  for (let last = SHORTEST - 1; last < text.length;) {
    let from = last;
    while (from > last - SHORTEST && isCoded(from)) from -= 1;
    if (from > last - SHORTEST) {
      last = from + SHORTEST;
      continue;
    }
    let to = last + 1;
    while (to < text.length && isCoded(to)) to += 1;
    runs.push(text.slice(from + 1, to + 2));
    last = to + SHORTEST;
  }
  return runs;
};
const HEX_LENGTH = 40;

interface Form {
  /** What may be in the form, in a text and its runs. */
  pieces: (text: string, runs: readonly string[]) => readonly string[];
  decode: (piece: string) => string | null;
}
const FORMS: readonly Form[] = [
  {
    pieces: (_, runs) => runs.flatMap((run) => (run.length < HEX_LENGTH ? [] : (run.match(HEX) ?? []))),
    decode: (p) => read(p, 'hex'),
  },
  { pieces: (_, runs) => runs.flatMap((run) => run.match(BASE64) ?? []), decode: (p) => read(p, 'base64') },
  { pieces: (t) => (t.includes('%') ? (t.match(PERCENT) ?? []) : []), decode: unescaped },
  { pieces: (t) => (t.includes('&#') ? (t.match(ENTITIES) ?? []) : []), decode: withoutEntities },
];

/** The sentences and JSON that a text holds in base64, hex, percent signs or character references; empty where there are none. */
export const decodedIn = (text: string): string => {
  if (text.length < SHORTEST || text.length > MAX_TEXT) return '';
  const out: string[] = [];
  const runs = runsIn(text);
  for (const { pieces, decode } of FORMS)
    for (const piece of pieces(text, runs)) {
      if (out.length >= MAX_PIECES) break;
      const inner = decode(piece);
      if (inner !== null && inner !== piece && (isProse(inner) || isJson(inner))) out.push(inner);
    }
  return out.join('\n');
};
