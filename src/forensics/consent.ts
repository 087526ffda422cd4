import type { Reading } from './narrative.ts';
import { normal, tokensOf } from './text.ts';

/**
 * What people said themselves, and what they answered to when the agent asked them about it: a goal or a value that is
 * among it came from a person, wherever it was first written. Bounded.
 */
export interface Consent {
  listen: (reading: Reading) => void;
  /** To be told after the step was judged: a question puts its words to the person, and the next answer agrees to them. */
  ask: (reading: Reading) => void;
  has: (token: string) => boolean;
  spokenAfter: (step: number) => boolean;
}

const MAX_TOKENS = 20_000;

export const createConsent = (): Consent => {
  const tokens = new Set<string>();
  const asked = new Set<string>();
  let spokeAt = 0;
  const enter = (into: Set<string>, text: string): void => {
    for (const t of tokensOf(text)) if (into.size < MAX_TOKENS) into.add(normal(t.text));
  };
  return {
    listen: ({ heard, step }) => {
      for (const h of heard) {
        if (h.source !== 'user') continue;
        enter(tokens, h.text);
        for (const t of asked) if (tokens.size < MAX_TOKENS) tokens.add(t);
        asked.clear();
        spokeAt = step.stepNumber;
      }
    },
    ask: ({ said }) => {
      if (said.includes('?')) enter(asked, said);
    },
    has: (token) => tokens.has(normal(token)),
    spokenAfter: (step) => spokeAt > step,
  };
};
