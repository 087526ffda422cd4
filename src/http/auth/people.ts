import type { Context } from 'hono';
import type { Config, PersonConfig } from '../../config/types.ts';
import type { Person, Role } from '../../domain/incident/actor.ts';
import { isLoopback } from '../../config/words.ts';
import { Problem } from '../problem.ts';
import { inBlocks, peerOf } from './addresses.ts';
import { bearerOf, digestOf, findByDigest, sameDigest } from './compare.ts';
import { createOwnForms, type OwnForms } from './own-form.ts';
import { createSealer } from './seal.ts';
import { createSessions } from './session.ts';

/** Who reads: a person, or, where the configuration lets this machine read, nobody in particular. */
export type Reader = { kind: 'person'; person: PersonConfig } | { kind: 'local' };

export interface PeopleGate {
  /** For reading: a session, a token (Bearer, or Basic with the person's name), the proxy's header, or this machine. */
  reader(context: Context, needs?: Role): Reader;
  /** For giving commands: a Bearer token or the proxy's header, never what a browser adds by itself. */
  actor(context: Context): Person;
  /** For a form of our own pages: whoever reads the page, with the token that the page put into the form. */
  pen(context: Context, formToken: string | undefined): Person;
  /** What the forms of this person's pages carry in `TOKEN_FIELD`. */
  formToken(person: PersonConfig): string;
  /** Opens a browser session with a person's token; throws a `Problem` when it is nobody's, or from another site. */
  signIn(context: Context, token: string): PersonConfig;
  signOut(context: Context): void;
  /** Whether the person is here by a session, which can be ended. */
  hasSession(context: Context): boolean;
  /** Whether anybody can sign in with a token here; otherwise a proxy does it. */
  readonly takesTokens: boolean;
}

export interface GateOptions {
  /** Shared by the server processes of an installation: what sessions and forms are sealed with. At least 32 bytes. */
  secret: Uint8Array;
  nowMs: () => number;
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

export function createPeopleGate(
  config: Pick<Config, 'people' | 'server'>,
  { secret, nowMs }: GateOptions,
): PeopleGate {
  const { proxy, localReads, publicUrl } = config.server;
  const sealer = createSealer(secret, nowMs);
  const sessions = createSessions(config.people, publicUrl, sealer, nowMs);
  const ownForms: OwnForms = createOwnForms(publicUrl, sealer, nowMs);
  const tokens = config.people.flatMap((person) =>
    person.token ? [{ person, digest: digestOf(person.token.reveal()) }] : [],
  );
  const byLogin = new Map(
    config.people.flatMap((person) => (person.login ? [[person.login.toLowerCase(), person]] : [])),
  );
  const isProxyAddress = inBlocks(proxy?.addresses ?? []);
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
    const peer = peerOf(context);
    if (!isProxyAddress(peer)) throw foreignProxy(peer);
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

  const bySession = (context: Context): Via | null => {
    const person = sessions.person(context);
    return person && { person, verifiedBy: 'token' };
  };

  const viaOf = (context: Context): Via | null => {
    const token = bearerOf(context.req.header('authorization'));
    return token === null ? (byBasic(context) ?? byProxy(context) ?? bySession(context)) : byToken(token);
  };

  const readerOf = (context: Context): Reader => {
    const via = viaOf(context);
    if (via) return { kind: 'person', person: via.person };
    if (isLocal(context)) return { kind: 'local' };
    throw unauthenticated('Nobody is signed in.', tokens.length > 0 ? BASIC : 'Bearer');
  };

  const personOf = ({ person, verifiedBy }: Via, via: Person['via'], context: Context): Person => {
    const proof = context.req.header('x-request-id')?.slice(0, 200) ?? null;
    return { kind: 'person', id: person.actorId, roles: person.roles, via, verifiedBy, proof };
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
      return personOf(via, 'api', context);
    },
    pen: (context, formToken) => {
      const via = viaOf(context);
      if (!via) throw unauthenticated('A decision needs a person.', 'Bearer');
      ownForms.check(context, via.person, formToken);
      return personOf(via, 'page', context);
    },
    formToken: (person) => ownForms.token(person),
    signIn: (context, token) => {
      ownForms.checkOrigin(context);
      const { person } = byToken(token);
      sessions.start(context, person);
      return person;
    },
    hasSession: (context) => sessions.person(context) !== null,
    signOut: (context) => {
      ownForms.checkOrigin(context);
      sessions.end(context);
    },
    takesTokens: tokens.length > 0,
  };
}

const BASIC = 'Basic realm="Holdpoint: your name in holdpoint.yaml and your token", charset="UTF-8"';

/** Told to whoever has the proxy's secret: the operator, whose proxy moved, or somebody who stole it. */
const foreignProxy = (peer: string): Problem =>
  new Problem({
    status: 403,
    code: 'proxy-address',
    detail: `This names a person with the proxy's secret, but comes from ${peer || 'an unknown address'}.`,
    remedy:
      'If that is the proxy, add its address to server.proxy.addresses of holdpoint.yaml; if not, replace the secret.',
  });

function requireRole(person: PersonConfig, needs: Role | undefined): void {
  if (needs === undefined ? person.roles.length > 0 : person.roles.includes(needs)) return;
  throw new Problem({
    status: 403,
    code: 'role-missing',
    detail: `This needs the role ${needs ?? 'viewer'}, which ${person.name} does not have.`,
    remedy: `Ask for the role in people.${person.key}.roles of holdpoint.yaml.`,
  });
}
