import { z } from 'zod';

/** Composition objects of Block Kit with Slack's limits (docs.slack.dev/reference/block-kit/composition-objects). */

export const plainText = (maxChars: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(maxChars),
    emoji: z.boolean().optional(),
  });

export const mrkdwn = (maxChars: number) =>
  z.strictObject({
    type: z.literal('mrkdwn'),
    text: z.string().min(1).max(maxChars),
    verbatim: z.boolean().optional(),
  });

export const anyText = (maxChars: number) =>
  z.discriminatedUnion('type', [plainText(maxChars), mrkdwn(maxChars)]);

export type Text = z.infer<ReturnType<typeof anyText>>;

export const Confirm = z.strictObject({
  title: plainText(100),
  text: anyText(300),
  confirm: plainText(30),
  deny: plainText(30),
  style: z.enum(['primary', 'danger']).optional(),
});
export type Confirm = z.infer<typeof Confirm>;

/** An option of a menu; `text` and `description` are plain text there. */
export const MenuOption = z.strictObject({
  text: plainText(75),
  value: z.string().min(1).max(150),
  description: plainText(75).optional(),
});

/** An option of checkboxes or radio buttons, where mrkdwn is allowed too. */
export const BoxOption = z.strictObject({
  text: anyText(75),
  value: z.string().min(1).max(150),
  description: anyText(75).optional(),
});

export const OverflowOption = z.strictObject({
  ...MenuOption.shape,
  url: z.string().max(3_000).optional(),
});

export type Option = z.infer<typeof BoxOption>;

export const OptionGroup = z.strictObject({
  label: plainText(75),
  options: z.array(MenuOption).min(1).max(100),
});
