// Keeps an open page current: a stream tells that something changed, and the parts that differ are put in place.
// Without this script the page is the same, and reloads itself once a minute.
const status = document.getElementById('live-status');
const say = (text) => {
  if (status.textContent !== text) status.textContent = text;
};
const utc = () => `${new Date().toISOString().slice(11, 19)} UTC`;
const isField = (element) => element?.matches('input:not([type=hidden]), textarea, select') ?? false;
const isTouched = (field) =>
  field.type === 'radio' || field.type === 'checkbox'
    ? field.checked !== field.defaultChecked
    : isField(field) && field.tagName !== 'SELECT' && field.value !== field.defaultValue;

/** Somebody writes in it, or has opened a form in it: it stays as it is. */
const isBusy = (part) =>
  (part.contains(document.activeElement) && isField(document.activeElement)) ||
  [...part.querySelectorAll('input, textarea')].some(isTouched) ||
  part.querySelector('details[open] form') !== null;

function put(part, next) {
  const open = [...part.querySelectorAll('details[open][id]')].map(({ id }) => id);
  const focused = part.contains(document.activeElement) ? document.activeElement.id : '';
  const fresh = document.importNode(next, true);
  part.replaceWith(fresh);
  for (const id of open) document.getElementById(id)?.setAttribute('open', '');
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

let running = false;
let again = false;
async function refresh(withForms) {
  if (running) return void (again = true);
  running = true;
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' });
    if (answer.status === 401) return say('You are signed out: reload the page.');
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
    let waits = false;
    for (const part of document.querySelectorAll('[data-part]')) {
      const found = next.getElementById(part.id);
      const hasForm = part.querySelector('form') !== null || found?.querySelector('form') !== null;
      if (!found || (hasForm && !withForms) || part.isEqualNode(found)) continue;
      if (isBusy(part)) waits = true;
      else put(part, found);
    }
    if (withForms)
      say(waits ? `Changed at ${utc()}: what you are writing was left as it is.` : `Updated at ${utc()}`);
  } catch {
    say('Not live: the server does not answer.');
  } finally {
    running = false;
    if (again) {
      again = false;
      void refresh(true);
    }
  }
}

const TICK_MS = 30_000;
const RETRY_MS = 5_000;
function listen(isFirst) {
  const source = new EventSource(document.body.dataset.live);
  let lost = !isFirst;
  source.addEventListener('open', () => {
    if (lost) void refresh(true);
    else say('Live');
    lost = false;
  });
  source.addEventListener('changed', () => void refresh(true));
  source.addEventListener('error', () => {
    lost = true;
    say('Not live: trying again.');
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => listen(false), RETRY_MS);
  });
  addEventListener('pagehide', () => source.close(), { once: true });
}
listen(true);
addEventListener('pageshow', (event) => {
  if (event.persisted) listen(false);
});
setInterval(() => {
  if (document.visibilityState === 'visible') void refresh(false);
}, TICK_MS);
