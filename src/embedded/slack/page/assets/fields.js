// Reads and fills the controls of one Block Kit element, whatever its kind.

export const keyOf = (field) => `${field.dataset.block}/${field.dataset.action}`;

export function fieldOf(root, key) {
  return [...root.querySelectorAll('.field')].find((field) => keyOf(field) === key) ?? null;
}

const LISTS = ['checkboxes', 'multi_static_select', 'multi_users_select'];

export function valueOf(field) {
  if (field === null) return null;
  const ticked = [...field.querySelectorAll('input:checked')].map((input) => input.value);
  if (LISTS.includes(field.dataset.kind)) return ticked;
  if (field.dataset.kind === 'radio_buttons') return ticked[0] ?? null;
  const value = field.querySelector('input, textarea, select').value;
  return value === '' ? null : value;
}

export function setValue(field, value) {
  if (field === null) return;
  for (const input of field.querySelectorAll('input, textarea, select')) {
    if (input.type === 'checkbox' || input.type === 'radio')
      input.checked = [value].flat().includes(input.value);
    else input.value = value ?? '';
  }
}
