import { isDatabaseAway } from '../store/errors.ts';
import { Hono, type Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

export interface ProblemDetails {
  status: ContentfulStatusCode;
  /** One sentence: what was wrong. */
  detail: string;
  /** What to send or do instead. */
  remedy: string;
  /** The field, header or parameter that was wrong. */
  field?: string;
  /** A stable word for programs. */
  code: string;
  headers?: Record<string, string>;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Too slow',
  409: 'Refused',
  413: 'Too large',
  415: 'Unsupported content type',
  422: 'Not understood',
  500: 'Server error',
  503: 'Not available',
};

/** An answer that says what was wrong and what to do (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly details: ProblemDetails;
  constructor(details: ProblemDetails) {
    super(details.detail);
    this.details = details;
  }
}

/** Makes the response of a problem; nothing but its own words is in it. */
export function problemResponse(context: Context, { status, headers, ...rest }: ProblemDetails): Response {
  const body = { type: 'about:blank', title: TITLES[status] ?? 'Error', status, ...rest };
  return context.body(JSON.stringify(body), status, {
    'content-type': 'application/problem+json',
    ...headers,
  });
}

export type Log = (entry: { level: 'info' | 'warn' | 'error'; message: string; detail?: string }) => void;

export const stderrLog: Log = (entry) => {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), ...entry })}\n`);
};

/** How a problem reads in a browser. */
export type ProblemPage = (context: Context, details: ProblemDetails) => Response | Promise<Response>;

const isBrowser = (context: Context): boolean =>
  /\btext\/html\b/.test(context.req.header('accept') ?? '') && !context.req.path.startsWith('/api/');

const DATABASE_AWAY: ProblemDetails = {
  status: 503,
  code: 'database-away',
  detail: 'The database does not answer.',
  remedy: 'Try again in a moment; when it stays, `holdpoint doctor` says what is wrong.',
  headers: { 'retry-after': '5' },
};

/**
 * An app whose every error is a problem, in a browser a page; what was unforeseen is logged, and nothing of it is told.
 */
export function problemApp(log: Log, asPage: ProblemPage): Hono {
  const app = new Hono();
  const answer: ProblemPage = (context, details) =>
    isBrowser(context) ? asPage(context, details) : problemResponse(context, details);
  app.onError((error, context) => {
    if (error instanceof Problem) return answer(context, error.details);
    log({
      level: 'error',
      message: `${context.req.method} ${context.req.path} failed`,
      detail: error.stack ?? String(error),
    });
    if (isDatabaseAway(error)) return answer(context, DATABASE_AWAY);
    return answer(context, {
      status: 500,
      code: 'internal',
      detail: 'Something went wrong here; it is in the server log.',
      remedy: 'Try again; when it stays, look at the log and at `holdpoint doctor`.',
    });
  });
  app.notFound((context) =>
    answer(context, {
      status: 404,
      code: 'no-such-path',
      detail: `There is nothing at ${context.req.path.slice(0, 200)}.`,
      remedy: 'docs/api.md lists every path.',
    }),
  );
  return app;
}
