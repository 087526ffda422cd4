import { isIdLike } from '../values/ids.ts';
import { changesAfterWords, quotedWords, type Change } from './last-words.ts';
import type { Observed } from '../observe.ts';
import type { Hypothesis } from '../origin.ts';
import { rememberedNames } from '../values/paths.ts';
import { contentWords } from '../text/text.ts';
import { leavesOf } from '../values/values.ts';

/** Stems of names of arguments that say where something comes from, and where it goes. */
const [FROM, TO] = [
  new Set([
    'from',
    'sourc',
    'src',
    'origin',
    'sender',
    'donor',
    'old',
    'debit',
    'payer',
    'quell',
    'origen',
    'desd',
    'von',
  ]),
  new Set([
    'to',
    'target',
    'dest',
    'destination',
    'recipient',
    'receiver',
    'new',
    'credit',
    'payee',
    'ziel',
    'destino',
    'hacia',
    'nach',
  ]),
];
const FROM_WORD = /(?<!\p{L})(?:from|out of|of|von|aus|de|desde|del|depuis)\s+(?:\p{L}+\s+){0,2}[#"'(]*$/iu;
/** Those that say nothing else, as "of" does. */
const FROM_ALONE = /(?<!\p{L})(?:from|out of|aus|desde|depuis)\s+(?:\p{L}+\s+){0,2}[#"'(]*$/iu;
const TO_WORD =
  /(?<!\p{L})(?:(?:to|onto|into|towards|nach|auf|zu|al|hacia|hasta|vers|jusqu['’]à)\s+(?:\p{L}+\s+){0,2}|[aà]\s+)[#"'(]*$/iu;

type Direction = 'from' | 'to';
/** Whether a field's name says that something comes from there, or goes there. */
export const directionOf = (path: string): Direction | null => {
  const direction = directionIn(path);
  return direction === 'none' ? null : direction;
};
const directionIn = rememberedNames((path): Direction | 'none' => {
  const plain = path.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  const words = [...contentWords(path), ...plain.split(/[^a-z]+/)];
  const [isFrom, isTo] = [words.some((w) => FROM.has(w)), words.some((w) => TO.has(w))];
  return isFrom === isTo ? 'none' : isFrom ? 'from' : 'to';
});
/** What the words right before an id say of it, where the text names it; null where they say nothing, or both. */
export const saidOf = (text: string, id: string): Direction | null => {
  const said = new Set<Direction | null>();
  for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + id.length)) {
    const before = text.slice(Math.max(0, at - 40), at);
    if (TO_WORD.test(before)) said.add('to');
    else if (FROM_WORD.test(before)) said.add('from');
  }
  const [only] = said;
  return said.size === 1 ? (only ?? null) : null;
};

const isSaidFrom = (text: string, id: string): boolean => {
  const at = text.indexOf(id);
  return at >= 0 && FROM_ALONE.test(text.slice(Math.max(0, at - 40), at));
};

interface Named {
  path: string;
  id: string;
  direction: Direction;
}
const namedIn = (args: unknown): Named[] =>
  leavesOf(args).flatMap(({ path, value }) => {
    const direction = typeof value === 'string' && isIdLike(value) ? directionOf(path) : null;
    return direction && typeof value === 'string' ? [{ path, id: value, direction }] : [];
  });

const MAX_TEXT = 8000;

const hypothesisOf = ({ reading, call, wish }: Change, a: Named, b: Named): Hypothesis => ({
  kind: 'wrong-entity',
  mode: 'tool_misfire',
  step: reading.modelStep,
  score: 0.6,
  reason: `${call.name} was called from ${a.id} to ${b.id}, but the person said it the other way round`,
  citations: [
    { step: reading.modelStep, place: `call ${call.name}, argument ${a.path}`, quote: a.id.slice(0, 300) },
    quotedWords(wish),
  ],
  subject: { tool: call.name, path: a.path, becomes: null },
});

const isTurned = (text: string, a: string, b: string): boolean => {
  const [fromSaid, toSaid] = [saidOf(text, a), saidOf(text, b)];
  return (
    (fromSaid === 'to' && toSaid !== 'to') ||
    (toSaid === 'from' && fromSaid !== 'from' && text.includes(a) && isSaidFrom(text, b))
  );
};

/**
 * Changing calls that go from one thing to another, where the person's last words name both and say it the other way
 * round. Silent where she spoke since, but for a yes, unless that names both again, and where the agent proposed what she
 * said yes to. Version 2.
 */
export const exchangedPairs = (observed: Observed): Hypothesis[] =>
  changesAfterWords(observed).flatMap((change): Hypothesis[] => {
    const named = namedIn(change.call.args);
    const [from, to] = (['from', 'to'] as const).map((d) => named.filter((n) => n.direction === d));
    const [a, b] = [from?.[0], to?.[0]];
    if (!a || !b || from?.length !== 1 || to?.length !== 1 || a.id === b.id) return [];
    const { wish, proposed } = change;
    const isAgreed = proposed.includes(a.id) && proposed.includes(b.id) && !isTurned(proposed, a.id, b.id);
    return !isAgreed && isTurned(wish.text.slice(0, MAX_TEXT), a.id, b.id)
      ? [hypothesisOf(change, a, b)]
      : [];
  });
