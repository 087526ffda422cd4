import type { Step } from '../../domain/session/step.ts';
import type { Observed } from '../observe.ts';
import { charactersOf } from './profile.ts';

/** The use of tokens leaves what is normal for the text that was read and written by this factor. */
const JUMP = 2.2;

const medianOf = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** What uses less than this share of the largest jump is not where the budget went. */
const MATTERS = 0.1;

export interface Jump {
  step: number;
  tokens: number;
  expected: number;
}

/** Tokens a call should need by its own text, at a normal rate of tokens a character. */
export const expectedTokens = (step: Step, rate: number): number => Math.round(charactersOf(step) * rate);

export const isJump = (tokens: number, expected: number): boolean =>
  expected > 0 && tokens > Math.max(JUMP * expected, expected + 500);

/**
 * The first model step whose use of tokens jumps: against what its own text should cost (the profile's tokens a
 * character, else the session's first calls), so that a history that merely grows is no jump.
 */
export const tokenJump = ({ session, context }: Observed): Jump | null => {
  const calls = session.steps
    .filter((s) => s.kind === 'llm' && (s.inputTokens ?? 0) + (s.outputTokens ?? 0) > 0)
    .map((s) => ({
      step: s.stepNumber,
      tokens: (s.inputTokens ?? 0) + (s.outputTokens ?? 0),
      characters: charactersOf(s),
    }));
  const rates = calls.filter((c) => c.characters > 0).map((c) => c.tokens / c.characters);
  if (rates.length < 2) return null;
  const learned = context.profile?.tokensPerCharacter?.p95;
  const normalRate = learned ?? medianOf(rates.slice(0, Math.max(2, Math.ceil(rates.length / 4))));
  const jumps = calls
    .map(({ step, tokens, characters }) => ({ step, tokens, expected: Math.round(characters * normalRate) }))
    .filter((c) => isJump(c.tokens, c.expected));
  const most = jumps.reduce((max, j) => Math.max(max, j.tokens), 0);
  return jumps.find((j) => j.tokens >= most * MATTERS) ?? null;
};
