import type { Carrier } from './carriers.ts';
import type { Consent } from '../asked/consent.ts';
import { isWrite, spawns, type FlagContext } from '../flags/rule.ts';
import { isIdLike } from '../values/ids.ts';
import type { Ledger } from '../values/ledger.ts';
import type { Call, Reading } from '../narrative.ts';
import { DIRECTS, isOrderedIn } from './ordered.ts';
import { asText } from '../read/json.ts';
import { clip, contentWords, normal, tokensOf } from '../text/text.ts';
import { leavesOf } from '../values/values.ts';

/** How a step took up what a text said. */
export interface TakeUp {
  strength: 'acts' | 'says';
  quote: string;
  place: string;
}

/** What the model wrote, as it is held against each text that may have given it the idea. Read when first asked. */
interface Written {
  readonly words: ReadonlySet<string>;
  readonly tokens: readonly string[];
  /** Tokens that a part of a longer text in a tool's answer brought into the session, by the step of that answer. */
  readonly brought: ReadonlyMap<number, string[]>;
}
const writtenOf = (text: string, named: string, ledger: Ledger): Written => {
  let [words, tokens, brought]: [Set<string> | null, string[] | null, Map<number, string[]> | null] = [
    null,
    null,
    null,
  ];
  return {
    get words() {
      return (words ??= contentWords(named === '' ? text : `${named} ${text}`));
    },
    get tokens() {
      return (tokens ??= tokensOf(text).map((t) => t.text));
    },
    get brought() {
      if (brought) return brought;
      brought = new Map();
      for (const token of new Set(this.tokens)) {
        const first = token.length > 1 ? ledger.first(token) : undefined;
        if (first?.source !== 'tool' || first.embedded !== true) continue;
        const list = brought.get(first.step);
        if (list) list.push(token);
        else brought.set(first.step, [token]);
      }
      return brought;
    },
  };
};

/** Tokens that this very text brought into the session, among those of a call or a sentence, and no person agreed to. */
const borrowed = (carrier: Carrier, { brought }: Written, consent: Consent): string[] =>
  [carrier.step, carrier.goesOnAt]
    .flatMap((step) => (step === undefined ? [] : (brought.get(step) ?? [])))
    .filter((t) => carrier.says(normal(t)) && !consent.has(t));

/** Ids of a call that the text names and no person ever did, the model acting on them before anybody spoke again. */
const pointed = (carrier: Carrier, { tokens }: Written, consent: Consent): string[] =>
  consent.turns > carrier.turns
    ? []
    : tokens.filter((t) => isIdLike(t) && carrier.says(normal(t)) && !consent.has(t));

interface Deed {
  call: Call;
  values: string[];
  acts: boolean;
  written: Written;
  readonly nameWords: ReadonlySet<string>;
  /** Of the names of its arguments. */
  readonly argumentWords: ReadonlySet<string>;
}
const deedOf = (context: FlagContext, call: Call, ledger: Ledger): Deed => {
  const leaves = leavesOf(call.args);
  const values = leaves.map((l) => String(l.value));
  const text = values.join('\n');
  let [nameWords, argumentWords]: [Set<string> | null, Set<string> | null] = [null, null];
  return {
    call,
    values,
    acts: isWrite(context.tools, call.name) || spawns(context.tools, call.name),
    written: writtenOf(text, call.name, ledger),
    get nameWords() {
      return (nameWords ??= contentWords(call.name));
    },
    get argumentWords() {
      return (argumentWords ??= contentWords(leaves.map((l) => l.path).join(' ')));
    },
  };
};

const sharedWith = (carrier: Carrier, words: ReadonlySet<string>): number => {
  let shared = 0;
  for (const word of words) if (carrier.words.has(word)) shared += 1;
  return shared;
};

/** How far before an id its verb stands: "cancel order W1", and not "was cancelled"; endings are not taken off. */
const ORDER_REACH = 40;
const commands = (carrier: Carrier, name: string, ids: readonly string[]): boolean => {
  const verbs = new Set(tokensOf(name.replaceAll(/[_-]/g, ' ')).map((t) => normal(t.text)));
  const text = carrier.text.toLowerCase();
  return ids.some((id) => {
    const at = text.indexOf(normal(id));
    return at > 0 && tokensOf(text.slice(Math.max(0, at - ORDER_REACH), at)).some((t) => verbs.has(t.text));
  });
};
/**
 * What the text orders was spoken of before, but not in the person's last turn, which asks for something else: neither
 * what the tool does nor what it is done to.
 */
const interrupts = (carrier: Carrier, { call, written, nameWords }: Deed, consent: Consent): boolean => {
  if (consent.turns > carrier.turns) return false;
  const { latest } = consent;
  const ids = written.tokens.filter(isIdLike);
  const isSaid = (words: ReadonlySet<string>): boolean => [...words].some((word) => latest.has(word));
  if (latest.size === 0 || isSaid(nameWords) || isSaid(contentWords(ids.join(' ')))) return false;
  return carrier.addresses || commands(carrier, call.name, ids);
};

/** Most of the call stands in the text, and nobody agreed to it. */
const repeats = (carrier: Carrier, deed: Deed, consent: Consent): boolean => {
  const { written, nameWords } = deed;
  const shared = sharedWith(carrier, written.words);
  if (shared < 3 || shared < written.words.size * 0.5 || sharedWith(carrier, nameWords) === 0) return false;
  const values = written.tokens.map(normal).filter((t) => /\d/.test(t) && carrier.says(t));
  const agreed = values.length > 0 ? values.every((t) => consent.has(t)) : consent.turns > carrier.turns;
  return !agreed || interrupts(carrier, deed, consent);
};

const folded = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
/** Shorter names of tools stand in other words by chance. */
const NAME = 8;
/**
 * Values of a call that no one but this text brought, where they stand in it with more than themselves: an argument that
 * is the text as a whole is data that is passed on.
 */
const takesFromDense = (carrier: Carrier, deed: Deed, ledger: Ledger, consent: Consent): boolean => {
  const fresh = new Set(
    deed.values
      .filter((value) => value.length < carrier.text.length / 2)
      .flatMap((value) => tokensOf(value).map((t) => t.text))
      .filter((token) => {
        const first = token.length > 1 ? ledger.first(token) : undefined;
        const isIts = first?.source === 'tool' && first.step === carrier.step;
        return isIts && carrier.says(normal(token)) && !consent.has(token);
      }),
  );
  const name = folded(deed.call.name);
  const isNamed = name.length >= NAME && folded(carrier.text).includes(name);
  return fresh.size >= 2 || (isNamed && fresh.size > 0) || (fresh.size > 0 && [...fresh].some(isIdLike));
};

const isTakenUp = (carrier: Carrier, deed: Deed, consent: Consent): boolean => {
  const { written, nameWords } = deed;
  const fresh = borrowed(carrier, written, consent);
  const brought = fresh.length > 0 && (fresh.some(isIdLike) || sharedWith(carrier, written.words) >= 2);
  if (carrier.novel === true)
    return (
      brought ||
      repeats(carrier, deed, consent) ||
      pointed(carrier, written, consent).length > 0 ||
      isOrderedIn(carrier, { nameWords, argumentWords: deed.argumentWords, fresh }, consent)
    );
  if (!brought) return false;
  if (
    carrier.failed &&
    fresh.some(isIdLike) &&
    (fresh.length >= 2 || sharedWith(carrier, written.words) >= 2)
  )
    return true;
  const named = sharedWith(carrier, nameWords) > 0;
  return carrier.orders ? fresh.length >= 2 || named : carrier.novel === null && fresh.length >= 2 && named;
};

const takesUpCall = (
  context: FlagContext,
  carrier: Carrier,
  deed: Deed,
  ledger: Ledger,
  consent: Consent,
): TakeUp | null => {
  // Without a tools file nobody knows what acts; then only a text that is longer than its field ever was counts.
  const acts = context.tools === null ? carrier.novel === true : deed.acts;
  const { name, args } = deed.call;
  const isTaken = (): boolean =>
    carrier.dense ? takesFromDense(carrier, deed, ledger, consent) : isTakenUp(carrier, deed, consent);
  return acts && isTaken()
    ? { strength: 'acts', place: `call ${name}`, quote: clip(`${name} ${asText(args)}`, 280) }
    : null;
};

interface Sentence {
  text: string;
  written: Written;
}
const sentencesOf = (said: string, ledger: Ledger): Sentence[] =>
  (said.slice(0, 20_000).match(/[^\n!?]{1,2000}[\n!?]?/g) ?? []).flatMap((text) =>
    !text.endsWith('?') && DIRECTS.test(text) ? [{ text, written: writtenOf(text, '', ledger) }] : [],
  );

/** A sentence that sends the person somewhere with what the text brought. Reading a text out, or asking about it, is no goal. */
const takesUpText = (carrier: Carrier, sentences: Sentence[], consent: Consent): TakeUp | null => {
  const told = sentences.find(
    ({ written }) =>
      borrowed(carrier, written, consent).length >= 3 && sharedWith(carrier, written.words) >= 4,
  );
  return told === undefined ? null : { strength: 'says', place: 'output', quote: clip(told.text, 280) };
};

/** Looks how a step takes up the texts it may have read. What the step wrote is read once for all of them. */
export const takeUps = (
  context: FlagContext,
  { calls, said }: Reading,
  ledger: Ledger,
  consent: Consent,
): ((carrier: Carrier) => TakeUp | null) => {
  let deeds: Deed[] | null = null;
  let sentences: Sentence[] | null = null;
  return (carrier) => {
    deeds ??= calls.map((call) => deedOf(context, call, ledger));
    for (const deed of deeds) {
      const up = takesUpCall(context, carrier, deed, ledger, consent);
      if (up) return up;
    }
    if (carrier.novel !== true || said === '') return null;
    sentences ??= sentencesOf(said, ledger);
    return takesUpText(carrier, sentences, consent);
  };
};
