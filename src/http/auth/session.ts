import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { PersonConfig } from '../../config/types.ts';
import { digestOf } from './compare.ts';
import type { Sealer } from './seal.ts';

/** A browser's session: a sealed cookie that names a person, good until it expires or the person's token is replaced. */
export interface Sessions {
  start(context: Context, person: PersonConfig): void;
  person(context: Context): PersonConfig | null;
  end(context: Context): void;
}

const PURPOSE = 'session';
const LASTS_MS = 12 * 3_600_000;

/** Replacing the token ends every session that it opened. */
const bindOf = (person: PersonConfig | undefined): string | null =>
  person?.token ? digestOf(person.token.reveal()).toString('hex') : null;

export function createSessions(
  people: readonly PersonConfig[],
  publicUrl: string,
  sealer: Sealer,
  nowMs: () => number,
): Sessions {
  const byKey = new Map(people.map((person) => [person.key, person]));
  const secure = publicUrl.startsWith('https:');
  const name = secure ? '__Host-holdpoint' : 'holdpoint';
  return {
    start: (context, person) => {
      const value = sealer.seal(PURPOSE, person.key, bindOf(person) ?? '', nowMs() + LASTS_MS);
      // Lax, not Strict: a link in Slack or in a mail must find the person signed in.
      setCookie(context, name, value, {
        path: '/',
        httpOnly: true,
        sameSite: 'Lax',
        secure,
        maxAge: LASTS_MS / 1_000,
      });
    },
    person: (context) => {
      const key = sealer.open(PURPOSE, getCookie(context, name) ?? '', (body) => bindOf(byKey.get(body)));
      return key === null ? null : (byKey.get(key) ?? null);
    },
    end: (context) => void deleteCookie(context, name, { path: '/', secure }),
  };
}
