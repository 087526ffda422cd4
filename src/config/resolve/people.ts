import type { ConfigFile } from '../schema/file.ts';
import type { PersonConfig, SlackConfig } from '../types.ts';
import { Secret } from '../secret.ts';
import type { Findings } from './findings.ts';

/** A person is one actor, whichever way they come: else a second channel would be a second signature. */
const actorIdOf = (key: string, slackUser: string | undefined, team: string | undefined): string =>
  slackUser !== undefined && team !== undefined ? `slack:${team}:${slackUser}` : `person:${key}`;

export function resolvePeople(file: ConfigFile, findings: Findings): PersonConfig[] {
  const people = Object.entries(file.people).map(([key, person]): PersonConfig => ({
    key,
    actorId: actorIdOf(key, person.slack, file.slack?.team),
    name: person.name,
    roles: person.roles,
    slackUserId: person.slack ?? null,
    login: person.login ?? null,
    token:
      person.tokenEnv === undefined ? null : findings.secret(person.tokenEnv, ['people', key, 'tokenEnv']),
  }));
  distinct(people, 'slack', ({ slackUserId }) => slackUserId, findings);
  distinct(people, 'login', ({ login }) => login?.toLowerCase() ?? null, findings);
  distinct(people, 'tokenEnv', ({ token }) => token?.reveal() || null, findings);
  if (!file.slack) {
    for (const { key, slackUserId } of people)
      if (slackUserId !== null)
        findings.say(['people', key, 'slack'], 'the section `slack` too: it names the team of this user');
  }
  return people;
}

/** Two people with one identity would be one signature counted twice. */
function distinct(
  people: PersonConfig[],
  field: string,
  of: (person: PersonConfig) => string | null,
  findings: Findings,
): void {
  const seen = new Map<string, string>();
  for (const person of people) {
    const value = of(person);
    if (value === null) continue;
    const other = seen.get(value);
    if (other !== undefined)
      findings.say(['people', person.key, field], `one of their own; ${other} has the same`);
    seen.set(value, person.key);
  }
}

export function resolveSlack({ slack }: ConfigFile, findings: Findings): SlackConfig | null {
  if (!slack) return null;
  return {
    teamId: slack.team,
    channel: slack.channel,
    approverGroups: slack.approverGroups,
    botToken: findings.secret(slack.botTokenEnv, ['slack', 'botTokenEnv']),
    signingSecret: slack.appTokenEnv
      ? (findings.optional(slack.signingSecretEnv) ?? new Secret('', slack.signingSecretEnv))
      : findings.secret(slack.signingSecretEnv, ['slack', 'signingSecretEnv']),
    appToken: slack.appTokenEnv ? findings.secret(slack.appTokenEnv, ['slack', 'appTokenEnv']) : null,
    room: slack.room,
    apiUrl: slack.apiUrl ?? null,
  };
}

/** With approvers named one by one, a quorum must be possible for each agent; its owners may not sign. */
export function checkQuorum(file: ConfigFile, people: PersonConfig[], findings: Findings): void {
  if ((file.slack?.approverGroups.length ?? 0) > 0) return;
  const approvers = people.filter(({ roles }) => roles.includes('approver'));
  const needed = Math.max(file.policy.quorum.irreversible, file.policy.quorum.reversible);
  for (const [name, { owners }] of Object.entries(file.agents)) {
    const may = approvers.filter(({ key }) => !owners.includes(key));
    if (may.length >= needed) continue;
    const found =
      may.length === 0 ? 'nobody who may sign' : `only ${may.map(({ key }) => key).join(', ')} who may sign`;
    const write = `roles: [approver] for at least ${needed} people who do not own ${name}, or slack.approverGroups`;
    findings.say(['agents', name, 'owners'], write, `${found} for ${name}`);
  }
}
