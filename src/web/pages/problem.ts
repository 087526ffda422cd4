import { html } from 'hono/html';
import type { ProblemPage } from '../../http/problem.ts';
import { type Html, page } from './layout.ts';

const TITLES: Readonly<Record<number, string>> = {
  403: 'Not allowed',
  404: 'Not found',
  500: 'Something went wrong',
  503: 'Not available now',
};

/** What stands between backticks is to be typed. */
const withCode = (text: string): (string | Html)[] =>
  text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));

/** A problem as a page: what was wrong, what to do, and the way on. */
export const problemPage: ProblemPage = (context, { status, detail, remedy, headers }) => {
  const title = TITLES[status] ?? 'Not done';
  const body = page(
    title,
    html`<h1>${title}</h1>
      <div class="note ${status >= 500 ? 'bad' : 'warn'}" role="alert">
        <p><strong>${detail}</strong></p>
        <p>${withCode(remedy)}</p>
      </div>
      <p>
        <a href="/">Overview</a>
        ${status === 403 ? html` · <a href="/sign-in">Sign in as somebody else</a>` : ''}
      </p>`,
  );
  return context.html(body, status, headers);
};
