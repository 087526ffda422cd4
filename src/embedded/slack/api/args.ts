import { z } from 'zod';
import { complaintsOf } from '../block-kit/complaints.ts';
import { SlackError } from '../core.ts';

/** A call's arguments: strings from a form, or values from JSON. */
export type Args = Record<string, unknown>;

/** Slack's client sends arrays and objects as JSON inside form fields. */
export const jsonField = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      return value;
    }
  }, schema);

export const flag = z
  .preprocess((value) => value === 'true' || value === '1' || value === true, z.boolean())
  .default(false);

export const count = (fallback: number, max: number) =>
  z.coerce.number().int().min(1).max(max).default(fallback);

export const text = z.string().min(1);

/** Parses the arguments of a method; what does not fit is `invalid_arguments` with the places. */
export function parseArgs<T extends z.ZodType>(schema: T, args: Args): z.infer<T> {
  const parsed = schema.safeParse(args);
  if (!parsed.success) throw new SlackError('invalid_arguments', complaintsOf(parsed.error, ''));
  return parsed.data;
}

/** A page of a list; the cursor is the place it goes on from. */
export function page<T>(
  items: T[],
  limit: number,
  cursor: string | undefined,
): { items: T[]; cursor: string } {
  const from =
    cursor === undefined || cursor === '' ? 0 : Number(Buffer.from(cursor, 'base64url').toString());
  if (!Number.isInteger(from) || from < 0) throw new SlackError('invalid_cursor');
  const next = from + limit < items.length ? Buffer.from(String(from + limit)).toString('base64url') : '';
  return { items: items.slice(from, from + limit), cursor: next };
}
