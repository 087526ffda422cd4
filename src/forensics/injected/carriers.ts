import { decodedIn } from '../text/decoded.ts';
import type { FlagContext } from '../flags/rule.ts';
import type { Heard, Reading } from '../narrative.ts';
import { isObject } from '../read/json.ts';
import { formatOf, shapeAt, type Shape } from '../values/shape.ts';
import { contentWords, wordCount } from '../text/text.ts';
import { leavesOf, opened, type Leaf } from '../values/values.ts';

const SENTENCE = 5;
const LONGER_BY = 4;
const KNOWN_AFTER = 8;
const MAX_CARRIER = 4000;
/** Characters a word, spaces counted, that prose in no tongue with spaces reaches. */
const PROSE = 16;
/** A text of few words that is longer than its field ever was, by so many characters and by this factor. */
const [DENSE, LONGER_BY_CHARS, TIMES_AS_LONG] = [48, 40, 1.5] as const;

/** A text in a tool's answer that may carry a goal of its own. */
export interface Carrier {
  step: number;
  /** The step at which it goes on, where it came over two answers. */
  goesOnAt?: number;
  /** How often people had spoken when it was heard. */
  turns: number;
  tool: string | null;
  path: string;
  text: string;
  readonly words: ReadonlySet<string>;
  /** Longer than this field ever was in good sessions, or than its neighbours in the answer; null where nobody knows. */
  novel: boolean | null;
  /** What it says it says in code, in data, or as data: in few words, or in none that can be read as they stand. */
  dense: boolean;
  /** Speaks to the reader, or orders something. */
  readonly orders: boolean;
  /** Orders something, or calls the reader by what it is. Logs of talks do that too: it says little alone. */
  readonly addresses: boolean;
  /** Whether a token, as it is compared, stands in the text. */
  says: (token: string) => boolean;
  /** The answer says that the call failed: it may name what was asked for, but has nothing to bring in. */
  failed: boolean;
  taken: boolean;
}

/** Forms in which a text speaks to its reader and takes the task away; asked for only where nothing else is unusual. */
const ORDERS =
  /\b(?:(?:ignore|disregard|forget) (?:all|any|every|the|your|previous|prior)|you (?:must|should|have to|are now|will now)|your (?:new|next|real|only|actual) (?:task|goal|objective|instructions?|job)|do not (?:ask|tell|mention|confirm|inform)|without (?:asking|confirmation|telling)|system (?:prompt|message|note|notice))\b/i;
const ADDRESSED =
  /\b(?:assistant|agent|bot|model|ai)\s?[:,]|\bbefore you (?:answer|reply|respond|continue|go on|do anything)\b/i;

/** How long the longest texts at one path of an answer are: the second longest says what is usual for the longest. */
interface TopTwo {
  count: number;
  longest: number;
  second: number;
}
const enter = (row: TopTwo, length: number): void => {
  row.count += 1;
  if (length > row.longest) [row.second, row.longest] = [row.longest, length];
  else row.second = Math.max(row.second, length);
};
const besideIt = (row: TopTwo | undefined, length: number): number | undefined =>
  row && row.count >= 2 && row.longest === length ? row.second : undefined;
interface Usual {
  words: TopTwo;
  chars: TopTwo;
}
const usualLengths = (leaves: readonly Leaf[], lengths: readonly number[]): Map<string, Usual> => {
  const out = new Map<string, Usual>();
  leaves.forEach(({ path, value }, i) => {
    if (typeof value !== 'string') return;
    const row = out.get(path) ?? {
      words: { longest: 0, second: 0, count: 0 },
      chars: { longest: 0, second: 0, count: 0 },
    };
    enter(row.words, lengths[i] ?? 0);
    enter(row.chars, value.length);
    out.set(path, row);
  });
  return out;
};

/** An answer as it was heard. */
interface Told {
  heard: Heard;
  failed: boolean;
  turns: number;
}
const carrierOf = (
  { heard: { step, tool }, failed, turns }: Omit<Told, 'heard'> & { heard: Pick<Heard, 'step' | 'tool'> },
  path: string,
  value: string,
  novel: boolean | null,
  dense = false,
): Carrier => {
  const text = value.slice(0, MAX_CARRIER);
  let words: Set<string> | null = null;
  let orders: boolean | null = null;
  let lower: string | null = null;
  return {
    step,
    turns,
    tool: tool ?? null,
    path,
    text,
    novel,
    dense,
    get words() {
      return (words ??= contentWords(text));
    },
    get orders() {
      return (orders ??= ORDERS.test(text));
    },
    get addresses() {
      return this.orders || ADDRESSED.test(text);
    },
    failed,
    says: (token) => (lower ??= text.toLowerCase()).includes(token),
    taken: false,
  };
};

/** A text that breaks off, and one that goes on where another did: by dots, or as a part that is numbered. */
const [BREAKS_OFF, GOES_ON] = [
  /(?:\.{3}|…)\s*$|\(1\s?\/\s?[2-9]\)|\bpart (?:1|one) of (?:\d|two|three)\b/i,
  /^\s*(?:\.{3}|…)|\(([2-9])\s?\/\s?[2-9]\)|\bpart (?:2|two) of (?:\d|two|three)\b/i,
] as const;
const [TRAILING, LEADING] = [/\s*(?:\.{3}|…)\s*$/, /^\s*(?:\.{3}|…)\s*/] as const;
/** A text that breaks off in one answer, together with what goes on with it in a later one: a goal may come over two. */
export const continued = (earlier: readonly Carrier[], later: readonly Carrier[]): Carrier[] =>
  later.flatMap((next) => {
    const before = GOES_ON.test(next.text)
      ? earlier.findLast((c) => c.step < next.step && BREAKS_OFF.test(c.text))
      : undefined;
    if (!before) return [];
    const text = `${before.text.replace(TRAILING, '')} ${next.text.replace(LEADING, '')}`;
    const { step, tool, turns, path } = before;
    const heard = { step, ...(tool === null ? {} : { tool }) };
    const novel = before.novel === true || next.novel === true ? true : null;
    const failed = before.failed && next.failed;
    return [Object.assign(carrierOf({ heard, turns, failed }, path, text, novel), { goesOnAt: next.step })];
  });

/** What is decoded of a text that is longer than its field ever was, and says it in other ways than in words; null for others. */
const denseIn = (value: string, words: number, known: number | undefined): string | null => {
  const isLonger =
    value.length >= DENSE &&
    (known === undefined ||
      (value.length >= known + LONGER_BY_CHARS && value.length >= known * TIMES_AS_LONG));
  if (!isLonger || formatOf(value) === 'url') return null;
  const inner = decodedIn(value);
  return inner !== '' || words < SENTENCE || value.length >= words * PROSE ? inner : null;
};

const learnedOf = ({ profile }: FlagContext, { tool }: Heard): Shape | undefined =>
  tool !== undefined && profile && Object.hasOwn(profile.tools, tool)
    ? profile.tools[tool]?.result
    : undefined;

const carriersOf = (context: FlagContext, told: Told): Carrier[] => {
  const { heard } = told;
  const leaves = leavesOf(opened(typeof heard.value === 'object' ? heard.value : heard.text));
  const lengths = leaves.map(({ value }) => (typeof value === 'string' ? wordCount(value) : 0));
  const mayCarry = (value: string, words: number): boolean => words >= SENTENCE || value.length >= DENSE;
  if (leaves.every(({ value }, i) => typeof value !== 'string' || !mayCarry(value, lengths[i] ?? 0)))
    return [];
  const learned = learnedOf(context, heard);
  const usual = usualLengths(leaves, lengths);
  return leaves.flatMap(({ path, value }, i): Carrier[] => {
    const words = lengths[i] ?? 0;
    if (typeof value !== 'string' || !mayCarry(value, words)) return [];
    const beside = usual.get(path);
    const shape = shapeAt(learned, path);
    // A text where the tool, often enough asked, never had a field at all is as new as a longer one.
    const unheardOf = path !== '' && (learned?.count ?? 0) >= KNOWN_AFTER && shape === undefined;
    const known = shape?.maxWords ?? besideIt(beside?.words, words);
    const novel = unheardOf || (known === undefined ? null : words >= known + LONGER_BY);
    const isWordy = words >= SENTENCE;
    const chars = shape?.maxChars ?? besideIt(beside?.chars, value.length);
    const inner =
      (isWordy && novel === true) || (!unheardOf && chars === undefined)
        ? null
        : denseIn(value, words, chars);
    if (inner !== null)
      return [carrierOf(told, path, inner === '' ? value : `${value}\n${inner}`, true, true)];
    return isWordy ? [carrierOf(told, path, value, novel)] : [];
  });
};

const MAX_PIECES = 6;
/** What stands in several fields that the tool never had, put together: a sentence may come in pieces. */
const inPieces = (context: FlagContext, told: Told): Carrier[] => {
  const learned = learnedOf(context, told.heard);
  const value = opened(told.heard.value);
  if (!isObject(value) || !learned?.fields || learned.count < KNOWN_AFTER) return [];
  const { fields } = learned;
  const fresh = Object.entries(value).filter(([key]) => !Object.hasOwn(fields, key));
  if (fresh.length < 2) return [];
  const texts = leavesOf(Object.fromEntries(fresh)).flatMap((l) =>
    typeof l.value === 'string' && l.value.includes(' ') ? [l.value] : [],
  );
  return texts.length < 2 || texts.length > MAX_PIECES ? [] : [carrierOf(told, '', texts.join(' '), true)];
};

/** Texts of a tool's answer long enough to carry a goal. */
export const carriersIn = (context: FlagContext, reading: Reading, turns = 0): Carrier[] =>
  reading.heard.flatMap((heard) => {
    if (heard.source !== 'tool') return [];
    const told = { heard, failed: reading.step.tool?.status === 'error', turns };
    return [...carriersOf(context, told), ...inPieces(context, told)];
  });
