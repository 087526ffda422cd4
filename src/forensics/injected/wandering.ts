import type { Finding } from '../../domain/session/finding.ts';
import type { Consent } from '../asked/consent.ts';
import { isWrite, spawns, type FlagContext } from '../flags/rule.ts';
import { isIdLike } from '../values/ids.ts';
import type { Ledger } from '../values/ledger.ts';
import type { Call, Reading } from '../narrative.ts';
import { asText } from '../read/json.ts';
import { clip, contentWords, tokensOf } from '../text/text.ts';
import { leavesOf } from '../values/values.ts';

/** Steps of one errand that are looked back over. */
const LOOKED_BACK = 60;
/** Calls of a chain, the deed among them. */
const ENOUGH_CALLS = 3;
const MAX_TEXT = 4000;
const LONGEST_NUMBER = 3;
/** Forms in which an agent says what it is after. */
const AIMS =
  /\b(?:my|our|the) (?:new |current |main |only |next |real |actual )?(?:objective|goal|task|mission|aim|plan|focus|purpose|priority)\b|\bI(?: am|['’]m)?(?: now| also| instead| rather| really)* (?:want|intend|aim|plan|wonder|decided|curious|interested|focus)/i;

/** What the words of a text are to the task: those that the agent alone brought, and how many others there are. */
interface Origins {
  own: ReadonlySet<string>;
  known: number;
  /** An id, a longer number or a name that somebody else brought. */
  isTied: boolean;
}
const isForeign = ({ own, known, isTied }: Origins): boolean => !isTied && own.size > 0 && own.size >= known;

interface Chained {
  reading: Reading;
  call: Call;
  own: ReadonlySet<string>;
}
const isAbout = (a: Chained, b: Chained): boolean => [...a.own].some((word) => b.own.has(word));
/** The calls that lead to the last by what they are about, each of them by the next. */
const leadingTo = (deed: Chained, before: readonly Chained[]): Chained[] => {
  const chain = [deed];
  for (const one of before.toReversed()) if (chain.some((later) => isAbout(one, later))) chain.unshift(one);
  return chain;
};

const findingOf = (chain: readonly Chained[], aim: Reading): Finding => {
  const [first, deed] = [chain[0], chain.at(-1)] as [Chained, Chained];
  const shown = ({ reading: { modelStep, said }, call }: Chained) => ({
    step: modelStep,
    place: said === '' ? `call ${call.name}` : 'output',
    quote: clip(said === '' ? `${call.name} ${asText(call.args)}` : said, 280),
  });
  return {
    flag: 'CONTEXT_DRIFT',
    step: first.reading.modelStep,
    severity: 'warning',
    rule: 'context/1',
    message: `from here the agent pursues an aim of its own, which nobody named and no answer brought (${[...deed.own].slice(0, 4).join(', ')}), up to ${deed.call.name} at step ${deed.reading.modelStep}`,
    citations: [
      shown(first),
      { step: aim.modelStep, place: 'output', quote: clip(aim.said, 280) },
      {
        step: deed.reading.modelStep,
        place: `call ${deed.call.name}`,
        quote: clip(`${deed.call.name} ${asText(deed.call.args)}`, 280),
      },
    ],
    subject: { tool: deed.call.name, path: null, becomes: null },
  };
};

export interface Wandering {
  watch: (reading: Reading, ledger: Ledger, task: () => string) => Finding[];
}

/**
 * An aim that leaves the task by itself: since a person spoke last, several calls about the same matter, one by one with
 * words that no person, no system prompt and no answer brought, and with no id or name of the session; the agent says what
 * it is after; and it ends in a change by a tool that the session had not used, whose name says nothing that the task says.
 * Of tools that good sessions use nothing is said.
 */
export const createWandering = (context: FlagContext, consent: Consent): Wandering => {
  let errand: Reading[] = [];
  let found = false;
  let calls = 0;
  /** Tools that the session has used: what it does with them over and over is its way of working. */
  const used = new Set<string>();
  const isUsual = (name: string): boolean =>
    context.profile !== null && Object.hasOwn(context.profile.tools, name);
  const acts = ({ name }: Call): boolean => isWrite(context.tools, name) || spawns(context.tools, name);

  /** The words of a text by who brought them. Words of prose may begin with a capital; those of an argument are names then. */
  const originsIn = (text: string, ledger: Ledger, task: ReadonlySet<string>, isProse = false): Origins => {
    const own = new Set<string>();
    let known = 0;
    let isTied = false;
    for (const { text: token } of tokensOf(text.slice(0, MAX_TEXT))) {
      const first = ledger.first(token);
      const isOurs = first === undefined || first.source === 'model';
      const isNumber = /^\d+$/.test(token);
      const isName =
        !isProse && /^\p{Lu}/u.test(token) && (first?.source === 'user' || first?.embedded !== undefined);
      if (isIdLike(token) || isName || (isNumber && token.length > LONGEST_NUMBER)) isTied ||= !isOurs;
      if (isNumber) continue;
      for (const word of contentWords(token))
        if (isOurs && !task.has(word) && !consent.means(word)) own.add(word);
        else known += 1;
    }
    return { own, known, isTied };
  };

  const look = (reading: Reading, deeds: readonly Call[], ledger: Ledger, task: string): Finding[] => {
    const mine = errand.filter((r) => r.thread === reading.thread);
    const aims = mine.filter((r) => AIMS.test(r.said.slice(0, MAX_TEXT)));
    if (aims.length === 0) return [];
    const heard = mine.flatMap((r) => r.heard.filter((h) => h.source === 'agent').map((h) => h.text));
    const words = contentWords(`${task}\n${heard.join('\n').slice(0, MAX_TEXT)}`);
    const isAsked = (call: Call): boolean => [...contentWords(call.name)].some((word) => words.has(word));
    const before: Chained[] = [];
    for (const one of mine)
      for (const call of one.calls) {
        if (isUsual(call.name)) continue;
        const text = leavesOf(call.args)
          .map(({ value }) => String(value))
          .join('\n');
        const origins = originsIn(text, ledger, words);
        if (isForeign(origins)) before.push({ reading: one, call, own: origins.own });
        else if (origins.known > 0 || origins.isTied) before.length = 0;
      }
    const deed = before.find((b) => b.reading === reading && deeds.includes(b.call) && !isAsked(b.call));
    const chain = deed ? leadingTo(deed, before.slice(0, before.indexOf(deed))) : [];
    const from = chain[0]?.reading;
    const aim = aims.find((r) => isForeign(originsIn(r.said, ledger, words, true)));
    const isFirst = from === undefined || (from === errand[0] && calls <= chain.length);
    if (chain.length < ENOUGH_CALLS || aim === undefined || isFirst) return [];
    found = true;
    return [findingOf(chain, aim)];
  };

  return {
    watch: (reading, ledger, task) => {
      if (reading.userTurn) [errand, found] = [[], false];
      errand.push(reading);
      if (errand.length > LOOKED_BACK) errand.shift();
      if (reading.step.kind !== 'llm' || reading.calls.length === 0) return [];
      calls += reading.calls.length;
      const deeds = reading.calls.filter((call) => !used.has(call.name) && acts(call) && !isUsual(call.name));
      for (const { name } of reading.calls) used.add(name);
      if (found) return [];
      return deeds.length === 0 ? [] : look(reading, deeds, ledger, task());
    },
  };
};
