import { html } from 'hono/html';
import { FORM } from '../../http/forms/read.ts';
import { MOST_WORDS, type DecisionForm, type Field } from '../../http/forms/form.ts';
import type { Html } from './layout.ts';

/** What makes a form the person's own: where it is sent, its token, and an id of this very copy of it. */
export interface Copy {
  action: string;
  token: string;
  once: () => string;
}

const MOST_LINE = 1_000;

function control(field: Field, id: string): Html {
  switch (field.kind) {
    case 'hidden':
      return html`<input type="hidden" name="${field.name}" value="${field.value}" />`;
    case 'line':
      return html`<input
        type="text"
        id="${id}"
        name="${field.name}"
        value="${field.value ?? ''}"
        maxlength="${MOST_LINE}"
        ${field.required ? 'required' : ''}
      />`;
    case 'lines':
      return html`<textarea
        id="${id}"
        name="${field.name}"
        rows="3"
        maxlength="${MOST_WORDS}"
        ${field.required ? 'required' : ''}
      >
${field.value ?? ''}</textarea>`;
    case 'number':
      return html`<input
        type="number"
        id="${id}"
        name="${field.name}"
        min="${field.min}"
        max="${field.max ?? 1_000_000}"
        ${field.required ? 'required' : ''}
      />`;
    case 'choice':
      return html`${field.options.map(
        ({ value, label, hint }) =>
          html`<label class="option"
            ><input
              type="radio"
              name="${field.name}"
              value="${value}"
              ${field.required ? 'required' : ''}
              ${value === field.value ? 'checked' : ''}
            />
            ${label}${hint ? html` <span class="hint">${hint}</span>` : ''}</label
          >`,
      )}`;
    case 'ticks':
      return html`${field.options.map(
        ({ value, label }) =>
          html`<label class="option"
            ><input type="checkbox" name="${field.name}" value="${value}" autocomplete="off" />
            ${label}</label
          >`,
      )}`;
  }
}

function row(field: Field, formId: string): Html {
  const id = `${formId}-${field.name}`;
  if (field.kind === 'hidden') return control(field, id);
  if (field.kind === 'choice' || field.kind === 'ticks')
    return html`<fieldset>
      <legend>${field.label}</legend>
      ${control(field, id)}
    </fieldset>`;
  const hint = field.hint ? html`<span class="hint">${field.hint}</span>` : '';
  return html`<div class="field">
    <label for="${id}">${field.label}${field.required ? '' : ' (optional)'}</label>
    ${control(field, id)} ${hint}
  </div>`;
}

/** One decision as a form that works without scripts. */
export const formHtml = (form: DecisionForm, { action, token, once }: Copy): Html =>
  html`<form method="post" action="${action}" id="${form.id}" class="decision">
    <h3>${form.title}</h3>
    ${form.explain.filter(Boolean).map((sentence) => html`<p>${sentence}</p>`)}
    <input type="hidden" name="${FORM.token}" value="${token}" />
    <input type="hidden" name="${FORM.once}" value="${once()}" />
    <input type="hidden" name="${FORM.id}" value="${form.id}" />
    <input type="hidden" name="${FORM.type}" value="${form.type}" />
    ${form.fields.map((field) => row(field, form.id))}
    <button type="submit" class="${form.style}">${form.submit}</button>
  </form>`;

/** A form that opens at a tap: what can wait is folded. */
export const foldedForm = (form: DecisionForm, copy: Copy): Html =>
  html`<details>
    <summary>${form.title}</summary>
    ${formHtml(form, copy)}
  </details>`;
