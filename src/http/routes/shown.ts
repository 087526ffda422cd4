import type { Context } from 'hono';
import type { PeopleGate } from '../auth/people.ts';
import type { Html } from '../../web/pages/layout.ts';
import { problemPage } from '../../web/pages/problem.ts';
import { signInPage } from '../../web/pages/sign-in.ts';
import { Problem } from '../problem.ts';

/** A problem is a page here: it is read in a browser. Who is nobody yet is asked to sign in. */
export async function shown(
  context: Context,
  { takesTokens }: Pick<PeopleGate, 'takesTokens'>,
  make: () => Promise<Html | Response>,
): Promise<Response> {
  try {
    const made = await make();
    return made instanceof Response ? made : context.html(made);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.details.status === 401) {
      const { pathname, search } = new URL(context.req.url);
      const next = context.req.method === 'GET' ? `${pathname}${search}` : '/';
      return context.html(signInPage({ next, takesTokens, wrong: null }), 401);
    }
    return problemPage(context, error.details);
  }
}
