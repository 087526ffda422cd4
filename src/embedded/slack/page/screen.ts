import { html, raw } from 'hono/html';
import { findUser } from '../core.ts';
import type { Core } from '../core.ts';
import { latestTs, seenChannels, seenHome, seenMessages, seenModal, seenToasts } from '../people/sees.ts';
import type { SeenMessage, SeenView } from '../people/sees.ts';
import { blocksHtml } from './blocks.ts';
import { dayOf, formatSlackDate } from './dates.ts';
import type { Drawing, Html } from './elements.ts';
import { mrkdwnHtml } from './mrkdwn.ts';
import type { Reader } from './mrkdwn.ts';

/** A shortcut the page offers in its menus, as the app's manifest would declare it. */
export interface DeclaredShortcut {
  callbackId: string;
  name: string;
  type: 'global' | 'message';
}

/** What the page shows: pieces of HTML that its script puts in their places when they changed. */
export interface Screen {
  sidebar: string;
  title: string;
  main: string;
  thread: string;
  modal: { id: string; html: string } | null;
  toasts: { id: string; text: string; atMs: number }[];
}

/** `place`: a channel's id or `home`. `threadTs`: the thread beside it, or null. */
export async function screenFor(
  core: Core,
  shortcuts: readonly DeclaredShortcut[],
  asked: { userId: string; place: string; threadTs: string | null },
): Promise<Screen> {
  const { userId, place, threadTs } = asked;
  const channel = seenChannels(core, userId).find((one) => one.id === place);
  const modal = seenModal(core, userId);
  const menu = shortcuts.filter((one) => one.type === 'message');
  const list = (thread: string | null) => seenMessages(core, userId, place, thread);
  return {
    sidebar: String(await sidebarHtml(core, userId, place)),
    title: String(
      await (channel === undefined
        ? html`<strong>${core.workspace.app.name}</strong> <span>Home</span>`
        : html`<strong>${channel.kind === 'dm' ? '' : '# '}${channel.name}</strong>
            <span>${channel.topic}</span>`),
    ),
    main: String(
      await (place === 'home' ? homeHtml(core, userId) : listHtml(core, userId, list(null), menu, true)),
    ),
    thread: threadTs === null ? '' : String(await listHtml(core, userId, list(threadTs), menu, false)),
    modal: modal === null ? null : { id: modal.id, html: String(await modalHtml(core, userId, modal)) },
    toasts: seenToasts(core, userId).filter((toast) => core.now() - toast.atMs < 15_000),
  };
}

function readerFor(core: Core, userId: string): Reader {
  const { workspace } = core;
  return {
    timeZone: findUser(core, userId)?.timeZone ?? 'UTC',
    nowMs: core.now(),
    userName: (id) => findUser(core, id)?.realName ?? null,
    channelName: (id) => workspace.channels.find((channel) => channel.id === id)?.name ?? null,
    groupHandle: (id) => workspace.userGroups.find((group) => group.id === id)?.handle ?? null,
  };
}

function sidebarHtml(core: Core, userId: string, place: string): Html {
  const link = (id: string, label: string) =>
    html`<button
      type="button"
      data-do="place"
      data-place="${id}"
      data-latest="${latestTs(core, userId, id)}"
      class="${id === place ? 'here' : ''}"
    >
      ${label}
    </button>`;
  const channels = seenChannels(core, userId);
  return html`<h2>Channels</h2>
    ${channels
      .filter((one) => one.kind !== 'dm')
      .map((one) => link(one.id, `# ${one.name}${one.archived ? ' (archived)' : ''}`))}
    <h2>Apps</h2>
    ${link('home', `${core.workspace.app.name} · Home`)}
    ${channels
      .filter((one) => one.kind === 'dm')
      .map((one) => link(one.id, `${core.workspace.app.name} · Messages`))}`;
}

function homeHtml(core: Core, userId: string): Html {
  const home = seenHome(core, userId);
  if (home === null) return html`<p class="empty">The app has not shown anything here yet.</p>`;
  return html`<div class="view home" data-view="${home.id}">
    ${blocksHtml(drawingFor(core, userId, home), home.blocks)}
  </div>`;
}

function modalHtml(core: Core, userId: string, view: SeenView): Html {
  return html`<div class="view" data-view="${view.id}">
    <header>
      ${
        view.below > 0
          ? html`<button type="button" data-do="close-view" data-all="0" aria-label="Back">←</button>`
          : ''
      }
      <h2>${view.title}</h2>
      <button type="button" data-do="close-view" data-all="1" aria-label="Close">×</button>
    </header>
    <div class="view-body">${blocksHtml(drawingFor(core, userId, view), view.blocks)}</div>
    <footer>
      <button type="button" class="bk-button" data-do="close-view" data-all="0">${view.close}</button>
      ${
        view.submit === null
          ? ''
          : html`<button
              type="button"
              class="bk-button primary"
              data-do="submit"
              ${raw(view.submitDisabled ? 'disabled' : '')}
            >
              ${view.submit}
            </button>`
      }
    </footer>
  </div>`;
}

function drawingFor(core: Core, userId: string, view: SeenView | null): Drawing {
  const people = core.workspace.users.filter((user) => !user.deleted && !user.isBot);
  return {
    reader: readerFor(core, userId),
    people: people.map(({ id, realName }) => ({ id, name: realName })),
    values: view?.values ?? {},
    errors: view?.errors ?? {},
  };
}

function listHtml(
  core: Core,
  userId: string,
  messages: SeenMessage[],
  menu: DeclaredShortcut[],
  withThreads: boolean,
): Html {
  if (messages.length === 0) return html`<p class="empty">Nothing here yet.</p>`;
  const drawing = drawingFor(core, userId, null);
  let day = '';
  return html`${messages.map((message) => {
    const at = new Date(Number(message.ts) * 1_000);
    const today = dayOf(at, drawing.reader.timeZone);
    const words = formatSlackDate(
      Number(message.ts),
      '{date_long_pretty}',
      drawing.reader.timeZone,
      core.now(),
    );
    const divider = today === day ? '' : html`<div class="day"><span>${words}</span></div>`;
    day = today;
    return html`${divider}${messageHtml(drawing, message, menu, withThreads)}`;
  })}`;
}

function messageHtml(
  drawing: Drawing,
  message: SeenMessage,
  menu: DeclaredShortcut[],
  withThreads: boolean,
): Html {
  const { author } = message;
  const time = formatSlackDate(Number(message.ts), '{time}', drawing.reader.timeZone, drawing.reader.nowMs);
  const shade = [...author.id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6;
  const initials = author.name
    .split(' ')
    .map((word) => word[0] ?? '')
    .join('');
  return html`<article class="message" data-channel="${message.channel}" data-ts="${message.ts}">
    <div class="avatar ${author.isApp ? 'app' : `shade-${shade}`}" aria-hidden="true">${initials}</div>
    <div class="content">
      <div class="by">
        <strong>${author.name}</strong> ${author.isApp ? html`<span class="badge">APP</span>` : ''}
        <time>${time}</time>
        ${message.pinned ? html`<span class="note">📌 Pinned</span>` : ''}
        ${message.onlyVisibleToYou ? html`<span class="note">Only visible to you</span>` : ''}
        ${menuHtml(menu)}
      </div>
      ${bodyHtml(drawing, message)}
      ${message.files.map(
        (file) =>
          html`<p class="file">
            <a href="${file.path}">📄 ${file.title}</a> <small>${file.lengthBytes} bytes</small>
          </p>`,
      )}
      ${message.reactions.map(({ name, count }) => html`<span class="reaction">:${name}: ${count}</span>`)}
      ${
        withThreads && message.replyCount > 0
          ? html`<button type="button" class="replies" data-do="thread" data-thread="${message.ts}">
              ${message.replyCount} ${message.replyCount === 1 ? 'reply' : 'replies'}
            </button>`
          : ''
      }
    </div>
  </article>`;
}

function bodyHtml(plain: Drawing, message: SeenMessage): Html {
  const drawing = { ...plain, values: message.values };
  const attachments = message.attachments.map(
    (one) => html`<div class="attachment">${blocksHtml(drawing, one.blocks)}</div>`,
  );
  const edited = message.edited ? html`<span class="edited">(edited)</span>` : '';
  if (message.blocks.length > 0) return html`${blocksHtml(drawing, message.blocks)}${attachments}${edited}`;
  return html`<div class="text">${raw(mrkdwnHtml(message.text, drawing.reader))} ${edited}</div>
    ${attachments}`;
}

function menuHtml(menu: DeclaredShortcut[]): Html | '' {
  if (menu.length === 0) return '';
  return html`<details class="menu">
    <summary aria-label="More actions">⋯</summary>
    <div>
      ${menu.map(
        ({ callbackId, name }) =>
          html`<button type="button" data-do="message-shortcut" data-callback="${callbackId}">
            ${name}
          </button>`,
      )}
    </div>
  </details>`;
}
