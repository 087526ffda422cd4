import { findChannel, findMessage, findUser } from '../core.ts';
import type { Core } from '../core.ts';
import { remove } from './messages.ts';

/** What an administrator or another person does to the workspace without the app: for tests of the awkward cases. */
export class Admin {
  private readonly core: Core;

  constructor(core: Core) {
    this.core = core;
  }

  /** The person can do nothing any more and leaves every user group. */
  deactivate(userId: string): void {
    const user = known(findUser(this.core, userId), userId);
    user.deleted = true;
    this.core.store.changed();
  }

  archive(channelId: string): void {
    known(findChannel(this.core, channelId), channelId).archived = true;
    this.core.store.changed();
  }

  deleteMessage(channelId: string, ts: string): void {
    remove(this.core, known(findMessage(this.core, channelId, ts), ts));
  }

  /** Takes a person or the app out of a channel. */
  removeFromChannel(channelId: string, userId: string): void {
    const channel = known(findChannel(this.core, channelId), channelId);
    channel.members = channel.members.filter((member) => member !== userId);
    this.core.store.changed();
  }

  addToChannel(channelId: string, userId: string): void {
    const channel = known(findChannel(this.core, channelId), channelId);
    if (!channel.members.includes(userId)) channel.members.push(userId);
    this.core.store.changed();
  }

  setUserGroup(groupId: string, users: string[]): void {
    const group = this.core.workspace.userGroups.find((one) => one.id === groupId);
    known(group, groupId).users = [...users];
    this.core.store.changed();
  }

  disableUserGroup(groupId: string): void {
    known(
      this.core.workspace.userGroups.find((one) => one.id === groupId),
      groupId,
    ).disabled = true;
    this.core.store.changed();
  }
}

function known<T>(found: T | undefined, id: string): T {
  if (found === undefined) throw new Error(`The stand-in's workspace has no ${id}`);
  return found;
}
