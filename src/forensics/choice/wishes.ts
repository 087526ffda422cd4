/** A direction in which a person wants the most there is. */
export interface Extreme {
  most: boolean;
  /** `named`: of what the word behind it names, and of nothing else. */
  of: 'price' | 'number' | 'time' | 'named';
  /** The word behind it, which may name what is meant: "lowest fare", "most seats". */
  noun?: string | undefined;
}
/** What a person said of the one that she wants, as far as it can be held against a list. */
export interface Wishes {
  /** What speaks of the thing wanted, without questions and what is ruled out. */
  text: string;
  extremes: Extreme[];
  /** What follows "any but", "except", "not the". */
  ruledOut: string[];
  /** Days of the week, 0 is Sunday. */
  weekdays: number[];
  /** Days that she cannot, each said alone. */
  ruledOutDays: number[];
  /** Places in a list that the agent numbered; -1 is the last. */
  ordinals: number[];
  /** It is only one of several conditions, which nobody here can weigh. */
  conditional: boolean;
}

const EXTREMES: [RegExp, Extreme][] = [
  [
    /\b(?:cheapest|least expensive|lowest[- ](?:price|fare|cost|rate|fee)\w*|costs? (?:the )?least|most affordable|lowest)\b/i,
    { most: false, of: 'price' },
  ],
  [
    /\b(?:dearest|priciest|most expensive|highest[- ](?:price|fare|cost|rate)\w*|costs? (?:the )?most)\b/i,
    { most: true, of: 'price' },
  ],
  [
    /\b(?:smallest|shortest|fewest|lightest|nearest|closest|fastest|quickest|lowest)\b/i,
    { most: false, of: 'number' },
  ],
  [
    /\b(?:largest|biggest|longest|greatest|heaviest|farthest|furthest|best[- ]rated|top[- ]rated|highest)\b/i,
    { most: true, of: 'number' },
  ],
  [
    /\b(?:earliest|soonest|oldest|(?:next|first) (?:available|free|open|possible)|(?:leaves|departs|arrives|starts|goes|begins) first)\b/i,
    { most: false, of: 'time' },
  ],
  [
    /(?<!\bat )\b(?:the latest|newest|most recent|(?:leaves|departs|arrives|starts|goes|begins) last|the last (?:one|slot|flight|train|appointment|available|open|free)|last (?:one )?of the (?:day|week|month))\b/i,
    { most: true, of: 'time' },
  ],
];
EXTREMES.push(
  [/\b(?:the|with) (?:very )?most(?= [a-z])/i, { most: true, of: 'named' }],
  [/\b(?:the|with) (?:very )?least(?= [a-z])/i, { most: false, of: 'named' }],
);
const CONDITION =
  /\b(?:after|before|at least|at most|under|over|below|above|within|between|without|unless|if|only if|as long as|direct|non-?stop|that|which|who|with)\b/i;
const RULED_OUT =
  /\b(?:(?:any|all)(?:thing|one)?(?: of them)? but|except(?: for)?|other than|apart from|but not|anything but|not)\s+(?:the one |the ones |that |on |in |at |from |a |an )*([^.,;!?\n]{2,60})/gi;
const NEGATED =
  /\b(?:not|no|never|cannot|except|without|rather than|instead of|other than|apart from)\b|n[’']t\b|\ball? but\b|\bany\w* but\b/i;
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const DAY = new RegExp(`\\b(${DAYS.join('|')})s?\\b`, 'gi');
const PLACES = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth'];
const PLACE =
  /\bthe (first|second|third|fourth|fifth|sixth|seventh|eighth|last)(?: (?:one|option|choice|entry|offer|item))?(?=[\s]*(?:$|[.,;!?\n]|please\b|for\b|on the list|in the list))|\b(?:option|number|choice) (\d)\b/gi;
const ASSENT =
  /^\W*(?:yes|yeah|yep|sure|ok|okay|correct|right|exactly|confirmed?|go ahead|please (?:do|proceed|go ahead)|proceed|sounds good|perfect|great|agreed)\b/i;
const MAX_TEXT = 4000;

/** Clauses are short enough for what is negated in them to be left out whole. */
const clausesOf = (text: string): string[] =>
  text.split(/(?<=[.!?;\n])\s*|,\s+(?=(?:but|not|anything|any)\b)/);
const daysIn = (text: string): number[] =>
  [...text.matchAll(DAY)].map((m) => DAYS.indexOf((m[1] ?? '').toLowerCase()));

/** What says no more than that an extreme is wanted is no condition: "the one that costs the least", "with the lowest fare". */
const ALONE = EXTREMES.map(
  ([form]) => new RegExp(`(?:\\b(?:that|which|with(?: the)?) )?${form.source}`, 'gi'),
);
const withoutExtremes = (text: string): string =>
  ALONE.reduce((rest, form) => rest.replace(form, ' '), text).replace(
    /\bthat (?:is|you have|there is|are)\b/gi,
    ' ',
  );
/** Not the end itself, but near it: "the second cheapest", "one of the cheapest". */
const RANKED = EXTREMES.map(
  ([form]) =>
    new RegExp(`\\b(?:one of|among|second|third|fourth|next|2nd|3rd)[- ](?:the |very )*${form.source}`, 'i'),
);

const extremesIn = (text: string): Extreme[] =>
  EXTREMES.flatMap(([form, extreme]) => {
    const match = form.exec(text);
    if (!match) return [];
    const words =
      `${match[0]}${text.slice(match.index + match[0].length)}`.slice(0, 60).match(/[a-z]+/gi) ?? [];
    const own = match[0].match(/[a-z]+/gi)?.length ?? 0;
    return [{ ...extreme, noun: words.slice(Math.max(0, own - 1), own + 1).join(' ') }];
  });

/** What a person wants, by her last words; null where they only agree, or say nothing that a list can be held against. */
export const wishesIn = (said: readonly string[]): Wishes | null => {
  const [whole] = said.filter((text) => !ASSENT.test(text)).slice(-1);
  if (whole === undefined) return null;
  const clauses = clausesOf(whole.slice(0, MAX_TEXT));
  // A question is no wish, unless it asks for a deed.
  const wanted = clauses.filter(
    (c) => !/\?\s*$/.test(c) || /\b(?:can|could|would|will|may) (?:you|i|we)\b/i.test(c),
  );
  const text = wanted.filter((c) => !NEGATED.test(c)).join(' ');
  const ruledOutDays = wanted.flatMap((c) => {
    const days = NEGATED.test(c) ? daysIn(c) : [];
    return days.length === 1 ? days : [];
  });
  const ruledOut = wanted.flatMap((c) => [...c.matchAll(RULED_OUT)].map((m) => m[1] ?? ''));
  return {
    text,
    extremes: extremesIn(text),
    ruledOut,
    weekdays: daysIn(text),
    ruledOutDays,
    ordinals: [...text.matchAll(PLACE)].map((m) =>
      m[2] === undefined
        ? (m[1] ?? '').toLowerCase() === 'last'
          ? -1
          : PLACES.indexOf((m[1] ?? '').toLowerCase())
        : Number(m[2]) - 1,
    ),
    conditional: CONDITION.test(withoutExtremes(text)) || RANKED.some((form) => form.test(text)),
  };
};
