import { pythonIn } from './python-literal.ts';

export type JsonObject = { [key: string]: unknown };

export const isObject = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The own property of an object, so that `constructor` or `__proto__` in a trace finds nothing inherited. */
export const own = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

const [ZERO, NINE] = [48, 57];
const isDigit = (json: string, at: number): boolean => {
  const code = json.charCodeAt(at);
  return code >= ZERO && code <= NINE;
};
const BEFORE_NUMBER = /[:,[\s]/;
const RUN = 16;

/**
 * Whether a number with 16 digits or more stands in it, outside of quotes as far as one can tell: times and ids of OTLP
 * stand in quotes, so that most documents have none. Such a run holds every sixteenth character: no other is looked at.
 */
const hasLongNumber = (json: string): boolean => {
  for (let at = RUN - 1; at < json.length; at += RUN) {
    if (!isDigit(json, at)) continue;
    let from = at;
    while (isDigit(json, from - 1)) from -= 1;
    let to = at + 1;
    while (isDigit(json, to)) to += 1;
    const before = json[from - 1] === '-' ? from - 2 : from - 1;
    if (to - from >= RUN && (before < 0 || BEFORE_NUMBER.test(json[before] ?? ''))) return true;
    at = to - 1;
  }
  return false;
};
const QUOTE_OR_NUMBER = /"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Where the text that begins with the quote at `from` ends, after its closing quote. */
export const afterText = (json: string, from: number): number => {
  for (let at = json.indexOf('"', from + 1); at >= 0; at = json.indexOf('"', at + 1)) {
    let slashes = 0;
    while (json[at - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
  return json.length;
};

const withBigIntsAsText = (json: string): string => {
  const parts: string[] = [];
  let kept = 0;
  QUOTE_OR_NUMBER.lastIndex = 0;
  for (let found = QUOTE_OR_NUMBER.exec(json); found; found = QUOTE_OR_NUMBER.exec(json)) {
    const [token] = found;
    if (token === '"') QUOTE_OR_NUMBER.lastIndex = afterText(json, found.index);
    else if (token.length > 15 && /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token))) {
      parts.push(json.slice(kept, found.index), '"', token, '"');
      kept = found.index + token.length;
    }
  }
  return parts.length === 0 ? json : [...parts, json.slice(kept)].join('');
};

/** JSON as `JSON.parse` reads it, but that whole numbers beyond 2^53 become text with every digit. Throws SyntaxError. */
export const parseJson = (json: string): unknown =>
  JSON.parse(hasLongNumber(json) ? withBigIntsAsText(json) : json);

const [SPACE, ASCII] = [32, 127] as const;
/** Text that is JSON → its value; any other text → undefined. Only objects, arrays and quoted text count as JSON. */
export const jsonIn = (text: string): unknown => {
  const code = text.charCodeAt(0);
  const first = code <= SPACE || code > ASCII ? text.trimStart()[0] : text[0];
  if (first !== '{' && first !== '[' && first !== '"') return undefined;
  try {
    const value = parseJson(text);
    noteSound(text);
    return value;
  } catch {
    return undefined;
  }
};

const FEW = 16;
const sound: string[] = [];
let next = 0;
/** Remembers the last few texts that were JSON: whether a text was cut is asked right after it was read. */
export const noteSound = (text: string): void => {
  sound[next] = text;
  next = (next + 1) % FEW;
};

/** Parsed where it parses, as JSON or as Python prints a value; else as it was. */
export const parsed = (value: unknown): unknown =>
  typeof value === 'string' ? (jsonIn(value) ?? pythonIn(value) ?? value) : value;

/** JSON that was cut: it starts as JSON does and does not parse. */
export const looksCut = (text: string): boolean => {
  const start = text.trimStart();
  return (
    (/^\{\s*["}]/.test(start) || /^\[\s*["{[\]]/.test(start)) &&
    !sound.includes(text) &&
    jsonIn(start) === undefined
  );
};

export const asText = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : value === undefined || value === null
      ? ''
      : (JSON.stringify(value) ?? '');
