import { opened } from './values.ts';

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
const read = (piece: string, encoding: 'base64' | 'hex'): string | null => {
  try {
    return utf8.decode(Buffer.from(piece, encoding));
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

const LONG_RUN = /[A-Za-z0-9+/_-]{24}/;
interface Form {
  /** Cheap, and true of each text that holds the form. */
  isNear: (text: string) => boolean;
  piece: RegExp;
  decode: (piece: string) => string | null;
}
const FORMS: readonly Form[] = [
  { isNear: (t) => LONG_RUN.test(t), piece: HEX, decode: (p) => read(p, 'hex') },
  { isNear: (t) => LONG_RUN.test(t), piece: BASE64, decode: (p) => read(p, 'base64') },
  { isNear: (t) => t.includes('%'), piece: PERCENT, decode: unescaped },
  { isNear: (t) => t.includes('&#'), piece: ENTITIES, decode: withoutEntities },
];

/** The sentences and JSON that a text holds in base64, hex, percent signs or character references; empty where there are none. */
export const decodedIn = (text: string): string => {
  if (text.length < SHORTEST || text.length > MAX_TEXT) return '';
  const out: string[] = [];
  for (const { isNear, piece: form, decode } of FORMS)
    for (const piece of isNear(text) ? (text.match(form) ?? []) : []) {
      if (out.length >= MAX_PIECES) break;
      const inner = decode(piece);
      if (inner !== null && inner !== piece && (isProse(inner) || isJson(inner))) out.push(inner);
    }
  return out.join('\n');
};
