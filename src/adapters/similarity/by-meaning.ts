import type { Analysis } from '../../domain/session/analysis.ts';
import type { Session } from '../../domain/session/session.ts';
import { analyse, type AnalyseOptions } from '../../forensics/analyse.ts';
import { FAR } from '../../forensics/flags/context-drift.ts';
import { lexicalSimilarity } from '../../forensics/text/similarity.ts';
import { sentenceVectors, type Embed } from './sentence-vectors.ts';

/** An objective whose meaning is no closer than this to any sentence of the task is foreign to it (bench/objectives.ts). */
export const FOREIGN = 0.38;
/** An objective most of whose words are the task's needs no model. */
export const SAME_WORDS = 0.6;
const MAX_SENTENCES = 40;
/** Objectives of one session that are compared by meaning, at most; later ones are left to words. */
const MAX_ASKED = 24;
const SHORTEST = 8;
const LONGEST = 300;

const sentencesOf = (text: string): string[] => {
  const all = text
    .split(/[\n.!?;]+/)
    .map((t) => t.trim().slice(0, LONGEST))
    .filter((t) => t.length >= SHORTEST);
  const kept = [...new Set(all)];
  // The task stands first, and what was said last may have changed it.
  return kept.length <= MAX_SENTENCES
    ? kept
    : [...kept.slice(0, MAX_SENTENCES / 2), ...kept.slice(-MAX_SENTENCES / 2)];
};
const cosine = (a: number[], b: number[]): number => {
  let [dot, x, y] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    dot += (a[i] ?? 0) * (b[i] ?? 0);
    x += (a[i] ?? 0) ** 2;
    y += (b[i] ?? 0) ** 2;
  }
  return dot / Math.sqrt(x * y || 1);
};

/** How close an objective is to the nearest sentence of a task, as a cosine. */
export const closenessOf = async (objective: string, task: string, embed: Embed): Promise<number> => {
  const [mine, ...theirs] = await embed([objective.slice(0, LONGEST), ...sentencesOf(task)]);
  return mine ? Math.max(0, ...theirs.map((v) => cosine(mine, v))) : 0;
};

/** Gives each text its vector once: the task of one checkpoint is most of the task of the next. */
const remembering = (embed: Embed): Embed => {
  const known = new Map<string, number[]>();
  return async (texts) => {
    const strange = [...new Set(texts)].filter((t) => !known.has(t));
    const made = strange.length > 0 ? await embed(strange) : [];
    strange.forEach((text, i) => known.set(text, made[i] ?? []));
    return texts.map((t) => known.get(t) ?? []);
  };
};

const keyOf = (objective: string, task: string): string => `${objective}\u0000${task}`;

/**
 * The analysis of a session where objectives that share few words with the task are compared by what they mean. The model is
 * not touched where words suffice; without it (another architecture, say) words alone decide.
 */
export const analyseByMeaning = async (
  session: Session,
  options: AnalyseOptions = {},
  embed: Embed = sentenceVectors,
): Promise<Analysis> => {
  const unclear = new Map<string, [string, string]>();
  const byWords = analyse(session, {
    ...options,
    similarity: (objective, task) => {
      const closeness = lexicalSimilarity(objective, task);
      if (closeness < SAME_WORDS && unclear.size < MAX_ASKED)
        unclear.set(keyOf(objective, task), [objective, task]);
      return closeness;
    },
  });
  if (unclear.size === 0) return byWords;
  const known = new Map<string, number>();
  const vectors = remembering(embed);
  try {
    for (const [key, [objective, task]] of unclear)
      known.set(key, (await closenessOf(objective, task, vectors)) - FOREIGN + FAR);
  } catch {
    return byWords;
  }
  return analyse(session, {
    ...options,
    similarity: (objective, task) =>
      Math.max(0, known.get(keyOf(objective, task)) ?? lexicalSimilarity(objective, task)),
  });
};
