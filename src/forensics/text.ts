/** Pieces of text that ids, numbers and words are made of. Linear: the separators are disjoint from the rest. */
const TOKEN = /#?[\p{L}\p{N}]+(?:[-_][\p{L}\p{N}]+)*/gu;

export interface Token {
  text: string;
  at: number;
}

/** The longest text that is looked into token by token; the rest of a longer one is only hashed and quoted. */
export const MAX_SCAN = 400_000;

export const tokensOf = (text: string): Token[] => {
  const scanned = text.length > MAX_SCAN ? text.slice(0, MAX_SCAN) : text;
  return [...scanned.matchAll(TOKEN)].map((m) => ({ text: m[0], at: m.index }));
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
/** A word without its commonest English endings; enough to make "cancel", "cancelled" and "cancelling" one. */
export const stem = (word: string): string => {
  const base = word.length > 5 ? word.replace(/(?:ing|ed|es|s)$/, '') : word.replace(/s$/, '');
  return base.length > 3 && base.at(-1) === base.at(-2) ? base.slice(0, -1) : base.replace(/e$/, '');
};

/** The words that carry meaning, stemmed; `snake_case` and `camelCase` names are taken apart. */
export const contentWords = (text: string): Set<string> => {
  const out = new Set<string>();
  for (const { text: token } of tokensOf(text.replace(/([a-z0-9])([A-Z])/g, '$1 $2'))) {
    for (const part of token.toLowerCase().split(/[-_#]/)) {
      if (part.length > 1 && !STOP.has(part)) out.add(stem(part));
    }
  }
  return out;
};

export const wordCount = (text: string): number => {
  let count = 0;
  for (const _ of text.matchAll(/\S+/g)) if ((count += 1) >= 500) break;
  return count;
};

/** Words of `text` around an offset, at most `width` characters, for a citation. */
export const quoteAt = (text: string, at: number, width = 160): string => {
  const from = Math.max(0, Math.min(at - Math.floor(width / 3), text.length - width));
  return text
    .slice(from, from + width)
    .replace(/\s+/g, ' ')
    .trim();
};

export const clip = (text: string, width = 200): string => {
  const flat = text
    .slice(0, width * 4)
    .replace(/\s+/g, ' ')
    .trim();
  return flat.length > width ? `${flat.slice(0, width - 1)}…` : flat;
};
