import { html } from 'hono/html';
import type { Core } from '../core.ts';
import { peopleWhoCanAct } from '../people/routes.ts';
import type { Html } from './elements.ts';
import type { DeclaredShortcut } from './screen.ts';

/** The page without what a person sees; its script fills the empty places. */
export function shellHtml(core: Core, shortcuts: readonly DeclaredShortcut[]): Html {
  const { team, app } = core.workspace;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>Slack stand-in · ${team.name}</title>
        <link rel="stylesheet" href="/page/stand-in.css" />
        <script type="module" src="/page/stand-in.js"></script>
      </head>
      <body>
        <p class="banner">Slack stand-in – sample, not Slack</p>
        <div class="frame">
          <nav id="nav">
            <p class="team">${team.name}</p>
            <label class="who">
              You are
              <select id="person">
                ${peopleWhoCanAct(core).map(
                  ({ id, name, title }) => html`<option value="${id}">${name} – ${title}</option>`,
                )}
              </select>
            </label>
            <div id="sidebar"></div>
          </nav>
          <main>
            <header class="bar">
              <button type="button" id="nav-toggle" data-do="nav" aria-label="Channels">☰</button>
              <h1 id="title"></h1>
            </header>
            <section id="messages" aria-label="Messages" tabindex="-1"></section>
            <form class="composer" id="composer">
              <input id="compose" aria-label="Message or slash command" placeholder="Message, or /command" />
              ${shortcutMenu(shortcuts.filter((one) => one.type === 'global'))}
              <button class="bk-button primary">Send</button>
            </form>
          </main>
          ${threadPane()}
        </div>
        ${dialogs(app.name)}
      </body>
    </html>`;
}

function shortcutMenu(shortcuts: readonly DeclaredShortcut[]): Html | '' {
  if (shortcuts.length === 0) return '';
  return html`<details class="menu up">
    <summary aria-label="Shortcuts">⚡</summary>
    <div>
      ${shortcuts.map(
        ({ callbackId, name }) =>
          html`<button type="button" data-do="shortcut" data-callback="${callbackId}">${name}</button>`,
      )}
    </div>
  </details>`;
}

function threadPane(): Html {
  return html`<aside id="thread-pane" hidden>
    <header class="bar">
      <h2>Thread</h2>
      <button type="button" data-do="close-thread" aria-label="Close thread">×</button>
    </header>
    <section id="thread" aria-label="Thread"></section>
    <form class="composer" id="thread-composer">
      <input aria-label="Reply" placeholder="Reply…" />
      <button class="bk-button primary">Send</button>
    </form>
  </aside>`;
}

function dialogs(appName: string): Html {
  return html`<dialog id="modal" aria-label="${appName}"></dialog>
    <dialog id="confirm">
      <h2></h2>
      <p></p>
      <footer>
        <button type="button" class="bk-button"></button>
        <button type="button" class="bk-button"></button>
      </footer>
    </dialog>
    <div id="toasts" popover="manual" role="status" aria-live="polite"></div>`;
}
