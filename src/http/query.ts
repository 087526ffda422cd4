import type { Context } from 'hono';
import type { z } from 'zod';
import { Problem } from './problem.ts';

const named = (issue: z.core.$ZodIssue | undefined): string => String(issue?.path[0] ?? 'query');

/** What may be sent instead, where a list of words can say it. */
function remedyOf(issue: z.core.$ZodIssue | undefined, field: string): string {
  if (issue?.code === 'invalid_value')
    return `Send ${field}=${issue.values.map(String).join(`, ${field}=`)}, or leave it out.`;
  return `${issue?.message ?? 'Not understood'}. Leave ${field} out to see everything.`;
}

/** The query by its schema; empty fields, as an untouched form sends them, are left out. Throws a 400 `Problem` naming the field. */
export function queryOf<S extends z.ZodType>(context: Context, schema: S): z.infer<S> {
  const given = Object.fromEntries(Object.entries(context.req.query()).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = named(issue);
  throw new Problem({
    status: 400,
    code: 'bad-parameter',
    field,
    detail: `${field} is not what it may be.`,
    remedy: remedyOf(issue, field),
  });
}
