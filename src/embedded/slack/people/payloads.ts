import type { Core } from '../core.ts';
import type { Element } from '../block-kit/elements.ts';
import { messageForApp } from '../workspace/messages.ts';
import type { Channel, Entered, Message, User, Values, View } from '../workspace/model.ts';
import { secretToken } from '../workspace/numbers.ts';
import { viewForApp } from '../workspace/views.ts';
import { RESPONSE_URL_LIFE_MS } from './response-url.ts';

/** The bodies Slack sends (docs.slack.dev/reference/interaction-payloads), in the parts an app relies on. */
type Payload = Record<string, unknown>;

/** Slack still sends a verification token; it proves nothing, the signature does. */
const DEPRECATED_TOKEN = 'stand-in-deprecated-token';

function common(core: Core, user: User): Payload {
  const { app, team } = core.workspace;
  return {
    token: DEPRECATED_TOKEN,
    api_app_id: app.id,
    team: { id: team.id, domain: team.domain },
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    enterprise: null,
    is_enterprise_install: false,
  };
}

const channelOf = (channel: Channel): Payload => ({
  id: channel.id,
  name: channel.kind === 'dm' ? 'directmessage' : channel.name,
});

/** What a person did with an element, as one entry of `actions`. */
export function actionOf(core: Core, element: Element, blockId: string, entry: Entered | null): Payload {
  const ts = (core.now() / 1_000).toFixed(6);
  const named = { action_id: element.action_id, block_id: blockId, type: element.type, action_ts: ts };
  if (element.type === 'button') {
    return {
      ...named,
      text: element.text,
      ...(element.value !== undefined ? { value: element.value } : {}),
      ...(element.style !== undefined ? { style: element.style } : {}),
    };
  }
  return { ...named, ...entry, type: element.type };
}

export function messageAction(
  core: Core,
  about: {
    user: User;
    channel: Channel;
    message: Message;
    action: Payload;
    values: Values;
    triggerId: string;
  },
): Payload {
  const { message, channel } = about;
  const ephemeral = message.ephemeralFor !== null;
  return {
    type: 'block_actions',
    ...common(core, about.user),
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: ephemeral,
      ...(message.threadTs !== null ? { thread_ts: message.threadTs } : {}),
    },
    trigger_id: about.triggerId,
    channel: channelOf(channel),
    ...(ephemeral ? {} : { message: messageForApp(core, message) }),
    state: { values: about.values },
    response_url: issueResponseUrl(core, about.user.id, channel, message),
    actions: [about.action],
  };
}

export function viewAction(
  core: Core,
  about: { user: User; view: View; action: Payload; triggerId: string },
): Payload {
  return {
    type: 'block_actions',
    ...common(core, about.user),
    container: { type: 'view', view_id: about.view.id },
    trigger_id: about.triggerId,
    view: viewForApp(core, about.view),
    actions: [about.action],
  };
}

export function viewSubmission(core: Core, user: User, view: View, triggerId: string): Payload {
  return {
    type: 'view_submission',
    ...common(core, user),
    trigger_id: triggerId,
    view: viewForApp(core, view),
    response_urls: [],
  };
}

export function viewClosed(core: Core, user: User, view: View, isCleared: boolean): Payload {
  return { type: 'view_closed', ...common(core, user), view: viewForApp(core, view), is_cleared: isCleared };
}

export function shortcut(core: Core, user: User, callbackId: string, triggerId: string): Payload {
  const { user: who, ...rest } = common(core, user);
  return {
    type: 'shortcut',
    ...rest,
    user: who,
    callback_id: callbackId,
    trigger_id: triggerId,
    action_ts: (core.now() / 1_000).toFixed(6),
  };
}

export function messageShortcut(
  core: Core,
  about: { user: User; channel: Channel; message: Message; callbackId: string; triggerId: string },
): Payload {
  return {
    ...shortcut(core, about.user, about.callbackId, about.triggerId),
    type: 'message_action',
    channel: channelOf(about.channel),
    message_ts: about.message.ts,
    message: messageForApp(core, about.message),
    response_url: issueResponseUrl(core, about.user.id, about.channel, about.message),
  };
}

/** A slash command is a flat form, not a `payload`. */
export function slashCommand(
  core: Core,
  about: { user: User; channel: Channel; command: string; text: string; triggerId: string },
): Record<string, string> {
  const { app, team } = core.workspace;
  return {
    token: DEPRECATED_TOKEN,
    team_id: team.id,
    team_domain: team.domain,
    channel_id: about.channel.id,
    channel_name: about.channel.kind === 'dm' ? 'directmessage' : about.channel.name,
    user_id: about.user.id,
    user_name: about.user.name,
    command: about.command,
    text: about.text,
    api_app_id: app.id,
    is_enterprise_install: 'false',
    response_url: issueResponseUrl(core, about.user.id, about.channel, null),
    trigger_id: about.triggerId,
  };
}

export function eventCallback(core: Core, event: Payload): Payload {
  const { app, team } = core.workspace;
  core.workspace.nextNumber += 1;
  return {
    token: DEPRECATED_TOKEN,
    team_id: team.id,
    api_app_id: app.id,
    event,
    type: 'event_callback',
    event_id: `Ev${String(core.workspace.nextNumber).padStart(9, '0')}`,
    event_time: Math.floor(core.now() / 1_000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: team.id,
        user_id: app.botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
  };
}

export const urlVerification = (challenge: string): Payload => ({
  token: DEPRECATED_TOKEN,
  challenge,
  type: 'url_verification',
});

function issueResponseUrl(core: Core, userId: string, channel: Channel, message: Message | null): string {
  const { responseUrls } = core.workspace;
  for (const old of Object.values(responseUrls)) {
    if (core.now() - old.issuedAtMs > 2 * RESPONSE_URL_LIFE_MS) delete responseUrls[old.token];
  }
  const token = secretToken();
  responseUrls[token] = {
    token,
    userId,
    channel: channel.id,
    ts: message?.ts ?? null,
    threadTs: message?.threadTs ?? null,
    issuedAtMs: core.now(),
    uses: 0,
  };
  return `${core.url()}/response/${token}`;
}
