/** How alike the arguments of two calls are. */
import { contentWords } from '../text/text.ts';
import { leavesOf } from './values.ts';

/** Runbook: "arguments that hash to within 90% similarity more than twice in a single session". */
const SAME_SHARE = 0.9;
const ALMOST = 0.6;
/** What a share may be off by for being counted otherwise. */
const ROUNDING = 1e-9;
const PLAIN = /^[a-z0-9]*$/;
const folded = (text: string): string => (PLAIN.test(text) ? text : text.replace(/[\s\p{P}]+/gu, ' ').trim());
/** An argument as it is compared; its words are found once, when somebody asks. */
interface Argument {
  text: string;
  words: ReadonlySet<string> | null;
}
export type Arguments = Map<string, Argument>;
export const argsOf = (args: unknown): Arguments => {
  const counts = new Map<string, number>();
  return new Map(
    leavesOf(args).map(({ path, value }) => {
      const n = (counts.get(path) ?? 0) + 1;
      counts.set(path, n);
      return [`${path}#${n}`, { text: folded(String(value).toLowerCase()), words: null }];
    }),
  );
};

const wordShare = (a: Argument, b: Argument): number => {
  const x = (a.words ??= contentWords(a.text));
  const y = (b.words ??= contentWords(b.text));
  let both = 0;
  for (const word of x) if (y.has(word)) both += 1;
  return both / Math.max(1, x.size + y.size - both);
};

const FEWEST_WORDS = 3;
/** The same words in another order, as a search is put once more. */
const isReordered = (a: Argument, b: Argument): boolean =>
  a.text.length === b.text.length &&
  a.text.includes(' ') &&
  wordShare(a, b) === 1 &&
  (a.words?.size ?? 0) >= FEWEST_WORDS;

/**
 * Whether two argument lists are alike: the share of canonical fields that are the same, long texts by their words.
 * Words are counted only where they can decide it.
 */
export const isAlike = (a: Arguments, b: Arguments): boolean => {
  let common = 0;
  let same = 0;
  let unlike = 0;
  const mayDiffer = a.size - SAME_SHARE * Math.max(a.size, b.size) + ROUNDING;
  const texts: [Argument, Argument][] = [];
  for (const [key, x] of a) {
    const y = b.get(key);
    if (y !== undefined) common += 1;
    if (x.text === y?.text) same += 1;
    else if (y !== undefined && x.text.length > 24 && y.text.length > 24) texts.push([x, y]);
    else if (y !== undefined && isReordered(x, y)) same += 1;
    else if ((unlike += 1) > mayDiffer) return false;
  }
  const fields = a.size + b.size - common;
  if (fields === 0) return true;
  if ((same + texts.length) / fields < SAME_SHARE) return false;
  for (const [x, y] of texts) same += wordShare(x, y);
  return same / fields >= SAME_SHARE;
};

const SETTING = /^-?\d{1,6}$|^(?:true|false|null)$/;
const SETTING_NAME =
  /(?:^|[._]|[a-z](?=[A-Z]))(?:limit|size|max|min|top|count|depth|timeout|retries|verbose|format|detail|fields|sort)(?:[_A-Z].*)?#\d+$/i;
/**
 * Whether two calls ask the same with another setting: one that is called so, or, where the answer is full enough to be
 * the same by no accident, any number, switch, or argument that only one of them has, as many as are the same.
 */
export const differsInSettings = (a: Arguments, b: Arguments, full: boolean): boolean => {
  const keys = [...new Set([...a.keys(), ...b.keys()])];
  const differing = keys.filter((k) => a.get(k)?.text !== b.get(k)?.text);
  return (
    differing.length < keys.length &&
    differing.length <= Math.max(2, full ? keys.length - differing.length : 0) &&
    differing.every((k) => {
      const [x, y] = [a.get(k), b.get(k)];
      if (SETTING_NAME.test(k)) return true;
      if (x === undefined || y === undefined) return full;
      return (
        (full && SETTING.test(x.text) && SETTING.test(y.text)) ||
        (x.text.length > 24 && y.text.length > 24 && wordShare(x, y) >= ALMOST)
      );
    })
  );
};
