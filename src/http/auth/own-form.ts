import type { Context } from 'hono';
import type { PersonConfig } from '../../config/types.ts';
import { Problem } from '../problem.ts';
import type { Sealer } from './seal.ts';

/** Name of the hidden field with the form's token. */
export const TOKEN_FIELD = 'form_token';

const PURPOSE = 'form';
const LASTS_MS = 12 * 3_600_000;

/** Tells a form of our own pages from one that another site made the person's browser send. */
export interface OwnForms {
  /** What each form that the person is shown carries. */
  token(person: PersonConfig): string;
  /** Throws a `Problem` unless the form came from one of our pages, and was made for this person. */
  check(context: Context, person: PersonConfig, token: string | undefined): void;
  /** Throws a `Problem` unless the request came from one of our pages. */
  checkOrigin(context: Context): void;
}

const foreign = (detail: string): Problem =>
  new Problem({
    status: 403,
    code: 'foreign-form',
    detail,
    remedy: 'Open the page again and send its form; programs use POST /api/v1/incidents/:id/commands.',
  });

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);

export function createOwnForms(publicUrl: string, sealer: Sealer, nowMs: () => number): OwnForms {
  const publicOrigin = new URL(publicUrl).origin;
  const checkOrigin = (context: Context): void => {
    const site = context.req.header('sec-fetch-site');
    const origin = context.req.header('origin');
    if (site !== undefined && site !== 'same-origin') throw foreign('This form came from another site.');
    if (origin === undefined) {
      if (site === 'same-origin') return;
      throw foreign('The browser did not say which page this form came from.');
    }
    const isOurs =
      origin === publicOrigin || (origin !== 'null' && hostOf(origin) === context.req.header('host'));
    if (!isOurs) throw foreign('This form came from another site.');
  };
  return {
    checkOrigin,
    token: (person) => sealer.seal(PURPOSE, person.key, '', nowMs() + LASTS_MS),
    check: (context, person, token) => {
      checkOrigin(context);
      if (sealer.open(PURPOSE, token ?? '', () => '') !== person.key)
        throw foreign('This form is too old, or was made for somebody else.');
    },
  };
}
