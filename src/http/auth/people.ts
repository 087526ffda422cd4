import type { Context } from 'hono';
import type { Config, PersonConfig } from '../../config/types.ts';
import type { Person, Role } from '../../domain/incident/actor.ts';
import { isLoopback } from '../../config/words.ts';
import { Problem } from '../problem.ts';
import { bearerOf, digestOf, findByDigest, sameDigest } from './compare.ts';

/** Who reads: a person, or, where the configuration lets this machine read, nobody in particular. */
export type Reader = { kind: 'person'; person: PersonConfig } | { kind: 'local' };

export interface PeopleGate {
  /** For reading pages: a token (Bearer, or Basic with the person's name), the proxy's header, or this machine. */
  reader(context: Context, needs?: Role): Reader;
  /** For giving commands: a Bearer token or the proxy's header, never what a browser adds by itself. */
  actor(context: Context): Person;
}

type Via = { person: PersonConfig; verifiedBy: Person['verifiedBy'] };

const unauthenticated = (detail: string, challenge: string): Problem =>
  new Problem({
    status: 401,
    code: 'not-authenticated',
    field: 'authorization',
    detail,
    remedy:
      'Send `Authorization: Bearer <token>` with the token of a person (people[].tokenEnv), or sign in through the proxy.',
    headers: { 'www-authenticate': challenge },
  });

export function createPeopleGate(config: Pick<Config, 'people' | 'server'>): PeopleGate {
  const { proxy, localReads, publicUrl } = config.server;
  const tokens = config.people.flatMap((person) =>
    person.token ? [{ person, digest: digestOf(person.token.reveal()) }] : [],
  );
  const byLogin = new Map(
    config.people.flatMap((person) => (person.login ? [[person.login.toLowerCase(), person]] : [])),
  );
  const proxyDigest = proxy ? digestOf(proxy.secret.reveal()) : null;
  const publicHost = new URL(publicUrl).host;

  const byToken = (token: string): Via => {
    const found = findByDigest(tokens, token);
    if (!found) throw unauthenticated('This token is not known here.', 'Bearer');
    return { person: found.person, verifiedBy: 'token' };
  };

  const byProxy = (context: Context): Via | null => {
    if (!proxy || !proxyDigest) return null;
    const secret = context.req.header(proxy.secretHeader);
    if (secret === undefined || !sameDigest(digestOf(secret), proxyDigest)) return null;
    const login = context.req.header(proxy.userHeader)?.trim().toLowerCase() ?? '';
    const person = byLogin.get(login);
    if (person) return { person, verifiedBy: 'proxy-header' };
    throw new Problem({
      status: 403,
      code: 'unknown-person',
      detail: 'You are signed in, but not among the people of this installation.',
      remedy: 'Ask for an entry in the section `people` of holdpoint.yaml with your login.',
    });
  };

  const byBasic = (context: Context): Via | null => {
    const text = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
    if (text === undefined) return null;
    const [key = '', token = ''] = Buffer.from(text, 'base64').toString('utf8').split(/:(.*)/s);
    const via = byToken(token);
    if (via.person.key !== key) throw unauthenticated('Name and token do not belong together.', BASIC);
    return via;
  };

  /** Another site's script may reach this port through a name of its own that points here. */
  const isLocal = (context: Context): boolean => {
    const host = context.req.header('host') ?? '';
    const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
    const forwarded = context.req.header('x-forwarded-for') ?? context.req.header('forwarded');
    return localReads && forwarded === undefined && (isLoopback(name) || host === publicHost);
  };

  const readerOf = (context: Context): Reader => {
    const token = bearerOf(context.req.header('authorization'));
    const via = token === null ? (byBasic(context) ?? byProxy(context)) : byToken(token);
    if (via) return { kind: 'person', person: via.person };
    if (isLocal(context)) return { kind: 'local' };
    throw unauthenticated('Nobody is signed in.', tokens.length > 0 ? BASIC : 'Bearer');
  };

  return {
    reader: (context, needs) => {
      const reader = readerOf(context);
      if (reader.kind === 'person') requireRole(reader.person, needs);
      return reader;
    },
    actor: (context) => {
      const token = bearerOf(context.req.header('authorization'));
      const via = token === null ? byProxy(context) : byToken(token);
      if (!via) throw unauthenticated('A command needs a person.', 'Bearer');
      const { person, verifiedBy } = via;
      const proof = context.req.header('x-request-id')?.slice(0, 200) ?? null;
      return { kind: 'person', id: person.actorId, roles: person.roles, via: 'api', verifiedBy, proof };
    },
  };
}

const BASIC = 'Basic realm="Holdpoint: your name in holdpoint.yaml and your token", charset="UTF-8"';

function requireRole(person: PersonConfig, needs: Role | undefined): void {
  if (needs === undefined ? person.roles.length > 0 : person.roles.includes(needs)) return;
  throw new Problem({
    status: 403,
    code: 'role-missing',
    detail: `This needs the role ${needs ?? 'viewer'}, which ${person.name} does not have.`,
    remedy: `Ask for the role in people.${person.key}.roles of holdpoint.yaml.`,
  });
}
