import { setTimeout as sleep } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Person, Role } from '../domain/incident/actor.ts';
import type { Directory } from '../store/port.ts';
import { slackActorId, type PeopleConfig } from './people.ts';
import { outside } from './blocks/text.ts';

/** Who clicked, as Slack signed it. */
export interface Clicker {
  userId: string;
  teamId: string | null;
  /** Click, view or trigger ids, for the audit row. */
  proof: string;
}

export type Identified = { ok: true; actor: Person } | { ok: false; sentence: string; next: string };

export interface Identity {
  /** `afresh`: for a signature or another decision in a form, Slack's word of a minute ago is not believed. */
  of(clicker: Clicker, how?: { afresh: boolean }): Promise<Identified>;
  /** A member of this workspace who may act, by Slack id; null with the reason when not. */
  member(
    userId: string,
  ): Promise<{ ok: true; actorId: string; name: string } | { ok: false; because: string }>;
}

const Member = z.looseObject({
  id: z.string(),
  team_id: z.string().optional(),
  real_name: z.string().optional(),
  name: z.string().optional(),
  deleted: z.boolean().optional(),
  is_bot: z.boolean().optional(),
  is_app_user: z.boolean().optional(),
  is_restricted: z.boolean().optional(),
  is_ultra_restricted: z.boolean().optional(),
  is_stranger: z.boolean().optional(),
});
type Member = z.infer<typeof Member>;

/** How long an answer of Slack about a person or group is believed. */
const CACHE_MS = 60_000;
/** For a decision in a form: never the person, and groups as seldom as Slack answers (`usergroups.users.list`, 20 a minute). */
const AFRESH_MS = { person: 0, group: 3_000 } as const;

/** Remembers answers; errors are not remembered. A lost name in the directory stops nobody. */
function cached<T>(
  now: () => number,
  load: (key: string) => Promise<T>,
): (key: string, believedMs?: number) => Promise<T> {
  const known = new Map<string, { at: number; value: T }>();
  return async (key, believedMs = CACHE_MS) => {
    const found = known.get(key);
    if (found && now() - found.at < believedMs) return found.value;
    const askedAt = now();
    const value = await load(key);
    if (known.size > 5_000) known.clear();
    known.set(key, { at: askedAt, value });
    return value;
  };
}

function whyNot(member: Member, ownTeam: string): string | null {
  if (member.deleted) return 'This account is deactivated.';
  if (member.is_bot || member.is_app_user) return 'Bots decide nothing here.';
  if (member.is_stranger || (member.team_id !== undefined && member.team_id !== ownTeam))
    return 'This account belongs to another organisation.';
  if (member.is_restricted || member.is_ultra_restricted) return 'Guests decide nothing here.';
  return null;
}

const reject = (sentence: string): Identified => ({
  ok: false,
  sentence,
  next: 'Ask a full member of this workspace with the responder role.',
});

/** The look-up goes on and is remembered, so that the next click is answered at once. */
async function orTooLate<T>(work: Promise<T>, lookUpMs: number): Promise<T> {
  const timer = new AbortController();
  const late = sleep(lookUpMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error('Slack did not answer in time');
  });
  late.catch(() => undefined);
  return await Promise.race([work, late]).finally(() => timer.abort());
}

export interface IdentityDeps {
  client: WebClient;
  people: PeopleConfig;
  directory: Pick<Directory, 'put'>;
  /** How long `of` waits for Slack; a minute where left out. */
  lookUpMs?: number;
  now: () => number;
}

/** Turns a signed click into an actor, failing closed: who cannot be looked up may do nothing. */
export function createIdentity({
  client,
  people,
  directory,
  lookUpMs = 60_000,
  now,
}: IdentityDeps): Identity {
  const ownTeam = cached(now, async () => {
    const { team_id: teamId } = await client.auth.test();
    if (!teamId) throw new Error('auth.test named no workspace');
    return teamId;
  });
  const memberOf = cached(now, async (userId) => {
    const member = Member.parse((await client.users.info({ user: userId })).user);
    const name = outside(member.real_name ?? member.name ?? userId, 100);
    const entry = { name, kind: 'person', address: null } as const;
    await directory.put(slackActorId(await ownTeam('own'), userId), entry).catch(() => undefined);
    return { member, name };
  });
  const groupMembers = cached(now, async (group) =>
    z.array(z.string()).parse((await client.usergroups.users.list({ usergroup: group })).users),
  );

  async function rolesOf(userId: string, believedMs?: number): Promise<Role[]> {
    const named = people.roles[userId] ?? ['viewer'];
    if (named.includes('approver')) return named;
    const groups = await Promise.all(people.approverGroups.map((group) => groupMembers(group, believedMs)));
    return groups.some((users) => users.includes(userId)) ? [...named, 'approver'] : named;
  }

  const memberAsOf = async (
    userId: string,
    believedMs?: number,
  ): Promise<Awaited<ReturnType<Identity['member']>>> => {
    const [{ member: found, name }, team] = await Promise.all([memberOf(userId, believedMs), ownTeam('own')]);
    const because = whyNot(found, team);
    return because === null
      ? { ok: true, actorId: slackActorId(team, userId), name }
      : { ok: false, because };
  };

  async function identified({ userId, teamId, proof }: Clicker, afresh: boolean): Promise<Identified> {
    const [found, roles, team] = await Promise.all([
      memberAsOf(userId, afresh ? AFRESH_MS.person : CACHE_MS),
      rolesOf(userId, afresh ? AFRESH_MS.group : CACHE_MS),
      ownTeam('own'),
    ]);
    if (!found.ok) return reject(found.because);
    if (teamId !== null && teamId !== team) return reject('This account belongs to another organisation.');
    const actor: Person = {
      kind: 'person',
      id: found.actorId,
      roles,
      via: 'slack',
      verifiedBy: 'slack-signature',
      proof: proof.slice(0, 500),
    };
    return { ok: true, actor };
  }

  return {
    member: (userId) => memberAsOf(userId),
    of: async (clicker, { afresh } = { afresh: false }) => {
      try {
        return await orTooLate(identified(clicker, afresh), lookUpMs);
      } catch {
        return {
          ok: false,
          sentence: 'Slack could not say who you are, so nothing was done.',
          next: 'Try again in a minute; `holdpoint doctor` says what is wrong.',
        };
      }
    },
  };
}
