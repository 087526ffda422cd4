import { createHash } from 'node:crypto';
import type { Prose } from '../domain/incident/prose.ts';

export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A person's words as the domain wants them. The digest is of the trimmed text. */
export function proseOf(text: string): Prose {
  const trimmed = text.trim();
  return { text: trimmed, sha256: sha256Of(trimmed) };
}
