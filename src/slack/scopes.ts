/** Scopes of the bot token, and what each is for; the manifest asks for these and no others. */
export const SCOPES = {
  'chat:write': 'cards, sign-offs, notices',
  commands: '/incident and the shortcuts',
  'users:read': 'who clicked: members only, no bots, guests, strangers or deactivated accounts',
  'usergroups:read': 'approvers from user groups',
  'channels:history': 'finding a message whose posting was not confirmed, instead of posting it twice',
  'groups:history': 'the same in private channels',
  'files:write': 'the whole list of a long sign-off as a file',
} as const;

/** Scopes that only `slack.room: channel` needs. */
export const ROOM_SCOPES = {
  'channels:manage': 'a channel for each incident, and inviting the on-call into it',
  'channels:read': 'finding a channel whose making was not confirmed, instead of making another',
} as const;

/** What a token lacks of what this installation uses. */
export function missingScopes(
  given: readonly string[],
  uses: { approverGroups: boolean; room: 'thread' | 'channel' },
): string[] {
  const needed = [
    ...Object.keys(SCOPES).filter((scope) => uses.approverGroups || scope !== 'usergroups:read'),
    ...(uses.room === 'channel' ? Object.keys(ROOM_SCOPES) : []),
  ];
  return needed.filter((scope) => !given.includes(scope));
}
