import { html, raw } from 'hono/html';
import type { Element } from '../block-kit/elements.ts';
import type { Confirm, Option, Text } from '../block-kit/objects.ts';
import { optionsOf } from '../block-kit/validate.ts';
import type { PersonInput } from '../people/fields.ts';
import { mrkdwnHtml, plainHtml, webUrl } from './mrkdwn.ts';
import type { Reader } from './mrkdwn.ts';

export type Html = ReturnType<typeof html>;

/** What it takes to draw the elements of one message or view. */
export interface Drawing {
  reader: Reader;
  people: { id: string; name: string }[];
  /** block_id → action_id → what is entered; empty for messages. */
  values: Record<string, Record<string, PersonInput>>;
  errors: Record<string, string>;
}

export function textHtml(text: Text, reader: Reader): Html {
  return raw(text.type === 'mrkdwn' ? mrkdwnHtml(text.text, reader) : plainHtml(text.text));
}

/** One interactive element. `dispatch`: the app hears of a change at once. */
export function elementHtml(drawing: Drawing, blockId: string, element: Element, dispatch: boolean): Html {
  if (element.type === 'button') return buttonHtml(blockId, element);
  const actionId = element.action_id ?? '';
  const value = drawing.values[blockId]?.[actionId] ?? null;
  return html`<div
    class="field"
    data-block="${blockId}"
    data-action="${actionId}"
    data-kind="${element.type}"
    data-dispatch="${dispatch ? '1' : '0'}"
    data-confirm="${confirmJson(element)}"
  >
    ${controlHtml(drawing, element, value, `${blockId}/${actionId}`)}
  </div>`;
}

function buttonHtml(blockId: string, button: Extract<Element, { type: 'button' }>): Html {
  return html`<button
    type="button"
    class="bk-button ${button.style ?? ''}"
    data-do="press"
    data-block="${blockId}"
    data-action="${button.action_id ?? ''}"
    data-opens="${webUrl(button.url ?? '') ?? ''}"
    data-confirm="${confirmJson(button)}"
    aria-label="${button.accessibility_label ?? button.text.text}"
  >
    ${raw(plainHtml(button.text.text))}
  </button>`;
}

type Stateful = Exclude<Element, { type: 'button' }>;

function controlHtml(drawing: Drawing, element: Stateful, value: PersonInput, name: string): Html {
  const one = typeof value === 'string' ? value : '';
  const many = Array.isArray(value) ? value : [];
  switch (element.type) {
    case 'plain_text_input':
      return element.multiline === true
        ? html`<textarea name="${name}" rows="4" placeholder="${hint(element)}">${one}</textarea>`
        : html`<input type="text" name="${name}" value="${one}" placeholder="${hint(element)}" />`;
    case 'number_input':
      return html`<input
        type="text"
        inputmode="decimal"
        name="${name}"
        value="${one}"
        placeholder="${hint(element)}"
      />`;
    case 'datepicker':
      return html`<input type="date" name="${name}" value="${one}" />`;
    case 'static_select':
      return selectHtml(name, hint(element), choicesOf(element), one);
    case 'users_select':
      return selectHtml(name, hint(element), drawing.people, one);
    case 'overflow':
      return selectHtml(name, '⋯', choicesOf(element), '');
    case 'multi_static_select':
      return boxesHtml(drawing, name, 'checkbox', optionsOf(element), many, true);
    case 'multi_users_select':
      return boxesHtml(drawing, name, 'checkbox', drawing.people.map(personOption), many, true);
    case 'checkboxes':
      return boxesHtml(drawing, name, 'checkbox', element.options, many, false);
    case 'radio_buttons':
      return boxesHtml(drawing, name, 'radio', element.options, [one], false);
    default:
      return element satisfies never;
  }
}

function selectHtml(
  name: string,
  placeholder: string,
  choices: { id: string; name: string }[],
  chosen: string,
): Html {
  return html`<select name="${name}" aria-label="${placeholder}">
    <option value="">${placeholder === '' ? 'Select…' : placeholder}</option>
    ${choices.map(
      ({ id, name: label }) =>
        html`<option value="${id}" ${raw(id === chosen ? 'selected' : '')}>${label}</option>`,
    )}
  </select>`;
}

function boxesHtml(
  drawing: Drawing,
  name: string,
  type: 'checkbox' | 'radio',
  options: Option[],
  chosen: string[],
  scrolls: boolean,
): Html {
  return html`<div class="boxes ${scrolls ? 'scrolls' : ''}">
    ${options.map(
      (option) =>
        html`<label class="box">
          <input
            type="${type}"
            name="${name}"
            value="${option.value}"
            ${raw(chosen.includes(option.value) ? 'checked' : '')}
          />
          <span>
            ${textHtml(option.text, drawing.reader)}
            ${
              option.description === undefined
                ? ''
                : html`<small>${textHtml(option.description, drawing.reader)}</small>`
            }
          </span>
        </label>`,
    )}
  </div>`;
}

const personOption = ({ id, name }: { id: string; name: string }): Option => ({
  text: { type: 'plain_text', text: name },
  value: id,
});

const choicesOf = (element: Element): { id: string; name: string }[] =>
  optionsOf(element).map((option) => ({ id: option.value, name: option.text.text }));

function hint(element: Stateful): string {
  return 'placeholder' in element ? (element.placeholder?.text ?? '') : '';
}

/** The confirmation a client asks for before it sends, as plain words for the page's dialog. */
function confirmJson(element: { confirm?: Confirm | undefined } | Element): string {
  const confirm = 'confirm' in element ? element.confirm : undefined;
  if (confirm === undefined) return '';
  const { title, text, confirm: yes, deny, style = 'primary' } = confirm;
  return JSON.stringify({ title: title.text, text: text.text, confirm: yes.text, deny: deny.text, style });
}
