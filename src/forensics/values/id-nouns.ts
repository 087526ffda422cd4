import { contentWords } from '../text/text.ts';

/** Words of such names that say that it is an id, and not of what; as `contentWords` has them. */
const ID_WORDS = contentWords('id ref reference key number num code sku uid account');
const SHORTEST = 4;

/** What ids are called, by the names of the places that hold them: `reservation_id` and `reservationIds[]` → reservation. */
export const nounsIn = (path: string): string[] =>
  [...contentWords(path.replace(/^.*\.(?=[^.]*$)/, ''))].filter(
    (word) => word.length >= SHORTEST && !ID_WORDS.has(word),
  );

/** The word before a number, perhaps with "no." or "#" between. */
const BEFORE = /(\p{L}{4,30})(?: (?:id|ids|ref|number|num|no|nr|code))?[\s.:#*`"'([]{1,6}$/iu;
const REACH = 48;
/** Longer ones are ids wherever they stand; shorter ones are counts and years. */
const NUMBER = /^#?(\d{6,7})$/;

/**
 * Whether a plain number is said to be an id, and is as long as the ids that go by that name: "reservation 659759",
 * "order no. 1234567", "**Claim #550012**". Of numbers so short nothing else tells them from amounts.
 */
export const isNumberedId = (
  token: string,
  text: string,
  from: number,
  { forms, nouns }: { forms: ReadonlySet<string>; nouns: ReadonlySet<string> },
): boolean => {
  const digits = nouns.size > 0 ? NUMBER.exec(token)?.[1]?.length : undefined;
  if (digits === undefined || !(forms.has(`9${digits}`) || forms.has(`X${digits}`))) return false;
  const before = BEFORE.exec(text.slice(Math.max(0, from - REACH), from))?.[1];
  return before !== undefined && [...contentWords(before)].some((word) => nouns.has(word));
};
