import type { Hono } from 'hono';
import type { Config } from '../../config/types.ts';
import type { PeopleGate } from '../auth/people.ts';
import { readForm } from '../forms/body.ts';
import { signInPage } from '../../web/pages/sign-in.ts';
import { Problem } from '../problem.ts';
import { shown } from './shown.ts';

export interface SignInDeps {
  config: Pick<Config, 'server'>;
  people: PeopleGate;
}

/** A path of ours and nothing else: never another site's address. */
export const ownPath = (text: string | null | undefined): string =>
  text && /^\/(?![/\\])[^\\\u0000-\u001f]{0,500}$/.test(text) ? text : '/';

/** `GET` and `POST /sign-in`, `POST /sign-out`: a browser's session, opened with a person's token. */
export function signInRoutes(app: Hono, { config, people }: SignInDeps): void {
  const { takesTokens } = people;
  app.get('/sign-in', (context) =>
    context.html(signInPage({ next: ownPath(context.req.query('next')), takesTokens, wrong: null })),
  );
  app.post('/sign-in', (context) =>
    shown(context, people, async () => {
      const sent = await readForm(context, config);
      const next = ownPath(sent.get('next'));
      try {
        people.signIn(context, (sent.get('token') ?? '').trim());
      } catch (error) {
        if (!(error instanceof Problem) || error.details.status !== 401) throw error;
        return context.html(signInPage({ next, takesTokens, wrong: error.details.detail }), 401);
      }
      return context.redirect(next, 303);
    }),
  );
  app.post('/sign-out', (context) =>
    shown(context, people, async () => {
      people.signOut(context);
      return context.redirect('/sign-in', 303);
    }),
  );
}
