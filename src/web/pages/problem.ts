import { html } from 'hono/html';
import type { ProblemPage } from '../../http/problem.ts';
import { page } from './layout.ts';

const TITLES: Readonly<Record<number, string>> = {
  403: 'Not allowed',
  404: 'Not found',
  500: 'Something went wrong',
  503: 'Not available now',
};

/** A problem as a page: what was wrong, what to do, and the way on. */
export const problemPage: ProblemPage = (context, { status, detail, remedy, headers }) => {
  const title = TITLES[status] ?? 'Not done';
  const body = page(
    title,
    html`<h1>${title}</h1>
      <div class="note ${status >= 500 ? 'bad' : 'warn'}" role="alert">
        <p><strong>${detail}</strong></p>
        <p>${remedy}</p>
      </div>
      <p>
        <a href="/">Overview</a>
        ${status === 403 ? html` · <a href="/sign-in">Sign in as somebody else</a>` : ''}
      </p>`,
  );
  return context.html(body, status, headers);
};
