import type { Button, KnownBlock, Option, PlainTextOption } from '@slack/types';
import { actionId, clickValue, type Click } from '../action-ids.ts';
import { cut, outside, plain } from './text.ts';

/** A button that means a click. `apart` tells buttons of one block apart. */
export const button = (
  label: string,
  click: Click,
  options: { style?: 'primary' | 'danger'; apart?: string } = {},
): Button => ({
  type: 'button',
  action_id: actionId(click.do, options.apart),
  text: plain(label, 75),
  value: clickValue(click),
  ...(options.style ? { style: options.style } : {}),
});

export const actions = (blockId: string, buttons: Button[]): KnownBlock[] =>
  buttons.length === 0 ? [] : [{ type: 'actions', block_id: blockId, elements: buttons.slice(0, 25) }];

const ON_ENTER: { trigger_actions_on: 'on_enter_pressed'[] } = { trigger_actions_on: ['on_enter_pressed'] };

/** Every field's element has this id; fields are told apart by their block. */
export const FIELD = 'value';

interface FieldOptions {
  hint?: string;
  optional?: boolean;
  /** The app hears of each change at once, by the element's id `FIELD` and the block's own id. */
  told?: boolean;
}
const common = (options: FieldOptions) => ({
  ...(options.told ? { dispatch_action: true } : {}),
  ...(options.optional ? { optional: true } : {}),
  ...(options.hint ? { hint: plain(options.hint, 2_000) } : {}),
});

/** A text field. Slack allows 3,000 characters. */
export const textField = (
  blockId: string,
  label: string,
  options: FieldOptions & {
    multiline?: boolean;
    initial?: string;
    placeholder?: string;
    min?: number;
    max?: number;
  } = {},
): KnownBlock => ({
  type: 'input',
  block_id: blockId,
  label: plain(label, 150),
  element: {
    type: 'plain_text_input',
    action_id: FIELD,
    multiline: options.multiline ?? false,
    max_length: options.max ?? 3_000,
    ...(options.min ? { min_length: options.min } : {}),
    ...(options.initial ? { initial_value: cut(options.initial, options.max ?? 3_000) } : {}),
    ...(options.placeholder ? { placeholder: plain(options.placeholder, 150) } : {}),
  },
  ...common(options),
});

export const numberField = (
  blockId: string,
  label: string,
  options: FieldOptions & { min?: number; max?: number } = {},
): KnownBlock => ({
  type: 'input',
  block_id: blockId,
  label: plain(label, 150),
  element: {
    type: 'number_input',
    action_id: FIELD,
    is_decimal_allowed: false,
    ...(options.told ? { dispatch_action_config: ON_ENTER } : {}),
    ...(options.min === undefined ? {} : { min_value: String(options.min) }),
    ...(options.max === undefined ? {} : { max_value: String(options.max) }),
  },
  ...common(options),
});

/** One of a few; `description` is a second line. Words are plain text, cut at Slack's 75 characters. */
export interface Choice {
  value: string;
  label: string;
  description?: string;
}
const optionOf = (choice: Choice): PlainTextOption => ({
  value: choice.value,
  text: plain(outside(choice.label, 75), 75),
  ...(choice.description ? { description: plain(outside(choice.description, 75), 75) } : {}),
});

export const radioField = (
  blockId: string,
  label: string,
  choices: Choice[],
  options: FieldOptions & { initial?: string } = {},
): KnownBlock => {
  const all = choices.slice(0, 10).map(optionOf);
  const initial = all.find((option) => option.value === options.initial);
  return {
    type: 'input',
    block_id: blockId,
    label: plain(label, 150),
    element: {
      type: 'radio_buttons',
      action_id: FIELD,
      options: all,
      ...(initial ? { initial_option: initial } : {}),
    },
    ...common(options),
  };
};

export const selectField = (
  blockId: string,
  label: string,
  choices: Choice[],
  options: FieldOptions & { initial?: string; placeholder?: string } = {},
): KnownBlock => {
  const all = choices.slice(0, 100).map(optionOf);
  const initial = all.find((option) => option.value === options.initial);
  return {
    type: 'input',
    block_id: blockId,
    label: plain(label, 150),
    element: {
      type: 'static_select',
      action_id: FIELD,
      options: all,
      ...(options.placeholder ? { placeholder: plain(options.placeholder, 150) } : {}),
      ...(initial ? { initial_option: initial } : {}),
    },
    ...common(options),
  };
};

/** Boxes to tick, at most ten. */
export const tickField = (
  blockId: string,
  label: string,
  choices: Choice[],
  options: FieldOptions & { ticked?: string[] } = {},
): KnownBlock => {
  const all: Option[] = choices.slice(0, 10).map(optionOf);
  const ticked = all.filter((option) => options.ticked?.includes(option.value ?? ''));
  return {
    type: 'input',
    block_id: blockId,
    label: plain(label, 150),
    element: {
      type: 'checkboxes',
      action_id: FIELD,
      options: all,
      ...(ticked.length > 0 ? { initial_options: ticked } : {}),
    },
    ...common({ optional: true, ...options }),
  };
};

export const personField = (blockId: string, label: string): KnownBlock => ({
  type: 'input',
  block_id: blockId,
  label: plain(label, 150),
  element: { type: 'users_select', action_id: FIELD },
});
