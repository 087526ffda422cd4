import { isWrite } from './flags/rule.ts';
import { saidByPeople, type Call, type Reading } from './narrative.ts';
import type { Observed } from './observe.ts';
import { clip } from './text.ts';

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
}

/** The changing calls before which the person said something. */
export const changesAfterWords = ({ readings, context }: Observed): Change[] => {
  let words: LastWords | null = null;
  return readings.flatMap((reading): Change[] => {
    const texts = saidByPeople(reading);
    if (texts.length > 0) words = { text: texts.join('\n'), step: reading.step.stepNumber };
    const last = words;
    if (last === null || last.text === '' || reading.step.kind !== 'llm') return [];
    return reading.calls
      .filter((call) => isWrite(context.tools, call.name))
      .map((call) => ({ reading, call, words: last }));
  });
};

export const quotedWords = ({ text, step }: LastWords): { step: number; place: string; quote: string } => ({
  step,
  place: 'conversation',
  quote: clip(text, 280),
});
