// Keeps an open page current: a stream tells that something changed, and the parts that differ are put in place.
// Times are written in the reader's zone, or in UTC if they would rather.
// Without this script the page is the same, in UTC, and reloads itself once a minute.
const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const isHereUtc = /^(Etc\/)?(UTC|GMT|Zulu|UCT)$/.test(HERE);
const REMEMBERED = 'holdpoint-zone';
const inHere = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
const inUtc = (moment) => moment.toISOString().slice(0, 16).replace('T', ' ');

function remembered() {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}
let isLocal = !isHereUtc && remembered() !== 'UTC';

/** Writes every time of a document in the zone that the reader wants; the other stands in its title. */
function localised(root) {
  for (const element of root.querySelectorAll('time[datetime]')) {
    const moment = new Date(element.dateTime);
    const words = isLocal ? inHere.format(moment) : inUtc(moment);
    if (element.classList.contains('when')) {
      element.textContent = words;
      if (isLocal) element.title = `${inUtc(moment)} UTC`;
      else element.removeAttribute('title');
    } else element.title = isLocal ? `${words} (${inUtc(moment)} UTC)` : `${words} UTC`;
  }
  return root;
}

const zone = document.getElementById('zone');
const zoneSwitch = document.getElementById('zone-switch');
function showZone() {
  localised(document);
  zone.textContent = isLocal ? `Times are in ${HERE}.` : 'All times are UTC.';
  zoneSwitch.textContent = isLocal ? 'Show UTC' : `Show ${HERE}`;
  zoneSwitch.hidden = isHereUtc;
}
zoneSwitch.addEventListener('click', () => {
  isLocal = !isLocal;
  try {
    localStorage.setItem(REMEMBERED, isLocal ? 'here' : 'UTC');
  } catch {
    // Asked again on the next page.
  }
  showZone();
});
showZone();

const status = document.getElementById('live-status');
const say = (text) => {
  if (status.textContent !== text) status.textContent = text;
};
const nowWords = () =>
  isLocal ? new Date().toTimeString().slice(0, 8) : `${new Date().toISOString().slice(11, 19)} UTC`;
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
    const next = localised(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    let waits = false;
    for (const part of document.querySelectorAll('[data-part]')) {
      const found = next.getElementById(part.id);
      const hasForm = part.querySelector('form') !== null || found?.querySelector('form') !== null;
      if (!found || (hasForm && !withForms) || part.isEqualNode(found)) continue;
      if (isBusy(part)) waits = true;
      else put(part, found);
    }
    if (withForms)
      say(
        waits
          ? `Changed at ${nowWords()}: what you are writing was left as it is.`
          : `Updated at ${nowWords()}`,
      );
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
if (document.body.dataset.live) {
  listen(true);
  addEventListener('pageshow', (event) => {
    if (event.persisted) listen(false);
  });
  setInterval(() => {
    if (document.visibilityState === 'visible') void refresh(false);
  }, TICK_MS);
}
