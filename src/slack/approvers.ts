import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Identity } from './identity.ts';
import type { PeopleConfig } from './people.ts';
import { slackErrorOf } from './errors.ts';

/** Slack people who may sign: those with the role, and the members of the approver groups. */
async function candidates(client: WebClient, people: PeopleConfig): Promise<string[]> {
  const named = Object.entries(people.roles)
    .filter(([, roles]) => roles.includes('approver'))
    .map(([userId]) => userId);
  const groups = await Promise.all(
    people.approverGroups.map(async (usergroup) =>
      z.array(z.string()).parse((await client.usergroups.users.list({ usergroup })).users),
    ),
  );
  return [...new Set([...named, ...groups.flat()])];
}

/**
 * The snapshot that the decider checks signatures against, without deactivated people, bots, guests and strangers.
 * When Slack could not be asked: those who prove themselves on the page without it; null, and nobody may sign, where
 * there are none.
 */
export async function approversNow(
  client: WebClient,
  identity: Identity,
  people: PeopleConfig,
): Promise<{ approverIds: string[] | null; because: string }> {
  try {
    const members = await Promise.all(
      (await candidates(client, people)).map((userId) => identity.member(userId)),
    );
    const inSlack = members.flatMap((member) => (member.ok ? [member.actorId] : []));
    const left = members.length - inSlack.length;
    const approverIds = [...new Set([...inSlack, ...people.otherApproverIds])].sort();
    const without = left > 0 ? `, ${left} more are not full members` : '';
    return {
      approverIds: approverIds.slice(0, 300),
      because: `Configuration and ${people.approverGroups.length} Slack user groups: ${approverIds.length} may sign${without}.`,
    };
  } catch (error) {
    const ids = [...people.pageApproverIds].sort().slice(0, 300);
    const why = `Slack could not be asked for the approvers: ${slackErrorOf(error) ?? 'no answer'}.`;
    return ids.length > 0
      ? { approverIds: ids, because: `${why} ${ids.length} may sign on the page.` }
      : { approverIds: null, because: why };
  }
}
