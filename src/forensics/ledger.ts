import type { Heard, Reading, Source } from './narrative.ts';
import { isObject } from './read/json.ts';
import { contentWords, MAX_SCAN, normal, tokensOf } from './text.ts';
import { keysOf, leavesOf } from './values.ts';

/** The first time a token was in the session, and who brought it. */
export interface Mention {
  source: Source | 'model';
  step: number;
  place: string;
  /** For a tool's answer: the path of the leaf, and whether the token was only a part of a longer text there. */
  path?: string;
  embedded?: boolean;
}

/**
 * Who said what first. Every token of the session is entered once, with its first source; a token that a model wrote
 * before anybody else stays the model's, whoever repeats it later. Version 1 of the provenance rule.
 */
export interface Ledger {
  hear(reading: Reading): void;
  say(reading: Reading): void;
  /** Whether anybody but a model brought the token, whole or in parts side by side. */
  knows(token: string): boolean;
  first(token: string): Mention | undefined;
}

const partsOf = (token: string): string[] => normal(token).split(/[-_]/);

export const createLedger = (): Ledger => {
  const mentions = new Map<string, Mention>();
  const enter = (token: string, mention: Mention): void => {
    const key = normal(token);
    if (!mentions.has(key)) mentions.set(key, mention);
  };

  const enterText = (text: string, mention: Mention): void => {
    const tokens = tokensOf(text);
    tokens.forEach(({ text: token, at }, i) => {
      enter(token, mention);
      if (/[-_]/.test(token)) {
        enter(token.replace(/[-_]/g, ''), mention);
        for (const part of token.split(/[-_]/)) enter(part, mention);
      }
      const next = tokens[i + 1];
      if (
        next &&
        next.at - (at + token.length) <= 2 &&
        token.length + next.text.length < 24 &&
        /\d/.test(token + next.text)
      )
        enter(token + normal(next.text), mention);
    });
  };

  const enterHeard = (heard: Heard): void => {
    const mention: Mention = { source: heard.source, step: heard.step, place: heard.place };
    if (heard.source === 'tool' && (isObject(heard.value) || Array.isArray(heard.value))) {
      for (const key of keysOf(heard.value)) enterText(key, { ...mention, path: key });
      for (const { path, value } of leavesOf(heard.value)) {
        const text = String(value);
        enterText(text, { ...mention, path, embedded: /\s/.test(text.trim()) });
      }
    } else
      enterText(
        heard.text,
        heard.source === 'tool' ? { ...mention, embedded: /\s/.test(heard.text.trim()) } : mention,
      );
  };

  return {
    hear: (reading) => {
      for (const heard of reading.heard) if (heard.source !== 'agent') enterHeard(heard);
    },
    say: ({ said, calls, modelStep }) => {
      const mention: Mention = { source: 'model', step: modelStep, place: 'output' };
      enterText(said.slice(0, MAX_SCAN), mention);
      for (const call of calls) {
        for (const { value } of leavesOf(call.args))
          enterText(String(value), { ...mention, place: `call ${call.name}` });
      }
    },
    knows: (token) => {
      const mention = mentions.get(normal(token)) ?? mentions.get(normal(token).replace(/[-_]/g, ''));
      if (mention) return mention.source !== 'model';
      const parts = partsOf(token);
      return parts.length > 1 && parts.every((p) => (mentions.get(p)?.source ?? 'model') !== 'model');
    },
    first: (token) => mentions.get(normal(token)),
  };
};

/** The content words of everything that people and the system prompt said. */
export const requestWords = (heard: Heard[]): Set<string> => {
  const out = new Set<string>();
  for (const h of heard)
    if (h.source === 'user' || h.source === 'system') for (const w of contentWords(h.text)) out.add(w);
  return out;
};
