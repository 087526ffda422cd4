import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { TemplateError } from './template.ts';

const MOST_TEXT = 1_000;
const CONTROL = /[\p{Cc}\p{Surrogate}]/u;

/** What an argument of a reversal may be. Its value comes from a trace, which the agent wrote. */
export const ArgumentRule = z.strictObject({
  /** Default: text, a number, true, false or null. `any`: lists and objects too, as the tool gave them. */
  type: z.enum(['text', 'number', 'boolean', 'any']).optional(),
  /** The only values there are. */
  oneOf: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  /** A regular expression for the whole text. */
  matches: z
    .string()
    .max(500)
    .refine((text) => isRegExp(text), { error: 'a regular expression' })
    .optional(),
});
export type ArgumentRule = z.infer<typeof ArgumentRule>;

const isRegExp = (text: string): boolean => {
  try {
    return Boolean(new RegExp(text, 'u'));
  } catch {
    return false;
  }
};

const typeOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value === 'string' ? 'text' : typeof value;

/** Why the value may not be this argument; null when it may. */
const objection = (value: unknown, { type, oneOf, matches }: ArgumentRule): string | null => {
  const found = typeOf(value);
  if (oneOf && !oneOf.some((one) => isDeepStrictEqual(one, value)))
    return `is none of ${JSON.stringify(oneOf)}`;
  if (type !== 'any' && (found === 'object' || found === 'list'))
    return `is ${found === 'list' ? 'a list' : 'an object'}`;
  if (type !== undefined && type !== 'any' && found !== type) return `is not ${type}`;
  if (typeof value !== 'string') return matches === undefined ? null : 'is not text';
  if (type !== 'any' && value.length > MOST_TEXT) return `is longer than ${MOST_TEXT} characters`;
  if (type !== 'any' && CONTROL.test(value)) return 'holds control characters';
  if (matches !== undefined && !new RegExp(`^(?:${matches})$`, 'u').test(value))
    return `does not match ${matches}`;
  return null;
};

/** Throws `TemplateError` for the first argument that may not be sent, naming it and what is wrong with it. */
export function checkArguments(
  rules: Readonly<Record<string, ArgumentRule>>,
  args: Readonly<Record<string, unknown>>,
): void {
  for (const [name, value] of Object.entries(args)) {
    const why = objection(value, Object.hasOwn(rules, name) ? (rules[name] ?? {}) : {});
    if (why !== null) throw new TemplateError(`the argument ${name} ${why}`);
  }
}
