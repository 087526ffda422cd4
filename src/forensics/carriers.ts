import type { FlagContext } from './flags/rule.ts';
import type { Heard, Reading } from './narrative.ts';
import type { Shape } from './shape.ts';
import { contentWords, wordCount } from './text.ts';
import { leavesOf, opened, type Leaf } from './values.ts';

const SENTENCE = 5;
const LONGER_BY = 4;
const KNOWN_AFTER = 8;
const MAX_CARRIER = 4000;

/** A text in a tool's answer that may carry a goal of its own. */
export interface Carrier {
  step: number;
  tool: string | null;
  path: string;
  text: string;
  readonly words: ReadonlySet<string>;
  /** Longer than this field ever was in good sessions, or than its neighbours in the answer; null where nobody knows. */
  novel: boolean | null;
  /** Speaks to the reader, or orders something. */
  readonly orders: boolean;
  /** Whether a token, as it is compared, stands in the text. */
  says: (token: string) => boolean;
  /** The answer says that the call failed: it may name what was asked for, but has nothing to bring in. */
  failed: boolean;
  taken: boolean;
}

/** Forms in which a text speaks to its reader and takes the task away; asked for only where nothing else is unusual. */
const ORDERS =
  /\b(?:(?:ignore|disregard|forget) (?:all|any|every|the|your|previous|prior)|you (?:must|should|have to|are now|will now)|your (?:new|next|real|only|actual) (?:task|goal|objective|instructions?|job)|do not (?:ask|tell|mention|confirm|inform)|without (?:asking|confirmation|telling)|system (?:prompt|message|note|notice))\b/i;

const shapeAt = (root: Shape | undefined, path: string): Shape | undefined => {
  let shape = root;
  for (const key of path === '' ? [] : path.replaceAll('[]', '.[]').split('.').filter(Boolean)) {
    shape =
      key === '[]'
        ? shape?.items
        : (shape?.map ?? (shape?.fields && Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined));
  }
  return shape;
};

/** The words of the second longest text at each path of an answer: what its neighbours say is usual. */
const usualLengths = (
  leaves: readonly Leaf[],
  lengths: readonly number[],
): Map<string, { longest: number; count: number; second: number }> => {
  const out = new Map<string, { longest: number; count: number; second: number }>();
  leaves.forEach(({ path, value }, i) => {
    if (typeof value !== 'string') return;
    const words = lengths[i] ?? 0;
    const row = out.get(path) ?? { longest: 0, second: 0, count: 0 };
    row.count += 1;
    if (words > row.longest) [row.second, row.longest] = [row.longest, words];
    else row.second = Math.max(row.second, words);
    out.set(path, row);
  });
  return out;
};

const carrierOf = (
  { step, tool }: Heard,
  path: string,
  value: string,
  novel: boolean | null,
  failed: boolean,
): Carrier => {
  const text = value.slice(0, MAX_CARRIER);
  let words: Set<string> | null = null;
  let orders: boolean | null = null;
  let lower: string | null = null;
  return {
    step,
    tool: tool ?? null,
    path,
    text,
    novel,
    get words() {
      return (words ??= contentWords(text));
    },
    get orders() {
      return (orders ??= ORDERS.test(text));
    },
    failed,
    says: (token) => (lower ??= text.toLowerCase()).includes(token),
    taken: false,
  };
};

const carriersOf = (context: FlagContext, heard: Heard, failed: boolean): Carrier[] => {
  const leaves = leavesOf(opened(typeof heard.value === 'object' ? heard.value : heard.text));
  const lengths = leaves.map(({ value }) => (typeof value === 'string' ? wordCount(value) : 0));
  if (lengths.every((words) => words < SENTENCE)) return [];
  const learned =
    heard.tool !== undefined && context.profile && Object.hasOwn(context.profile.tools, heard.tool)
      ? context.profile.tools[heard.tool]?.result
      : undefined;
  const usual = usualLengths(leaves, lengths);
  return leaves.flatMap(({ path, value }, i): Carrier[] => {
    const words = lengths[i] ?? 0;
    if (typeof value !== 'string' || words < SENTENCE) return [];
    const beside = usual.get(path);
    const shape = shapeAt(learned, path);
    const known =
      shape?.maxWords ??
      (beside && beside.count >= 2 && beside.longest === words ? beside.second : undefined);
    // A text where the tool, often enough asked, never had a field at all is as new as a longer one.
    const unheardOf = path !== '' && (learned?.count ?? 0) >= KNOWN_AFTER && shape === undefined;
    const novel = unheardOf || (known === undefined ? null : words >= known + LONGER_BY);
    return [carrierOf(heard, path, value, novel, failed)];
  });
};

/** Texts of a tool's answer long enough to carry a goal. */
export const carriersIn = (context: FlagContext, reading: Reading): Carrier[] =>
  reading.heard.flatMap((heard) =>
    heard.source === 'tool' ? carriersOf(context, heard, reading.step.tool?.status === 'error') : [],
  );
