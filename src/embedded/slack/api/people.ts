import { z } from 'zod';
import { SlackError, findUser } from '../core.ts';
import type { Core } from '../core.ts';
import type { User, UserGroup } from '../workspace/model.ts';
import { count, flag, page, parseArgs, text } from './args.ts';
import type { Args } from './args.ts';

type Answer = Record<string, unknown>;

export function authTest(core: Core): Answer {
  const { app, team } = core.workspace;
  return {
    url: `${core.url()}/`,
    team: team.name,
    team_id: team.id,
    user: findUser(core, app.botUserId)?.name ?? app.name,
    user_id: app.botUserId,
    bot_id: app.botId,
    is_enterprise_install: false,
  };
}

export function userInfo(core: Core, args: Args): Answer {
  const user = findUser(core, parseArgs(z.looseObject({ user: text }), args).user);
  if (user === undefined) throw new SlackError('user_not_found');
  return { user: userForApp(core, user) };
}

export function userList(core: Core, args: Args): Answer {
  const call = parseArgs(z.looseObject({ cursor: z.string().optional(), limit: count(200, 1_000) }), args);
  const { items, cursor } = page(core.workspace.users, call.limit, call.cursor);
  return { members: items.map((user) => userForApp(core, user)), response_metadata: { next_cursor: cursor } };
}

export function userGroupList(core: Core, args: Args): Answer {
  const call = parseArgs(z.looseObject({ include_users: flag, include_disabled: flag }), args);
  const shown = core.workspace.userGroups.filter((group) => call.include_disabled || !group.disabled);
  return { usergroups: shown.map((group) => groupForApp(core, group, call.include_users)) };
}

export function userGroupUsers(core: Core, args: Args): Answer {
  const { usergroup } = parseArgs(z.looseObject({ usergroup: text }), args);
  const group = core.workspace.userGroups.find((one) => one.id === usergroup);
  if (group === undefined || group.disabled) throw new SlackError('no_such_subteam');
  return { users: group.users.filter((id) => findUser(core, id)?.deleted === false) };
}

function groupForApp(core: Core, group: UserGroup, withUsers: boolean): Answer {
  return {
    id: group.id,
    team_id: core.workspace.team.id,
    is_usergroup: true,
    name: group.name,
    handle: group.handle,
    date_delete: group.disabled ? 1 : 0,
    user_count: group.users.length,
    ...(withUsers ? { users: group.users } : {}),
  };
}

/** A person the way `users.info` shows them; a stranger has another team and few fields. */
function userForApp(core: Core, user: User): Answer {
  const stranger = user.teamId !== core.workspace.team.id;
  return {
    id: user.id,
    team_id: user.teamId,
    name: user.name,
    real_name: user.realName,
    deleted: user.deleted,
    is_bot: user.isBot,
    is_app_user: false,
    is_admin: false,
    is_owner: false,
    is_restricted: user.isGuest,
    is_ultra_restricted: false,
    ...(stranger ? { is_stranger: true } : {}),
    tz: user.timeZone,
    profile: {
      real_name: user.realName,
      display_name: user.name,
      title: user.title,
      ...(user.email !== null && !stranger ? { email: user.email } : {}),
    },
  };
}
