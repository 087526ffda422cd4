import { html } from 'hono/html';
import { type Html, page } from './layout.ts';

export interface SignInView {
  /** Where the person wanted to go: a path of ours. */
  next: string;
  /** Whether tokens open a session here; otherwise a proxy signs people in. */
  takesTokens: boolean;
  /** What was wrong with the last try. */
  wrong: string | null;
}

/** Where somebody who is nobody yet says who they are. */
export const signInPage = ({ next, takesTokens, wrong }: SignInView): Html =>
  page(
    'Sign in',
    html`
      <h1>Sign in</h1>
      ${wrong ? html`<p class="note" role="alert">${wrong}</p>` : ''}
      ${
        takesTokens
          ? html`<form method="post" action="/sign-in" class="decision">
              <input type="hidden" name="next" value="${next}" />
              <div class="field">
                <label for="token">Your token</label>
                <input type="password" id="token" name="token" autocomplete="current-password" required />
                <span class="hint">The one that people.&lt;you&gt;.tokenEnv names in holdpoint.yaml.</span>
              </div>
              <button type="submit" class="primary">Sign in</button>
            </form>`
          : html`<p>
              Nobody signs in here with a token. Come through the proxy of <code>server.proxy</code>, or ask
              for <code>people.&lt;you&gt;.tokenEnv</code> in holdpoint.yaml.
            </p>`
      }
    `,
  );
