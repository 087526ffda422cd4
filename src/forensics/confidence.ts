/**
 * What a score is worth in words, by `npm run bench:confidence` (docs/forensics.md): `firm` is said where a flag speaks,
 * `likely` where only a person's words or a count do, and below that nothing is claimed.
 */
export type Confidence = 'firm' | 'likely' | 'a guess';

const FIRM_FROM = 0.7;
/** Chosen with one kind of fault left out at a time; below it honest sessions are suspected as often as faulty ones. */
export const SAID_FROM = 0.33;

export const confidenceOf = (score: number): Confidence =>
  score >= FIRM_FROM ? 'firm' : score >= SAID_FROM ? 'likely' : 'a guess';
