import { isWrite } from './flags/rule.ts';
import { isIdLike } from './ids.ts';
import type { Observed } from './observe.ts';
import type { Hypothesis } from './origin.ts';
import { clip, contentWords, normal } from './text.ts';
import { leavesOf } from './values.ts';

const MAX_TEXT = 4000;
/** Forms in which a person says that nothing is to be changed; what the thing is called plays no part. */
const LEAVE_IT =
  /(?<!\p{L})(?:(?:do not|don[’']t|without) (?:chang|touch|modify|alter|do)\p{L}* (?:anything|it|them)|leave (?:it|them|everything|that) (?:as (?:it is|they are|is)|alone|untouched)|(?:only|just) want(?:ed)? to (?:know|ask|see|check)|(?:nichts|nicht) (?:daran |davon )?(?:ändern|verändern|anfassen)|ändern sie nichts|will (?:es )?nur wissen|(?:sin cambiar|no (?:cambie|cambies|toque|toques|modifique|modifiques)) nada|solo quiero saber)(?!\p{L})/iu;
/** "Do not end it": one deed that is ruled out. */
const NOT_THAT = /(?<!\p{L})(?:do not|don[’']t|never|please not) ((?:\p{L}+ ?){1,3})/giu;

interface Refusal {
  text: string;
  step: number;
  /** All that changes something is ruled out. */
  all: boolean;
  /** The words of single deeds that are. */
  deeds: ReadonlySet<string>;
}
const refusalOf = (text: string, step: number): Refusal | null => {
  const read = text.slice(0, MAX_TEXT);
  const all = LEAVE_IT.test(read);
  const deeds = new Set(
    [...read.matchAll(NOT_THAT)].flatMap((m) => [...contentWords((m[1] ?? '').split(' ')[0] ?? '')]),
  );
  return all || deeds.size > 0 ? { text: read, step, all, deeds } : null;
};

/**
 * Changing calls on a thing that the person's last words name, where the same words say that it is to be left as it is, or
 * rule out what the call is called. Version 1.
 */
export const forbiddenCalls = ({ readings, context }: Observed): Hypothesis[] => {
  let heard: { text: string; step: number } | null = null;
  let refusal: Refusal | null = null;
  return readings.flatMap((reading): Hypothesis[] => {
    const texts = reading.heard.filter((h) => h.source === 'user');
    if (texts.length > 0)
      heard = { text: texts.map((h) => h.text).join('\n'), step: reading.step.stepNumber };
    if (reading.step.kind !== 'llm' || !reading.calls.some((call) => isWrite(context.tools, call.name)))
      return [];
    // Read when something is changed: most of what is said never is followed by a change.
    if (heard) refusal = refusalOf(heard.text, heard.step);
    heard = null;
    const said = refusal;
    if (said === null) return [];
    const named = normal(said.text);
    return reading.calls
      .filter((call) => isWrite(context.tools, call.name))
      .filter((call) => said.all || [...contentWords(call.name)].some((word) => said.deeds.has(word)))
      .filter((call) =>
        leavesOf(call.args).some(
          ({ value }) => isIdLike(String(value)) && named.includes(normal(String(value))),
        ),
      )
      .map((call) => ({
        kind: 'forbidden',
        mode: 'tool_misfire',
        step: reading.modelStep,
        score: 0.5,
        reason: `${call.name} was called although the person had said to leave it as it is`,
        citations: [
          { step: said.step, place: 'conversation', quote: clip(said.text, 280) },
          {
            step: reading.modelStep,
            place: `call ${call.name}`,
            quote: clip(JSON.stringify(call.args) ?? '', 280),
          },
        ],
        subject: { tool: call.name, path: null, becomes: null },
      }));
  });
};
