import type { Channel, Message, User, Values, Workspace } from './workspace/model.ts';
import type { WorkspaceStore } from './workspace/store.ts';
import type { Faults } from './faults.ts';
import type { Journal } from './journal.ts';
import type { Sockets } from './people/socket.ts';

/** What every room of the stand-in works on. */
export interface Core {
  workspace: Workspace;
  store: WorkspaceStore;
  journal: Journal;
  faults: Faults;
  /** What people have picked in messages and not sent yet, by person and message; gone after a restart. */
  drafts: Map<string, Values>;
  sockets: Sockets;
  /** Milliseconds since the epoch; tests inject it to let a trigger expire. */
  now: () => number;
  /** The stand-in's own address without a slash at the end; known once it listens. */
  url: () => string;
}

/** An answer `{ok: false, error}` of the Web API, in Slack's own words. */
export class SlackError extends Error {
  readonly messages: string[];
  readonly details: Record<string, unknown>;

  constructor(error: string, messages: string[] = [], details: Record<string, unknown> = {}) {
    super(error);
    this.name = 'SlackError';
    this.messages = messages;
    this.details = details;
  }
}

export function findUser(core: Core, id: string): User | undefined {
  return core.workspace.users.find((user) => user.id === id);
}

export function findChannel(core: Core, id: string): Channel | undefined {
  return core.workspace.channels.find((channel) => channel.id === id);
}

export function findMessage(core: Core, channel: string, ts: string): Message | undefined {
  return core.workspace.messages.find((message) => message.channel === channel && message.ts === ts);
}

/** The direct conversation of a person with the app; made when it is first needed. */
export function openDm(core: Core, userId: string): Channel {
  const { workspace } = core;
  const { botUserId } = workspace.app;
  const known = workspace.channels.find(
    (channel) => channel.kind === 'dm' && channel.members.includes(userId),
  );
  if (known !== undefined) return known;
  const channel: Channel = {
    id: `D${userId.slice(1)}`,
    name: userId,
    kind: 'dm',
    topic: '',
    members: [userId, botUserId],
    archived: false,
    createdAtMs: core.now(),
  };
  workspace.channels.push(channel);
  core.store.changed();
  return channel;
}
