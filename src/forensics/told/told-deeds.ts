import { z } from 'zod';
import {
  deedsNamedIn,
  deedsOf,
  deedsOfTool,
  deedsToldIn,
  isCompletion,
  isShared,
  mayDo,
  type Deed,
} from './deeds.ts';
import { isWrite } from '../flags/rule.ts';
import type { Reading } from '../narrative.ts';
import type { Observed } from '../observe.ts';
import { contentWords } from '../text/text.ts';

/** A word with which the agent of good sessions says that a deed is done, and after which tools it says it. */
export const ToldDeed = z.object({
  word: z.string(),
  told: z.number(),
  /** How often each tool had answered since a person last spoke. */
  after: z.record(z.string(), z.number()),
});
export type ToldDeed = z.infer<typeof ToldDeed>;

const MOST_WORDS = 200;
/** Learns from the readings of one good session after the other after what the agent says that something is done. */
export const createDeedNotes = () => {
  const words = new Map<string, { told: number; after: Map<string, number> }>();
  return {
    note: (readings: readonly Reading[]): void => {
      let answered = new Set<string>();
      for (const { step, userTurn, said } of readings) {
        if (userTurn) answered = new Set();
        if (step.tool?.status === 'ok') answered.add(step.tool.name);
        if (step.kind !== 'llm' || said === '') continue;
        for (const word of new Set(deedsToldIn(said).map((deed) => deed.word))) {
          const noted = words.get(word) ?? { told: 0, after: new Map<string, number>() };
          if (words.size >= MOST_WORDS && !words.has(word)) continue;
          words.set(word, noted);
          noted.told += 1;
          for (const tool of answered) noted.after.set(tool, (noted.after.get(tool) ?? 0) + 1);
        }
      }
    },
    deeds: (): ToldDeed[] =>
      [...words].map(([word, { told, after }]) => ({
        word,
        told,
        after: Object.fromEntries([...after].filter(([tool]) => tool !== '__proto__')),
      })),
  };
};

/** So often a word must have been told to be a deed of itself, and in such a share of cases after a change. */
const [ENOUGH, NEARLY_ALWAYS] = [3, 0.8] as const;

/** What a word that says something done stands for, and the changing tools that do it. */
export interface Meaning {
  deeds: ReadonlySet<number>;
  tools: readonly string[];
  /** Where none of the known deeds says it, how the tools are called. */
  names: ReadonlySet<string>;
}
const NONE: ReadonlySet<string> = new Set();
/** Whether a talk is about what a word stands for. */
export const isAskedFor = (talk: string, { deeds, names }: Meaning): boolean =>
  isShared(deedsNamedIn(talk), deeds) ||
  (names.size > 0 && [...contentWords(talk)].some((word) => names.has(word)));
/** What is told as done, by its word, or by the words around one that only says "done"; null where it is no change, or as often none. */
export const createMeanings = ({ context }: Pick<Observed, 'context'>) => {
  const learned = new Map((context.profile?.deeds ?? []).map((deed) => [deed.word, deed]));
  const writes = Object.keys(context.tools?.tools ?? {}).filter((name) => isWrite(context.tools, name));
  const able = (deeds: ReadonlySet<number>): Meaning | null => {
    const tools = deeds.size === 0 ? [] : writes.filter((name) => mayDo(name, deeds));
    return tools.length > 0 ? { deeds, tools, names: NONE } : null;
  };
  return (deed: Deed, asked: string): Meaning | null => {
    const told = learned.get(deed.word);
    const after = Object.entries(told?.after ?? {}).filter(([name]) => isWrite(context.tools, name));
    const changed = after.reduce((n, [, count]) => n + count, 0);
    if (told && changed < told.told * NEARLY_ALWAYS) return null;
    if (isCompletion(deed.word)) return able(deedsNamedIn(deed.sentence)) ?? able(deedsNamedIn(asked));
    const deeds = deedsOf(deed.word);
    if (deeds.size > 0 || !told || told.told < ENOUGH) return able(deeds);
    const tools = after.map(([name]) => name);
    const done = new Set(tools.flatMap((name) => [...(deedsOfTool(name) ?? [])]));
    return { tools, deeds: done, names: new Set(tools.flatMap((name) => [...contentWords(name)])) };
  };
};
