import type { Core } from '../core.ts';
import type { Args } from './args.ts';
import * as chat from './chat.ts';
import * as conversations from './conversations.ts';
import * as files from './files.ts';
import * as people from './people.ts';
import * as views from './views.ts';

/** A method of the Web API: the scope it needs (any of these) and how often a minute it may be called. */
export interface Method {
  run: (core: Core, args: Args) => Record<string, unknown>;
  scopes: string[];
  perMinute: number;
  /** `chat.postMessage` is counted a channel, everything else a workspace. */
  perChannel?: true;
  /** Asks for the app-level token instead of the bot's. */
  appLevel?: true;
}

const TIER_2 = 20;
const TIER_3 = 50;
const TIER_4 = 100;
const read = ['channels:read', 'groups:read', 'im:read', 'mpim:read'];
const historyScopes = ['channels:history', 'groups:history', 'im:history', 'mpim:history'];

/** Rate tiers: docs.slack.dev/apis/web-api/rate-limits. About one message a second and channel, in bursts. */
export const METHODS: Readonly<Record<string, Method>> = {
  'apps.connections.open': {
    run: (core) => ({ url: core.sockets.address(core.url()) }),
    scopes: [],
    perMinute: TIER_2,
    appLevel: true,
  },
  'auth.test': { run: people.authTest, scopes: [], perMinute: 300 },
  'chat.postMessage': { run: chat.postMessage, scopes: ['chat:write'], perMinute: 60, perChannel: true },
  'chat.update': { run: chat.updateMessage, scopes: ['chat:write'], perMinute: TIER_3 },
  'chat.postEphemeral': { run: chat.postEphemeral, scopes: ['chat:write'], perMinute: TIER_4 },
  'chat.getPermalink': { run: chat.getPermalink, scopes: [], perMinute: 300 },
  'chat.delete': { run: chat.deleteMessage, scopes: ['chat:write'], perMinute: TIER_3 },
  'conversations.list': { run: conversations.list, scopes: read, perMinute: TIER_2 },
  'conversations.info': { run: conversations.info, scopes: read, perMinute: TIER_3 },
  'conversations.members': { run: conversations.members, scopes: read, perMinute: TIER_4 },
  'conversations.open': { run: conversations.open, scopes: ['im:write'], perMinute: TIER_3 },
  'conversations.create': {
    run: conversations.create,
    scopes: ['channels:manage', 'groups:write'],
    perMinute: TIER_2,
  },
  'conversations.invite': {
    run: conversations.invite,
    scopes: ['channels:manage', 'groups:write'],
    perMinute: TIER_3,
  },
  'conversations.join': { run: conversations.join, scopes: ['channels:join'], perMinute: TIER_3 },
  'conversations.history': { run: conversations.history, scopes: historyScopes, perMinute: TIER_3 },
  'conversations.replies': { run: conversations.replies, scopes: historyScopes, perMinute: TIER_3 },
  'views.open': { run: views.open, scopes: [], perMinute: TIER_4 },
  'views.push': { run: views.push, scopes: [], perMinute: TIER_4 },
  'views.update': { run: views.update, scopes: [], perMinute: TIER_4 },
  'views.publish': { run: views.publish, scopes: [], perMinute: TIER_4 },
  'users.info': { run: people.userInfo, scopes: ['users:read'], perMinute: TIER_4 },
  'users.list': { run: people.userList, scopes: ['users:read'], perMinute: TIER_2 },
  'usergroups.list': { run: people.userGroupList, scopes: ['usergroups:read'], perMinute: TIER_2 },
  'usergroups.users.list': { run: people.userGroupUsers, scopes: ['usergroups:read'], perMinute: TIER_2 },
  'files.getUploadURLExternal': { run: files.getUploadUrl, scopes: ['files:write'], perMinute: TIER_4 },
  'files.completeUploadExternal': { run: files.completeUpload, scopes: ['files:write'], perMinute: TIER_4 },
  'pins.add': { run: files.addPin, scopes: ['pins:write'], perMinute: TIER_2 },
  'reactions.add': { run: files.addReaction, scopes: ['reactions:write'], perMinute: TIER_3 },
};

/** What an installation of Holdpoint is granted unless a test says otherwise. */
export const ALL_SCOPES: readonly string[] = [
  ...new Set([...Object.values(METHODS).flatMap((method) => method.scopes), 'commands', 'users:read.email']),
].toSorted();
