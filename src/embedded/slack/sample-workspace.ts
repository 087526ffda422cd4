import type { Channel, User, UserGroup } from './workspace/model.ts';

/** Ids of the sample's people, channels and user group; invented, none belongs to anybody. */
export const TEAM_ID = 'T0HOLDPOINT';
export const OTHER_TEAM_ID = 'T0ELSEWHERE';
export const PEOPLE = {
  ana: 'U0ANARUIZ00',
  ben: 'U0BENOKAFOR',
  chidi: 'U0CHIDILIND',
  dana: 'U0DANAWEISS',
  eve: 'U0EVEMARSH0',
  bot: 'U0HOLDPOINT',
  former: 'U0FAYNOVAK0',
  guest: 'U0GILADAMS0',
  stranger: 'U0HANAELSE0',
} as const;
export const CHANNELS = {
  incidents: 'C0INCIDENTS',
  platform: 'C0PLATFORM0',
  onCall: 'C0ONCALL000',
  random: 'C0RANDOM000',
} as const;
export const USER_GROUPS = { incidentApprovers: 'S0APPROVERS' } as const;

export interface WorkspaceSeed {
  team: { id: string; name: string; domain: string };
  app: { id: string; name: string; botUserId: string; botId: string };
  users: User[];
  channels: Channel[];
  userGroups: UserGroup[];
}

type Details = Partial<Omit<User, 'id' | 'name' | 'realName'>>;

function user(id: string, name: string, realName: string, title: string, details: Details = {}): User {
  return {
    id,
    name,
    realName,
    title,
    teamId: TEAM_ID,
    email: `${name}@example.com`,
    timeZone: 'Europe/Madrid',
    isBot: false,
    deleted: false,
    isGuest: false,
    ...details,
  };
}

function channel(id: string, name: string, topic: string, members: string[]): Channel {
  return { id, name, kind: 'public', topic, members, archived: false, createdAtMs: 0 };
}

/** The cast of the sample: who may sign, who may not, and everybody an approval must refuse. */
export function sampleWorkspace(): WorkspaceSeed {
  const { ana, ben, chidi, dana, eve, bot, former, guest, stranger } = PEOPLE;
  const staff = [ana, ben, chidi, dana, eve, bot];
  return {
    team: { id: TEAM_ID, name: 'Holdpoint sample', domain: 'holdpoint-sample' },
    app: { id: 'A0HOLDPOINT', name: 'Holdpoint', botUserId: bot, botId: 'B0HOLDPOINT' },
    users: [
      user(ana, 'ana', 'Ana Ruiz', 'On-call, platform'),
      user(ben, 'ben', 'Ben Okafor', 'Secondary on-call', { timeZone: 'Africa/Lagos' }),
      user(chidi, 'chidi', 'Chidi Lindqvist', 'Incident manager', { timeZone: 'Europe/Stockholm' }),
      user(dana, 'dana', 'Dana Weiss', 'Owner of the loan agent', { timeZone: 'Europe/Berlin' }),
      user(eve, 'eve', 'Eve Marsh', 'Viewer', { timeZone: 'America/New_York' }),
      user(bot, 'holdpoint', 'Holdpoint', '', { isBot: true, email: null, timeZone: 'UTC' }),
      user(former, 'fay', 'Fay Novak', 'Left the company', { deleted: true }),
      user(guest, 'gil', 'Gil Adams', 'Guest', { isGuest: true }),
      user(stranger, 'hana', 'Hana Else', 'Of another organisation', { teamId: OTHER_TEAM_ID }),
    ],
    channels: [
      channel(CHANNELS.incidents, 'incidents', 'Agent incidents', [...staff, guest, stranger]),
      channel(CHANNELS.platform, 'platform', 'The platform team', staff),
      channel(CHANNELS.onCall, 'on-call', 'Who is on call', [ana, ben, chidi, bot]),
      channel(CHANNELS.random, 'random', 'Anything else', [ana, ben, chidi, dana, eve, guest]),
    ],
    userGroups: [
      {
        id: USER_GROUPS.incidentApprovers,
        handle: 'incident-approvers',
        name: 'Incident approvers',
        users: [ana, ben, chidi],
        disabled: false,
      },
    ],
  };
}
