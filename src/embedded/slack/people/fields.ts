import { elementsOf } from '../block-kit/blocks.ts';
import type { Block } from '../block-kit/blocks.ts';
import type { Element } from '../block-kit/elements.ts';
import type { Option } from '../block-kit/objects.ts';
import { optionsOf } from '../block-kit/validate.ts';
import type { Entered } from '../workspace/model.ts';

/** What a person types, picks or ticks: text, a number as text, an option, several options, people, a date. */
export type PersonInput = string | string[] | null;

/** Names an element by any of these; what a person would say is its label. */
export interface ElementQuery {
  actionId?: string | undefined;
  blockId?: string | undefined;
  label?: string | undefined;
}

export interface Found {
  element: Element;
  block: Block;
  blockId: string;
  actionId: string;
}

/** The one element a query means. Throws when there is none or more than one, and lists what is there. */
export function findElement(blocks: Block[], query: ElementQuery): Found {
  const all = allElements(blocks);
  const found = all.filter(
    (one) =>
      (query.actionId === undefined || one.actionId === query.actionId) &&
      (query.blockId === undefined || one.blockId === query.blockId) &&
      (query.label === undefined || labelOf(one) === query.label),
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const there = all.map((one) => `${one.blockId}/${one.actionId} "${labelOf(one)}"`).join(', ');
  throw new Error(
    `${found.length === 0 ? 'No element' : `${found.length} elements`} for ${JSON.stringify(query)}; there: ${there}`,
  );
}

/** The element that a key of submitted values names: `block_id`, `block_id/action_id`, or a label. */
export function findField(blocks: Block[], key: string): Found {
  const all = allElements(blocks);
  const exact = all.find((one) => `${one.blockId}/${one.actionId}` === key);
  if (exact !== undefined) return exact;
  return findElement(blocks, all.some((one) => one.blockId === key) ? { blockId: key } : { label: key });
}

export function allElements(blocks: Block[]): Found[] {
  return blocks.flatMap((block) =>
    elementsOf(block).map((element) => ({
      element,
      block,
      blockId: block.block_id ?? '',
      actionId: element.action_id ?? '',
    })),
  );
}

/** What a person reads on or beside an element. */
function labelOf({ element, block }: Found): string {
  if (element.type === 'button') return element.text.text;
  if (block.type === 'input') return block.label.text;
  if ('placeholder' in element && element.placeholder !== undefined) return element.placeholder.text;
  return block.type === 'section' ? (block.text?.text ?? '') : '';
}

/** Turns what a person did into what Slack reports. Throws when a real client would not let them. */
export function entryFor(element: Element, input: PersonInput): Entered {
  const { type } = element;
  switch (type) {
    case 'plain_text_input':
    case 'number_input': {
      const value = single(input);
      return { type, value: value === '' ? null : value };
    }
    case 'static_select':
    case 'radio_buttons': {
      const wanted = single(input);
      return { type, selected_option: wanted === null ? null : optionFor(element, wanted) };
    }
    case 'overflow':
      return { type, selected_option: optionFor(element, single(input) ?? '') };
    case 'multi_static_select':
    case 'checkboxes':
      return { type, selected_options: many(element, input).map((wanted) => optionFor(element, wanted)) };
    case 'users_select':
      return { type, selected_user: single(input) };
    case 'multi_users_select':
      return { type, selected_users: many(element, input) };
    case 'datepicker': {
      const date = single(input);
      if (date !== null && !/^\d{4}-\d{2}-\d{2}$/.test(date))
        throw new Error(`${date} is not a date YYYY-MM-DD`);
      return { type, selected_date: date };
    }
    case 'button':
      throw new Error('A button holds nothing; click it');
    default:
      return type satisfies never;
  }
}

/** What is wrong with an entered field, in the words a Slack client shows; null when nothing is. */
export function fieldError(block: Block, element: Element, entry: Entered | undefined): string | null {
  if (block.type !== 'input') return null;
  const value = entry === undefined ? null : entered(entry);
  const empty = value === null || value === '' || (Array.isArray(value) && value.length === 0);
  if (empty) return block.optional === true ? null : 'Please complete this required field.';
  if (element.type === 'plain_text_input' && typeof value === 'string') return lengthError(element, value);
  if (element.type === 'number_input' && typeof value === 'string') return numberError(element, value);
  return null;
}

/** The value inside an entry: text, option value(s), user(s), date; null when nothing was entered. */
export function entered(entry: Entered): unknown {
  const values = Object.entries(entry).filter(([key]) => key !== 'type');
  return values[0]?.[1] ?? null;
}

function lengthError(
  element: { min_length?: number | undefined; max_length?: number | undefined },
  value: string,
) {
  if (element.min_length !== undefined && value.length < element.min_length) {
    return `Please enter at least ${element.min_length} characters.`;
  }
  const most = element.max_length ?? 3_000;
  return value.length > most ? `Please enter no more than ${most} characters.` : null;
}

function numberError(element: Extract<Element, { type: 'number_input' }>, value: string): string | null {
  const number = Number(value);
  if (!Number.isFinite(number)) return 'Please enter a number.';
  if (!element.is_decimal_allowed && !Number.isInteger(number)) return 'Please enter a whole number.';
  if (element.min_value !== undefined && number < Number(element.min_value)) {
    return `Please enter a number of at least ${element.min_value}.`;
  }
  if (element.max_value !== undefined && number > Number(element.max_value)) {
    return `Please enter a number of at most ${element.max_value}.`;
  }
  return null;
}

/** An option by its value, its text, or its place as the page and person API name it (`option:3`). */
function optionFor(element: Element, wanted: string): Option {
  const options = optionsOf(element);
  const place = /^option:(\d+)$/.exec(wanted)?.[1];
  const found =
    options.find((option) => option.value === wanted) ??
    options.find((option) => option.text.text === wanted) ??
    (place === undefined ? undefined : options[Number(place)]);
  if (found === undefined) {
    throw new Error(`No option "${wanted}"; there: ${options.map((option) => option.text.text).join(', ')}`);
  }
  return found;
}

function single(input: PersonInput): string | null {
  if (Array.isArray(input)) throw new Error('This element takes one value, not a list');
  return input;
}

function many(element: Element, input: PersonInput): string[] {
  const list = input === null ? [] : Array.isArray(input) ? input : [input];
  const most = 'max_selected_items' in element ? element.max_selected_items : undefined;
  if (most !== undefined && list.length > most) throw new Error(`No more than ${most} may be selected`);
  return list;
}
