import { z } from 'zod';
import { Role } from '../domain/incident/actor.ts';

const SlackUserId = z.string().regex(/^[UW][A-Z0-9]+$/, 'must be a Slack user id such as U012AB3CD');
const UserGroupId = z.string().regex(/^S[A-Z0-9]+$/, 'must be a Slack user group id such as S012AB3CD');

/** Who may do what, by Slack ids. Verified members of the workspace who are not named may look. */
export const PeopleConfig = z.strictObject({
  roles: z.record(SlackUserId, z.array(Role)).default({}),
  /** Members are approvers. */
  approverGroups: z.array(UserGroupId).default([]),
  /** Actor ids of approvers without a Slack account, who sign on the page. */
  otherApproverIds: z.array(z.string().min(1).max(200)).default([]),
  /** Actor ids of approvers who prove themselves on the page too: they may sign while Slack cannot be asked. */
  pageApproverIds: z.array(z.string().min(1).max(200)).default([]),
  /** Whom notices mention; the pager knows them by these names. */
  onCall: z
    .strictObject({
      primary: z.array(SlackUserId).default([]),
      secondary: z.array(SlackUserId).default([]),
      manager: z.array(SlackUserId).default([]),
    })
    .prefault({}),
});
export type PeopleConfig = z.infer<typeof PeopleConfig>;

/** The stable id of a Slack person, in commands, approver lists and owners alike. */
export const slackActorId = (teamId: string, userId: string): string => `slack:${teamId}:${userId}`;

/** The Slack user id in an actor id, or null when it is somebody else's. */
export const slackUserOf = (actorId: string): string | null =>
  /^slack:[A-Z0-9]+:([UW][A-Z0-9]+)$/.exec(actorId)?.[1] ?? null;
