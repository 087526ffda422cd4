import { isWish } from '../choice/wishes.ts';
import { isWrite } from '../flags/rule.ts';
import { saidByPeople, type Call, type Reading } from '../narrative.ts';
import type { Observed } from '../observe.ts';
import { clip } from '../text/text.ts';

/** What the person said last, and at which step. */
export interface LastWords {
  text: string;
  step: number;
}
/** A call that changes something, and what the person had said last before it. */
export interface Change {
  reading: Reading;
  call: Call;
  words: LastWords;
  /** What the person said last that was more than a yes, and what the agent has said since, to which she said it. */
  wish: LastWords;
  proposed: string;
}

const MAX_YES = 40;
const isMereYes = (text: string): boolean => text.length <= MAX_YES && !/\d/.test(text) && !isWish(text);

const MAX_PROPOSED = 8000;
const known = new WeakMap<Observed, readonly Change[]>();
/** The changing calls before which the person said something. Several rules ask for them; they are found once. */
export const changesAfterWords = (observed: Observed): readonly Change[] => {
  const changes = known.get(observed) ?? findChanges(observed);
  known.set(observed, changes);
  return changes;
};
const findChanges = ({ readings, context }: Observed): readonly Change[] => {
  if (context.tools === null) return [];
  let words: LastWords | null = null;
  let wish: LastWords | null = null;
  let proposed = '';
  return readings.flatMap((reading): Change[] => {
    const texts = saidByPeople(reading);
    if (texts.length > 0) {
      words = { text: texts.join('\n'), step: reading.step.stepNumber };
      if (!wish || !isMereYes(words.text)) [wish, proposed] = [words, ''];
    }
    const [last, wanted, since] = [words, wish, proposed];
    if (reading.step.kind !== 'llm') return [];
    proposed = `${proposed}\n${reading.said}`.slice(-MAX_PROPOSED);
    if (last === null || wanted === null || last.text === '') return [];
    return reading.calls
      .filter((call) => isWrite(context.tools, call.name))
      .map((call) => ({ reading, call, words: last, wish: wanted, proposed: since }));
  });
};

export const quotedWords = ({ text, step }: LastWords): { step: number; place: string; quote: string } => ({
  step,
  place: 'conversation',
  quote: clip(text, 280),
});
