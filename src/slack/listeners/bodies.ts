import { z } from 'zod';
import { Values } from '../blocks/modals/values.ts';

/** The parts of Slack's interaction bodies that listeners rely on. */
const User = z.looseObject({ id: z.string(), team_id: z.string().optional() });
const Team = z.looseObject({ id: z.string() }).nullish();

const View = z.looseObject({
  id: z.string(),
  hash: z.string(),
  type: z.enum(['modal', 'home']),
  callback_id: z.string().default(''),
  private_metadata: z.string().default(''),
  blocks: z.array(z.looseObject({ type: z.string(), block_id: z.string().optional() })),
  state: z.looseObject({ values: Values }).default({ values: {} }),
});
export type ViewBody = z.infer<typeof View>;

export const ClickBody = z.looseObject({
  user: User,
  team: Team,
  trigger_id: z.string(),
  response_url: z.string().optional(),
  container: z.looseObject({
    type: z.string(),
    channel_id: z.string().optional(),
    message_ts: z.string().optional(),
  }),
  view: View.optional(),
  actions: z
    .array(
      z.looseObject({
        action_id: z.string(),
        block_id: z.string(),
        action_ts: z.string(),
        value: z.string().optional(),
        selected_option: z.looseObject({ value: z.string() }).nullish(),
      }),
    )
    .min(1),
});
export type ClickBody = z.infer<typeof ClickBody>;

export const SubmitBody = z.looseObject({ user: User, team: Team, trigger_id: z.string(), view: View });
export type SubmitBody = z.infer<typeof SubmitBody>;

export const ShortcutBody = z.looseObject({
  user: User,
  team: Team,
  trigger_id: z.string(),
  action_ts: z.string(),
  channel: z.looseObject({ id: z.string() }).optional(),
  message_ts: z.string().optional(),
  message: z.looseObject({ text: z.string().optional() }).optional(),
});

export const CommandBody = z.looseObject({
  user_id: z.string(),
  team_id: z.string(),
  channel_id: z.string(),
  trigger_id: z.string(),
  text: z.string().default(''),
});
