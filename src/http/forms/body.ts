import type { Context } from 'hono';
import type { Config } from '../../config/types.ts';
import { readBody, storableText } from '../body.ts';
import { Problem } from '../problem.ts';
import type { Sent } from './read.ts';

/** The fields of a form that a browser sent. */
export async function readForm(context: Context, { server }: Pick<Config, 'server'>): Promise<Sent> {
  const type = (context.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded')
    throw new Problem({
      status: 415,
      code: 'not-a-form',
      field: 'content-type',
      detail: 'This address takes the forms of our own pages.',
      remedy: 'Programs use POST /api/v1/incidents/:id/commands.',
    });
  const { maxBodyBytes: maxBytes, bodyTimeoutMs: timeoutMs } = server;
  const bytes = await readBody(context.req.raw, { maxBytes, timeoutMs });
  const sent = new URLSearchParams(new TextDecoder().decode(bytes));
  return new URLSearchParams(
    [...sent].map(([name, value]): [string, string] => [name, storableText(value).replaceAll('\r\n', '\n')]),
  );
}
