import { DEPENDS } from '../choice/tongues.ts';
import { isIdLike } from '../values/ids.ts';
import { changesAfterWords, quotedWords, type Change } from './last-words.ts';
import { matchesOf } from '../text/matches.ts';
import type { Observed } from '../observe.ts';
import type { Hypothesis } from '../origin.ts';
import { clip, contentWords, normal } from '../text/text.ts';
import { leavesOf } from '../values/values.ts';

const MAX_TEXT = 4000;
/** Forms in which a person says that nothing is to be changed; what the thing is called plays no part. */
const LEAVE_IT =
  /(?<!\p{L})(?:(?:do not|don[’']t|without) (?:chang|touch|modify|alter|do)\p{L}* (?:anything|it|them)|leave (?:it|them|everything|that) (?:as (?:it is|they are|is)|alone|untouched)|(?:only|just) want(?:ed)? to (?:know|ask|see|check)|(?:nichts|nicht) (?:daran |davon )?(?:ändern|verändern|anfassen)|ändern sie nichts|will (?:es )?nur wissen|(?:sin cambiar|no (?:cambie|cambies|toque|toques|modifique|modifiques)) nada|solo quiero saber)(?!\p{L})/iu;
/** "Do not end it": one deed that is ruled out. */
const NOT_THAT = /(?<!\p{L})(?:do not|don[’']t|never|please not) ((?:\p{L}+ ?){1,3})/giu;

/** What is ruled out under a condition only may be done after all. */
const unconditional = (text: string): string =>
  DEPENDS.test(text)
    ? text
        .split(/(?<=[.!?;\n])\s+/)
        .filter((sentence) => !DEPENDS.test(sentence))
        .join(' ')
    : text;
/** Whether some words rule out all changes, or single deeds, by the words of each; null where nothing. */
const refusalOf = (said: string): { all: boolean; deeds: ReadonlySet<string> } | null => {
  const text = unconditional(said);
  const all = LEAVE_IT.test(text);
  const deeds = new Set(
    matchesOf(NOT_THAT, text).flatMap((m) => [...contentWords((m[1] ?? '').split(' ')[0] ?? '')]),
  );
  return all || deeds.size > 0 ? { all, deeds } : null;
};

const isForbidden = ({ call, words }: Change): boolean => {
  const text = words.text.slice(0, MAX_TEXT);
  const refusal = refusalOf(text);
  if (!refusal) return false;
  if (!refusal.all && ![...contentWords(call.name)].some((word) => refusal.deeds.has(word))) return false;
  const named = normal(text);
  return leavesOf(call.args).some(
    ({ value }) => isIdLike(String(value)) && named.includes(normal(String(value))),
  );
};

/**
 * Changing calls on a thing that the person's last words name, where the same words say that it is to be left as it is, or
 * rule out what the call is called. Version 1.
 */
export const forbiddenCalls = (observed: Observed): Hypothesis[] =>
  changesAfterWords(observed)
    .filter(isForbidden)
    .map(({ reading, call, words }) => ({
      kind: 'forbidden',
      mode: 'tool_misfire',
      step: reading.modelStep,
      score: 0.5,
      reason: `${call.name} was called although the person had said to leave it as it is`,
      citations: [
        quotedWords(words),
        {
          step: reading.modelStep,
          place: `call ${call.name}`,
          quote: clip(JSON.stringify(call.args) ?? '', 280),
        },
      ],
      subject: { tool: call.name, path: null, becomes: null },
    }));
