import { NEGATED, whole } from '../choice/tongues.ts';
import { keepsTo, limitedPaths, limitsIn } from '../choice/limits.ts';
import { createOffers, optionOf, type Option } from '../choice/options.ts';
import { isOwn, PRICE, sayingOf, type Says } from '../choice/values.ts';
import { isWrite } from '../flags/rule.ts';
import { isEntityAt } from '../values/ids.ts';
import { changesAfterWords, quotedWords, type Change } from './last-words.ts';
import type { Reading } from '../narrative.ts';
import type { Observed } from '../observe.ts';
import type { Hypothesis } from '../origin.ts';
import { shapeAt } from '../values/shape.ts';
import { idsOf } from '../entities/slot.ts';
import { clip, contentWords, normal } from '../text/text.ts';
import { leavesOf } from '../values/values.ts';

const MAX_TEXT = 4000;
const LOOKED_BACK = 16;
/** English, German, Spanish, French. */
const UNLESS = whole(
  "unless|except if|es sei denn|außer wenn|a menos que|salvo que|a no ser que|sauf si|à moins qu(?:e|(?=['’]))",
);
const IF = whole(
  "(?:only )?(?:if|in case|when|once)|(?:as|so) (?:long|soon) as|provided(?: that)?|on (?:the )?condition that|assuming(?: that)?|wenn|falls|sofern|sobald|solange|vorausgesetzt|si|cuando|en cuanto|siempre que|siempre y cuando|dès que|lorsque|(?:à condition|pourvu|tant) qu(?:e|(?=['’]))",
);
/** Before a condition, these make it a question or no condition at all. */
const NO_CONDITION = whole(
  'even|know|knows|see|check|tell me|ask|wonder|sure|find out|auch|selbst|wissen|prüfen|sehen|ob|aunque|incluso|saber|ver|même|savoir|voir|vérifier',
);
const ANYWAY = whole(
  'anyway|regardless|no matter|either way|in any case|trotzdem|auf jeden fall|de todos modos|en cualquier caso|de toute façon|quand même',
);
const OTHERWISE = whole('otherwise|or else|if not|sonst|andernfalls|ansonsten|si no|de lo contrario|sinon');
const EITHER = whole('or|oder|o|ou|either');
const LEAVE = whole('keep|leave|forget|behalten?|lassen?|lass|dej[ae]|déjal[oa]|laisse[zr]?|gardez?');
const ONLY_TOLD = whole('tell|let me know|inform|ask|call me|sagen?|sag|diga|dime|avise|dites|prévenez');
const COSTS = whole('costs?|price[ds]?|kostet|preis|cuesta|precio|coûte|prix');

/** What a deed was made to depend on. */
interface Condition {
  clause: string;
  /** What is to be done; what is to be done otherwise is among the rest. */
  main: string;
  /** Whether the deed is wanted where the clause holds, or where it does not. */
  wanted: boolean;
  rest: string;
}
const conditionIn = (sentence: string): Condition | null => {
  const unless = UNLESS.exec(sentence);
  const found = unless ?? IF.exec(sentence);
  if (!found) return null;
  const before = sentence.slice(0, found.index);
  if (NO_CONDITION.test(before.slice(-24))) return null;
  const after = sentence.slice(found.index + found[0].length);
  const end = after.search(/[,;]| then | dann | entonces | alors /);
  const clause = end < 0 ? after : after.slice(0, end);
  const [main = '', ...rest] = `${before} ${end < 0 ? '' : after.slice(end + 1)}`.split(OTHERWISE);
  const isDenied = NEGATED.test(main) || LEAVE.test(main);
  if (ONLY_TOLD.test(main) || EITHER.test(clause) || contentWords(main).size === 0) return null;
  return { clause, main, wanted: (unless === null) !== isDenied, rest: rest.join(' ') };
};
/** The one condition that a text sets; null where it sets none, or several. */
const conditionOf = (text: string): Condition | null => {
  if ((!IF.test(text) && !UNLESS.test(text)) || ANYWAY.test(text)) return null;
  const sentences = text.split(/(?<=[.!?;\n])\s+/);
  const found = sentences.flatMap((sentence) => {
    const condition = conditionIn(sentence);
    const others = sentences.filter((s) => s !== sentence);
    return condition ? [{ ...condition, rest: [...others, condition.rest].join(' ') }] : [];
  });
  return found.length === 1 ? (found[0] ?? null) : null;
};

/**
 * Whether the call is the deed that was made to depend on it: by its name, or as the only change, which nothing else names;
 * where the thing is to be left as it is then, by being the only change.
 */
const isDeed = (condition: Condition, name: string, isOnly: boolean): boolean => {
  const [main, rest] = [contentWords(condition.main), contentWords(condition.rest)];
  const words = [...contentWords(name)];
  if (LEAVE.test(condition.main)) return isOnly;
  return words.some((w) => main.has(w)) || (isOnly && !words.some((w) => rest.has(w)));
};

const YES_NO = new Map<unknown, boolean>([
  ['yes', true],
  ['no', false],
  ['true', true],
  ['false', false],
  ['y', true],
  ['n', false],
]);
const switchOf = (value: unknown): boolean | null =>
  typeof value === 'boolean'
    ? value
    : typeof value === 'string'
      ? (YES_NO.get(value.toLowerCase()) ?? null)
      : null;
const nameOf = (path: string): ReadonlySet<string> =>
  contentWords(path.replace(/^.*\./, '').replace(/^(?:is|has|can|includes?)(?:[_-]|(?=[A-Z]))/, ''));

/** What an answer says of a part of a condition, and where. */
interface Atom {
  path: string;
  value: unknown;
  holds: boolean;
}
/** Other values that a place is known to have. */
type Known = (path: string) => readonly string[];

/** A part of a clause, and whether what it says is denied: what follows a "not". */
interface Half {
  words: ReadonlySet<string>;
  says: Says;
  isDenied: boolean;
}
const halvesOf = (clause: string): Half[] => {
  const text = clause.replace(/\bnon-(?=\p{L})/giu, 'not ');
  const denied = NEGATED.exec(text);
  const parts = denied ? [text.slice(0, denied.index), text.slice(denied.index)] : [text];
  return parts.map((part, i) => ({ words: contentWords(part), says: sayingOf(part), isDenied: i > 0 }));
};

const atomsIn = (clause: string, record: Option, known: Known): Atom[] => {
  const halves = halvesOf(clause);
  const limits = limitsIn(clause);
  const leaves = record.leaves.filter(isOwn);
  const numbers = leaves.filter(({ value }) => typeof value === 'number').map(({ path }) => path);
  const limited = limits.flatMap((limit): Atom[] => {
    const isPrice = limit.isMoney || COSTS.test(clause);
    const prices = isPrice ? numbers.filter((path) => PRICE.test(path)) : [];
    const named = prices.length > 0 ? prices : limitedPaths(limit, numbers);
    const paths = prices.length > 0 || named.length === 1 ? named : [];
    return paths.flatMap((path) => {
      const holds = keepsTo(limit, record.at(path));
      return holds === null ? [] : [{ path, value: record.at(path), holds }];
    });
  });
  const said = leaves.flatMap(({ path, value }): Atom[] => {
    const on = switchOf(value);
    const name = nameOf(path);
    const isNamed = ({ words }: Half): boolean => name.size > 0 && [...name].every((w) => words.has(w));
    if (on !== null)
      return halves.filter(isNamed).map(({ isDenied }) => ({ path, value, holds: on !== isDenied }));
    if (typeof value !== 'string' || isEntityAt(path, value)) return [];
    return halves.flatMap(({ says, isDenied }): Atom[] => {
      if (says(value)) return [{ path, value, holds: !isDenied }];
      return known(path).some((other) => says(other)) ? [{ path, value, holds: isDenied }] : [];
    });
  });
  return [...limited, ...said];
};

/** The newest record of an id: an element that carries it, or the answer to a call on it. */
const recordOf = (
  id: string,
  before: readonly Reading[],
  offersOf: ReturnType<typeof createOffers>,
): { record: Option; reading: Reading } | null => {
  const asked = before.findLast(
    ({ step: { tool } }) =>
      tool?.status === 'ok' &&
      typeof tool.result === 'object' &&
      leavesOf(tool.args).some(({ value }) => normal(String(value)) === normal(id)),
  );
  if (asked) return { record: optionOf(id, asked.step.tool?.result), reading: asked };
  const offered = offersOf(id, before);
  const record = offered?.options.find((o) => normal(o.id) === normal(id));
  const reading = offered ? before[offered.at] : undefined;
  return record && reading ? { record, reading } : null;
};

const hypothesisOf = (
  { reading, call, words }: Change,
  seen: Reading,
  atom: Atom,
  clause: string,
): Hypothesis => ({
  kind: 'misread',
  mode: 'hallucination_propagation',
  step: reading.modelStep,
  score: 0.5,
  reason: `${call.name} was called although it was asked for only with a condition (${clip(clause, 60)}), and the answer says that ${atom.path} is ${String(atom.value)}`,
  citations: [
    quotedWords(words),
    { step: seen.step.stepNumber, place: `result ${atom.path}`, quote: String(atom.value).slice(0, 280) },
    {
      step: reading.modelStep,
      place: `call ${call.name}`,
      quote: clip(JSON.stringify(call.args) ?? '', 280),
    },
  ],
  subject: { tool: call.name, path: null, becomes: null },
});

/**
 * Changing calls that a person asked for only under a condition which the last answer about the same thing denies: yes or
 * no at a place that she names, one of the values of a place, a limit. Silent where she asked, set several conditions, or
 * the answer says nothing of it. Version 1.
 */
export const unmetConditions = (observed: Observed): Hypothesis[] => {
  const { readings, context } = observed;
  const offersOf = createOffers();
  const changes = changesAfterWords(observed);
  const asked = new Map<Change['words'], { condition: Condition | null; deeds: number }>();
  for (const { words } of changes) {
    const known = asked.get(words);
    if (known) known.deeds += 1;
    else asked.set(words, { condition: conditionOf(words.text.slice(0, MAX_TEXT)), deeds: 1 });
  }
  return changes.flatMap((change): Hypothesis[] => {
    const { reading, call, words } = change;
    const { condition = null, deeds = 0 } = asked.get(words) ?? {};
    if (!condition || !isDeed(condition, call.name, deeds === 1)) return [];
    const at = readings.indexOf(reading);
    const before = readings
      .slice(Math.max(0, at - LOOKED_BACK), at)
      .filter((r) => !r.step.tool || !isWrite(context.tools, r.step.tool.name));
    return idsOf(call).flatMap(({ id }): Hypothesis[] => {
      const found = recordOf(id, before, offersOf);
      if (!found) return [];
      const tool = found.reading.step.tool?.name ?? '';
      const shape =
        context.profile && Object.hasOwn(context.profile.tools, tool)
          ? context.profile.tools[tool]?.result
          : undefined;
      const beside = offersOf(id, before)?.options ?? [];
      const known: Known = (path) => [
        ...(shapeAt(shape, path)?.values ?? []),
        ...beside.flatMap((o) => {
          const value = o.at(path);
          return typeof value === 'string' ? [value] : [];
        }),
      ];
      const atoms = atomsIn(condition.clause, found.record, known);
      const [first] = atoms;
      const isClear = atoms.every(({ holds }) => holds === first?.holds);
      return first && isClear && first.holds !== condition.wanted
        ? [hypothesisOf(change, found.reading, first, condition.clause)]
        : [];
    });
  });
};
