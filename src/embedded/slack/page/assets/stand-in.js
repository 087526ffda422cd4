// The script of the stand-in's page. It only fetches what the chosen person sees and sends what they do.

import { fieldOf, keyOf, setValue, valueOf } from './fields.js';

const el = (id) => document.getElementById(id);
const shown = { sidebar: '', title: '', main: '', thread: '', modal: '' };
const seenToasts = new Set();
const touched = new Set();
let modalId = null;

function where() {
  const asked = new URLSearchParams(location.hash.slice(1));
  return {
    person: asked.get('person') ?? el('person').value,
    place: asked.get('place') ?? '',
    thread: asked.get('thread') ?? '',
    message: asked.get('message') ?? '',
  };
}

function go(change) {
  const next = { ...where(), message: '', ...change };
  location.hash = new URLSearchParams(Object.entries(next).filter(([, value]) => value !== '')).toString();
}

const personPath = () => `/stand-in/people/${encodeURIComponent(where().person)}`;

// ---- showing -------------------------------------------------------------------------------------------------

let loading = null;
let again = false;

/** Fetches the screen; calls while one is under way are answered by one more fetch. */
async function load() {
  if (loading !== null) {
    again = true;
    return await loading;
  }
  loading = fetchAndShow().finally(() => {
    loading = null;
  });
  await loading;
  if (again) {
    again = false;
    await load();
  }
}

async function fetchAndShow() {
  const { place, thread } = where();
  const query = new URLSearchParams({ place, ...(thread === '' ? {} : { thread }) });
  const response = await fetch(`${personPath()}/screen?${query}`).catch(() => null);
  if (response === null || !response.ok) return toast('The stand-in does not answer.');
  const screen = await response.json();
  swap('sidebar', el('sidebar'), screen.sidebar);
  if (place === '') {
    const first = el('sidebar').querySelector('[data-place]');
    if (first !== null) go({ place: first.dataset.place });
    return;
  }
  markUnread();
  swap('title', el('title'), screen.title);
  swapList('main', el('messages'), screen.main);
  swapList('thread', el('thread'), screen.thread);
  el('composer').hidden = place === 'home';
  el('thread-pane').hidden = thread === '';
  showModal(screen.modal);
  for (const { id, text } of screen.toasts) {
    if (!seenToasts.has(id)) toast(text);
    seenToasts.add(id);
  }
  pointAtMessage();
}

/** Marks what came into other channels since this browser last showed them to this person. */
function markUnread() {
  const { person, place } = where();
  for (const link of el('sidebar').querySelectorAll('[data-latest]')) {
    const key = `read ${person} ${link.dataset.place}`;
    if (link.dataset.place === place) localStorage.setItem(key, link.dataset.latest);
    link.classList.toggle('unread', link.dataset.latest > (localStorage.getItem(key) ?? ''));
  }
}

function swap(name, element, html) {
  if (shown[name] === html) return false;
  shown[name] = html;
  element.innerHTML = html;
  return true;
}

function swapList(name, element, html) {
  const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 80;
  if (swap(name, element, html) && atEnd)
    element.scrollTop = where().place === 'home' ? 0 : element.scrollHeight;
}

function pointAtMessage() {
  const { message } = where();
  const found = message === '' ? null : document.querySelector(`[data-ts="${CSS.escape(message)}"]`);
  if (found === null || found.classList.contains('pointed')) return;
  found.classList.add('pointed');
  found.scrollIntoView({ block: 'center' });
}

/** Shows the modal on top; what was typed and not yet sent stays in fields of the same name. */
function showModal(modal) {
  const dialog = el('modal');
  if (modal === null) {
    shown.modal = '';
    modalId = null;
    touched.clear();
    if (dialog.open) dialog.close();
    dialog.replaceChildren();
    return;
  }
  if (modal.id !== modalId) touched.clear();
  const typed = new Map([...touched].map((key) => [key, valueOf(fieldOf(dialog, key))]));
  const focus = document.activeElement?.name;
  if (!swap('modal', dialog, modal.html)) return;
  for (const [key, value] of typed) setValue(fieldOf(dialog, key), value);
  if (!dialog.open) dialog.showModal();
  const fresh = modal.id !== modalId;
  modalId = modal.id;
  if (fresh) dialog.querySelector('.field :is(input, textarea, select)')?.focus();
  else if (focus) dialog.querySelector(`[name="${CSS.escape(focus)}"]`)?.focus();
  dialog.querySelector('.bk-error')?.scrollIntoView({ block: 'center' });
}

function toast(text) {
  const note = document.createElement('p');
  note.textContent = text;
  el('toasts').append(note);
  // Shown anew each time, so that it lies above an open modal.
  el('toasts').hidePopover();
  el('toasts').showPopover();
  setTimeout(() => {
    note.remove();
    if (el('toasts').children.length === 0) el('toasts').hidePopover();
  }, 9_000);
}

// ---- acting --------------------------------------------------------------------------------------------------

async function act(name, body, busy) {
  busy?.classList.add('busy');
  if (busy) busy.disabled = true;
  try {
    const response = await fetch(`${personPath()}/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) toast(answer.error);
    return answer;
  } catch {
    toast('The stand-in does not answer.');
    return null;
  } finally {
    busy?.classList.remove('busy');
    if (busy) busy.disabled = false;
    await load();
  }
}

/** Asks first where the app wants that; resolves to what the person chose. */
async function confirmed(json) {
  if (!json) return true;
  const { title, text, confirm, deny, style } = JSON.parse(json);
  const dialog = el('confirm');
  const [no, yes] = dialog.querySelectorAll('button');
  dialog.querySelector('h2').textContent = title;
  dialog.querySelector('p').textContent = text;
  no.textContent = deny;
  yes.textContent = confirm;
  yes.className = `bk-button ${style}`;
  dialog.showModal();
  return await new Promise((resolve) => {
    const done = (answer) => {
      dialog.close();
      resolve(answer);
    };
    no.onclick = () => done(false);
    yes.onclick = () => done(true);
    dialog.oncancel = () => done(false);
  });
}

function targetOf(element) {
  const view = element.closest('[data-view]');
  const message = element.closest('[data-ts]');
  const place = view
    ? { view: view.dataset.view }
    : { channel: message.dataset.channel, ts: message.dataset.ts };
  return { inView: view !== null, place };
}

const does = {
  place: async (button) => {
    el('nav').classList.remove('open');
    go({ place: button.dataset.place, thread: '' });
    if (button.dataset.place === 'home') await act('open-home', {});
  },
  nav: () => el('nav').classList.toggle('open'),
  thread: (button) => go({ thread: button.dataset.thread }),
  'close-thread': () => {
    el('thread-pane').hidden = true;
    swap('thread', el('thread'), '');
    go({ thread: '' });
  },
  press: async (button) => {
    if (!(await confirmed(button.dataset.confirm))) return;
    if (button.dataset.opens) window.open(button.dataset.opens, '_blank', 'noopener');
    const { inView, place } = targetOf(button);
    const named = { blockId: button.dataset.block, actionId: button.dataset.action };
    await act(inView ? 'view-click' : 'click', { ...place, ...named }, button);
  },
  submit: async (button) => {
    const view = button.closest('[data-view]');
    const values = {};
    for (const field of view.querySelectorAll('.field')) values[keyOf(field)] = valueOf(field);
    touched.clear();
    await act('submit', { view: view.dataset.view, values }, button);
  },
  'close-view': async (button) => {
    const view = button.closest('[data-view]').dataset.view;
    await act('close', { view, all: button.dataset.all === '1' }, button);
  },
  shortcut: async (button) => {
    button.closest('details').open = false;
    await act('shortcut', { callbackId: button.dataset.callback });
  },
  'message-shortcut': async (button) => {
    button.closest('details').open = false;
    await act('message-shortcut', { ...targetOf(button).place, callbackId: button.dataset.callback });
  },
};

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-do]');
  if (button !== null) void does[button.dataset.do](button);
});

document.addEventListener('change', async (event) => {
  const field = event.target.closest('.field');
  if (field === null) return;
  const { inView, place } = targetOf(field);
  if (inView) touched.add(keyOf(field));
  if (inView && field.dataset.dispatch !== '1') return;
  const input = valueOf(field);
  if (field.dataset.kind === 'overflow' && input === null) return;
  if (!(await confirmed(field.dataset.confirm))) return;
  const named = { blockId: field.dataset.block, actionId: field.dataset.action, input };
  await act(inView ? 'enter' : 'select', { ...place, ...named });
  if (field.dataset.kind === 'overflow') setValue(field, null);
});

document.addEventListener('input', (event) => {
  const field = event.target.closest('dialog .field');
  if (field !== null) touched.add(keyOf(field));
});

el('modal').addEventListener('cancel', (event) => {
  event.preventDefault();
  void act('close', { view: modalId, all: false });
});

el('modal').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target.matches('input[type="text"]')) {
    el('modal').querySelector('[data-do="submit"]')?.click();
  }
});

el('composer').addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = el('compose').value.trim();
  if (text === '') return;
  el('compose').value = '';
  const { place } = where();
  const command = /^(\/\S+)\s*(.*)$/.exec(text);
  if (command === null) await act('say', { channel: place, text });
  else await act('slash', { command: command[1], text: command[2], channel: place });
});

el('thread-composer').addEventListener('submit', async (event) => {
  event.preventDefault();
  const input = event.target.querySelector('input');
  const text = input.value.trim();
  if (text === '') return;
  input.value = '';
  const { place, thread } = where();
  await act('say', { channel: place, text, threadTs: thread });
});

el('person').addEventListener('change', () => go({ person: el('person').value, place: '', thread: '' }));

window.addEventListener('hashchange', () => {
  el('person').value = where().person;
  el('messages').scrollTop = el('messages').scrollHeight;
  void load();
});

el('person').value = where().person;
void load();
const changes = new EventSource('/stand-in/changes');
changes.addEventListener('message', () => void load());
