import { z } from 'zod';
import { Duration } from '../duration.ts';
import { Role } from '../../domain/incident/actor.ts';
import {
  CalledUrl,
  EnvName,
  MailAddress,
  Name,
  SlackChannelId,
  SlackGroupId,
  SlackTeamId,
  SlackUserId,
} from '../words.ts';
import { write } from '../write.ts';

/** One person: the same id in every channel, so that nobody signs twice. */
export const PersonSection = z.strictObject({
  name: z.string().trim().min(1).max(100),
  roles: z.array(Role).max(4).default(['viewer']),
  slack: SlackUserId.optional(),
  /** What the signing-in proxy calls this person. */
  login: z.string().min(1).max(200).optional(),
  /** The environment variable with this person's API token. */
  tokenEnv: EnvName.optional(),
});

const Names = z.array(Name).max(50);

/** Who is asked, in this order, when nobody answers. */
export const OnCallSection = z.strictObject({
  primary: Names.min(1, { error: write('at least one person, such as [ana]') }),
  secondary: Names.default([]),
  manager: Names.default([]),
});

export const SlackSection = z.strictObject({
  team: SlackTeamId,
  /** Where the cards are posted. */
  channel: SlackChannelId,
  /** Members of these user groups are approvers. */
  approverGroups: z.array(SlackGroupId).max(20).default([]),
  botTokenEnv: EnvName.default('SLACK_BOT_TOKEN'),
  signingSecretEnv: EnvName.default('SLACK_SIGNING_SECRET'),
  /** The variable with the app-level token (`xapp-…`): Socket Mode, without a public address and a signing secret. */
  appTokenEnv: EnvName.optional(),
  /** Where an incident is talked about: in the thread of its card, or in a channel of its own. */
  room: z.enum(['thread', 'channel'], { error: write('thread or channel') }).default('thread'),
  /** Another address of Slack's Web API. */
  apiUrl: CalledUrl.optional(),
});

export const MailSection = z.strictObject({
  from: MailAddress,
  /** The variable with `smtp://…` or `smtps://user:password@host:port`. */
  urlEnv: EnvName.default('SMTP_URL'),
});

export const PagerSection = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('webhook'), url: CalledUrl, secretEnv: EnvName }),
  z.strictObject({ kind: z.literal('pagerduty'), routingKeyEnv: EnvName, url: CalledUrl.optional() }),
]);

/** A model that may be asked which candidate is the fault origin: any endpoint that speaks OpenAI's chat completions. */
export const AdvisorSection = z.strictObject({
  /** Up to and with the version: `https://api.openai.com/v1`, `http://127.0.0.1:11434/v1`. */
  url: CalledUrl,
  model: z.string().min(1).max(200),
  keyEnv: EnvName.optional(),
  timeout: Duration.default(30_000),
  usdPerMillionTokens: z.strictObject({ input: z.number().min(0), output: z.number().min(0) }).optional(),
});

const Recipient = z.union(
  [z.strictObject({ mail: MailAddress }), z.strictObject({ channel: SlackChannelId })],
  {
    error: write('{ mail: team@example.com } or { channel: C012AB3CD }'),
  },
);
const Recipients = z
  .array(Recipient)
  .min(1, { error: write('at least one recipient: { mail: … } or { channel: … }') })
  .max(250);

/** Runbook, checklist: "distributed to platform and on-call teams". */
export const DistributionSection = z.strictObject({ platform: Recipients, onCall: Recipients });
