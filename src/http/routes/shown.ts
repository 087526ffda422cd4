import type { Context } from 'hono';
import { html } from 'hono/html';
import type { PeopleGate } from '../auth/people.ts';
import { page, type Html } from '../../web/layout.ts';
import { signInPage } from '../../web/sign-in.ts';
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
    const { status, detail, remedy, headers } = error.details;
    if (status === 401) {
      const { pathname, search } = new URL(context.req.url);
      const next = context.req.method === 'GET' ? `${pathname}${search}` : '/';
      return context.html(signInPage({ next, takesTokens, wrong: null }), 401);
    }
    const body = page(
      detail,
      html`<main>
        <h1>${detail}</h1>
        <p class="note">${remedy}</p>
      </main>`,
    );
    return context.html(body, status, headers);
  }
}
