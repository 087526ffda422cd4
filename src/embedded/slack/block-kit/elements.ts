import { z } from 'zod';
import { BoxOption, Confirm, MenuOption, OptionGroup, OverflowOption, plainText } from './objects.ts';

/** Interactive elements with Slack's limits (docs.slack.dev/reference/block-kit/block-elements). */

const common = { action_id: z.string().min(1).max(255).optional() };
const confirm = { confirm: Confirm.optional() };
const focus = { focus_on_load: z.boolean().optional() };
const placeholder = { placeholder: plainText(150).optional() };
const menuOptions = {
  options: z.array(MenuOption).min(1).max(100).optional(),
  option_groups: z.array(OptionGroup).min(1).max(100).optional(),
};

/** Slack wants one of `options` and `option_groups`, and initial values that are among them. */
function checkMenu(menu: {
  value: { options?: unknown; option_groups?: unknown };
  issues: z.core.$ZodRawIssue[];
}): void {
  const given = [menu.value.options, menu.value.option_groups].filter((list) => list !== undefined).length;
  if (given !== 1) {
    menu.issues.push({
      code: 'custom',
      input: menu.value,
      message: 'must define either `options` or `option_groups`',
    });
  }
}

const Button = z.strictObject({
  type: z.literal('button'),
  ...common,
  text: plainText(75),
  url: z.string().max(3_000).optional(),
  value: z.string().max(2_000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  ...confirm,
  accessibility_label: z.string().max(75).optional(),
});

const StaticSelect = z
  .strictObject({
    type: z.literal('static_select'),
    ...common,
    ...placeholder,
    ...menuOptions,
    initial_option: MenuOption.optional(),
    ...confirm,
    ...focus,
  })
  .check(checkMenu);

const MultiStaticSelect = z
  .strictObject({
    type: z.literal('multi_static_select'),
    ...common,
    ...placeholder,
    ...menuOptions,
    initial_options: z.array(MenuOption).min(1).optional(),
    max_selected_items: z.int().min(1).optional(),
    ...confirm,
    ...focus,
  })
  .check(checkMenu);

const UsersSelect = z.strictObject({
  type: z.literal('users_select'),
  ...common,
  ...placeholder,
  initial_user: z.string().optional(),
  ...confirm,
  ...focus,
});

const MultiUsersSelect = z.strictObject({
  type: z.literal('multi_users_select'),
  ...common,
  ...placeholder,
  initial_users: z.array(z.string()).optional(),
  max_selected_items: z.int().min(1).optional(),
  ...confirm,
  ...focus,
});

const DispatchConfig = z.strictObject({
  trigger_actions_on: z.array(z.enum(['on_enter_pressed', 'on_character_entered'])).min(1),
});

const PlainTextInput = z.strictObject({
  type: z.literal('plain_text_input'),
  ...common,
  ...placeholder,
  initial_value: z.string().max(3_000).optional(),
  multiline: z.boolean().optional(),
  min_length: z.int().min(0).max(3_000).optional(),
  max_length: z.int().min(1).max(3_000).optional(),
  dispatch_action_config: DispatchConfig.optional(),
  ...focus,
});

const NumberInput = z.strictObject({
  type: z.literal('number_input'),
  ...common,
  is_decimal_allowed: z.boolean(),
  initial_value: z.string().optional(),
  min_value: z.string().optional(),
  max_value: z.string().optional(),
  dispatch_action_config: DispatchConfig.optional(),
  ...placeholder,
  ...focus,
});

const Checkboxes = z.strictObject({
  type: z.literal('checkboxes'),
  ...common,
  options: z.array(BoxOption).min(1).max(10),
  initial_options: z.array(BoxOption).min(1).max(10).optional(),
  ...confirm,
  ...focus,
});

const RadioButtons = z.strictObject({
  type: z.literal('radio_buttons'),
  ...common,
  options: z.array(BoxOption).min(1).max(10),
  initial_option: BoxOption.optional(),
  ...confirm,
  ...focus,
});

const DatePicker = z.strictObject({
  type: z.literal('datepicker'),
  ...common,
  ...placeholder,
  initial_date: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date in the format YYYY-MM-DD')
    .optional(),
  ...confirm,
  ...focus,
});

const Overflow = z.strictObject({
  type: z.literal('overflow'),
  ...common,
  options: z.array(OverflowOption).min(1).max(5),
  ...confirm,
});

export const ImageElement = z.strictObject({
  type: z.literal('image'),
  image_url: z.string().min(1).max(3_000),
  alt_text: z.string().min(1).max(2_000),
});

/** What may stand in an actions block; multi-selects and text inputs may not. */
export const ActionsElement = z.discriminatedUnion('type', [
  Button,
  StaticSelect,
  UsersSelect,
  Checkboxes,
  RadioButtons,
  DatePicker,
  Overflow,
]);

/** What may stand beside a section's text. */
export const Accessory = z.discriminatedUnion('type', [
  ImageElement,
  Button,
  StaticSelect,
  MultiStaticSelect,
  UsersSelect,
  MultiUsersSelect,
  Checkboxes,
  RadioButtons,
  DatePicker,
  Overflow,
]);

/** What may stand in an input block. */
export const InputElement = z.discriminatedUnion('type', [
  PlainTextInput,
  NumberInput,
  StaticSelect,
  MultiStaticSelect,
  UsersSelect,
  MultiUsersSelect,
  Checkboxes,
  RadioButtons,
  DatePicker,
]);

/** An element that a person can use; the picture of a section is not one. */
export type Element =
  | z.infer<typeof ActionsElement>
  | Exclude<z.infer<typeof Accessory>, { type: 'image' }>
  | z.infer<typeof InputElement>;
