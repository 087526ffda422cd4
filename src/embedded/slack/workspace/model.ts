import { z } from 'zod';
import { Block } from '../block-kit/blocks.ts';
import { plainText } from '../block-kit/objects.ts';

/** A member of the workspace, a bot, or (with another `teamId`) a stranger of a connected organisation. */
export const User = z.object({
  id: z.string().regex(/^[UW][A-Z0-9]+$/),
  teamId: z.string(),
  name: z.string(),
  realName: z.string(),
  title: z.string().default(''),
  email: z.string().nullable().default(null),
  /** IANA name; dates in messages are shown in it. */
  timeZone: z.string().default('UTC'),
  isBot: z.boolean().default(false),
  /** Deactivated. */
  deleted: z.boolean().default(false),
  isGuest: z.boolean().default(false),
});
export type User = z.infer<typeof User>;

export const Channel = z.object({
  id: z.string().regex(/^[CDG][A-Z0-9]+$/),
  name: z.string(),
  kind: z.enum(['public', 'private', 'dm']),
  topic: z.string().default(''),
  members: z.array(z.string()),
  archived: z.boolean().default(false),
  /** Who made it; the seed's channels have none. */
  creatorId: z.string().optional(),
  createdAtMs: z.number().default(0),
});
export type Channel = z.infer<typeof Channel>;

export const UserGroup = z.object({
  id: z.string().regex(/^S[A-Z0-9]+$/),
  handle: z.string(),
  name: z.string(),
  users: z.array(z.string()),
  disabled: z.boolean().default(false),
});
export type UserGroup = z.infer<typeof UserGroup>;

export const Attachment = z.object({
  color: z.string().optional(),
  fallback: z.string().optional(),
  blocks: z.array(Block),
});
export type Attachment = z.infer<typeof Attachment>;

/** `ts` is the id within the channel: seconds, a dot, six digits. An ephemeral message has one reader. */
export const Message = z.object({
  ts: z.string(),
  channel: z.string(),
  user: z.string(),
  text: z.string(),
  blocks: z.array(Block),
  attachments: z.array(Attachment),
  threadTs: z.string().nullable(),
  broadcast: z.boolean(),
  ephemeralFor: z.string().nullable(),
  editedTs: z.string().nullable(),
  files: z.array(z.string()),
  reactions: z.array(z.object({ name: z.string(), users: z.array(z.string()) })),
  pinned: z.boolean(),
  metadata: z.unknown(),
});
export type Message = z.infer<typeof Message>;

/** What a person has entered in one element, as Slack reports it in `state.values`. */
export const Entered = z.looseObject({ type: z.string() });
export type Entered = z.infer<typeof Entered>;

/** block_id → action_id → what was entered. */
export const Values = z.record(z.string(), z.record(z.string(), Entered));
export type Values = z.infer<typeof Values>;

export const View = z.object({
  id: z.string(),
  type: z.enum(['modal', 'home']),
  userId: z.string(),
  hash: z.string(),
  blocks: z.array(Block),
  values: Values,
  title: plainText(24).nullable(),
  submit: plainText(24).nullable(),
  close: plainText(24).nullable(),
  privateMetadata: z.string(),
  callbackId: z.string(),
  externalId: z.string(),
  clearOnClose: z.boolean(),
  notifyOnClose: z.boolean(),
  submitDisabled: z.boolean(),
  rootViewId: z.string(),
  previousViewId: z.string().nullable(),
  /** Shown below the fields, by block_id: from `response_action: errors` or from a required field left empty. */
  errors: z.record(z.string(), z.string()),
});
export type View = z.infer<typeof View>;

/** Opens a modal once within three seconds. `viewId` is the modal it was clicked in, if any. */
export const Trigger = z.object({
  id: z.string(),
  userId: z.string(),
  issuedAtMs: z.number(),
  used: z.boolean(),
  viewId: z.string().nullable(),
});
export type Trigger = z.infer<typeof Trigger>;

export const ResponseUrl = z.object({
  token: z.string(),
  userId: z.string(),
  channel: z.string(),
  ts: z.string().nullable(),
  threadTs: z.string().nullable(),
  issuedAtMs: z.number(),
  uses: z.int(),
});
export type ResponseUrl = z.infer<typeof ResponseUrl>;

export const StoredFile = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  lengthBytes: z.number(),
  /** Base64; null until the bytes arrived. */
  content: z.string().nullable(),
  uploadToken: z.string(),
  completed: z.boolean(),
  userId: z.string(),
  channels: z.array(z.string()),
  createdAtMs: z.number(),
});
export type StoredFile = z.infer<typeof StoredFile>;

/** An error that Slack shows one person for a moment. */
export const Toast = z.object({ id: z.string(), userId: z.string(), text: z.string(), atMs: z.number() });
export type Toast = z.infer<typeof Toast>;

/** Everything that survives a restart. */
export const Workspace = z.object({
  format: z.literal(1),
  team: z.object({ id: z.string(), name: z.string(), domain: z.string() }),
  app: z.object({ id: z.string(), name: z.string(), botUserId: z.string(), botId: z.string() }),
  users: z.array(User),
  channels: z.array(Channel),
  userGroups: z.array(UserGroup),
  messages: z.array(Message),
  views: z.record(z.string(), View),
  /** userId → ids of the open modals, the visible one last. */
  stacks: z.record(z.string(), z.array(z.string())),
  /** userId → id of the Home tab's view. */
  homes: z.record(z.string(), z.string()),
  triggers: z.record(z.string(), Trigger),
  responseUrls: z.record(z.string(), ResponseUrl),
  files: z.record(z.string(), StoredFile),
  toasts: z.array(Toast),
  lastTsMicros: z.number(),
  nextNumber: z.int(),
});
export type Workspace = z.infer<typeof Workspace>;
