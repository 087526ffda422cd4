import { changesAfterWords, quotedWords, type Change } from './last-words.ts';
import type { Observed } from '../observe.ts';
import type { Hypothesis } from '../origin.ts';
import { leavesOf } from '../values/values.ts';

const [SHORTEST, LONGEST, MAX_TEXT, MAX_ARGUMENTS] = [2, 80, 8000, 12] as const;

interface Named {
  path: string;
  value: string;
}
const namedIn = ({ args }: Change['call']): Named[] =>
  leavesOf(args)
    .flatMap(({ path, value }) => {
      const text = typeof value === 'string' || typeof value === 'number' ? String(value).toLowerCase() : '';
      return text.length >= SHORTEST && text.length <= LONGEST ? [{ path, value: text }] : [];
    })
    .slice(0, MAX_ARGUMENTS);

/** Where a text names a value; -1 where it does not, or more than once. */
const placeOf = (text: string, value: string): number => {
  const at = text.indexOf(value);
  return at >= 0 && text.indexOf(value, at + value.length) < 0 ? at : -1;
};

/** Which of four values a text names side by side: the first two of them, and so the last two. */
const firstPair = (text: string, values: readonly string[]): Set<string> | null => {
  const places = values.map((value) => ({ value, at: placeOf(text, value) }));
  if (places.some(({ at }) => at < 0)) return null;
  const [a, b] = places.toSorted((x, y) => x.at - y.at);
  return new Set([a?.value ?? '', b?.value ?? '']);
};

type Pairing = 'as said' | 'crossed' | null;
const pairingOf = (text: string, [a, b]: [Named, Named], [x, y]: [Named, Named]): Pairing => {
  const first = firstPair(text, [a.value, b.value, x.value, y.value]);
  if (!first) return null;
  const holds = (p: Named, q: Named): boolean => first.has(p.value) && first.has(q.value);
  if (holds(a, b) || holds(x, y)) return 'as said';
  return holds(a, y) || holds(x, b) ? 'crossed' : null;
};

/** Two arguments that both calls have, each with another value in each; once as in one call, once as in the other. */
const pairsOf = (one: Change, other: Change): [[Named, Named], [Named, Named]][] => {
  const mine = namedIn(one.call);
  const theirs = new Map(namedIn(other.call).map((n) => [n.path, n]));
  const shared = mine.flatMap((m): [Named, Named][] => {
    const t = theirs.get(m.path);
    return t && t.value !== m.value ? [[m, t]] : [];
  });
  return shared.flatMap(([a, x], i) =>
    shared.slice(i + 1).map(([b, y]): [[Named, Named], [Named, Named]] => [
      [a, b],
      [x, y],
    ]),
  );
};

const crossingOf = (one: Change, other: Change): [Named, Named] | null => {
  const text = one.wish.text.slice(0, MAX_TEXT).toLowerCase();
  const proposed = one.proposed.toLowerCase();
  const found = pairsOf(one, other).find(
    ([a, x]) => pairingOf(text, a, x) === 'crossed' && pairingOf(proposed, a, x) !== 'as said',
  );
  return found?.[0] ?? null;
};

/**
 * Two changing calls of one tool that pair things otherwise than the person's words do, which name each of them once,
 * pair by pair: the first of the two. Silent where the agent had proposed it so. Version 1.
 */
export const crossedPairs = (observed: Observed): Hypothesis[] => {
  const changes = changesAfterWords(observed);
  return changes.flatMap((one, i): Hypothesis[] => {
    const other = changes[i + 1];
    if (!other || other.call.name !== one.call.name || other.wish !== one.wish) return [];
    const crossed = crossingOf(one, other);
    if (!crossed) return [];
    const step = one.reading.modelStep;
    const [a, b] = crossed;
    return [
      {
        kind: 'wrong-entity',
        mode: 'tool_misfire',
        step,
        score: 0.6,
        reason: `${one.call.name} was called with ${a.value} and ${b.value} together, but the person paired them otherwise`,
        citations: [
          { step, place: `call ${one.call.name}, argument ${b.path}`, quote: b.value },
          quotedWords(one.wish),
        ],
        subject: { tool: one.call.name, path: b.path, becomes: null },
      },
    ];
  });
};
