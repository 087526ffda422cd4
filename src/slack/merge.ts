import { diff3Merge } from 'node-diff3';

/** A sentence or a line each: two people who change different ones do not disagree. */
const pieces = (text: string): string[] => text.split(/(?<=\n)|(?<=[.!?…:;]\s)/);

/** Sentences end with a space or a line break only inside the text; without it the last one would always differ. */
const closed = (text: string): string => `${text.trimEnd()}\n`;

/**
 * Both people's changes to `base` in one text; null when they changed the same sentence differently, and a person has
 * to choose.
 */
export function mergedText(base: string, mine: string, theirs: string): string | null {
  const [a, o, b] = [mine, base, theirs].map((text) => pieces(closed(text)));
  const regions = diff3Merge(a ?? [], o ?? [], b ?? [], { excludeFalseConflicts: true });
  const merged: string[] = [];
  for (const { ok } of regions) {
    if (!ok) return null;
    merged.push(...ok);
  }
  return merged.join('').trim();
}
