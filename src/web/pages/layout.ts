import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { assetPath } from '../assets.ts';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** What stands around a page beside its content. */
export interface Chrome {
  /** Path of the navigation's entry that the page belongs to. */
  at?: string;
  /** Who reads; null: this machine, where it may read without a person. */
  reader?: string | null;
  /** Whether there is a session that can be ended. */
  canSignOut?: boolean;
  /** Address of the stream that tells of changes. */
  live?: string;
  /** The same as JSON. */
  json?: string;
  /** Whether the page may reload itself where nothing runs: not where somebody may be writing in it. */
  reloads?: boolean;
  /** What stands in the search field. */
  q?: string;
}

const NAV = [
  ['/', 'Overview'],
  ['/incidents', 'Search'],
  ['/agents', 'Agents'],
  ['/sessions', 'Sessions'],
  ['/measures', 'Metrics'],
] as const;

const nav = (at: string | undefined): Html =>
  html`<nav aria-label="Pages">
    ${NAV.map(([path, name]) =>
      path === at
        ? html`<a href="${path}" aria-current="page">${name}</a>`
        : html`<a href="${path}">${name}</a>`,
    )}
  </nav>`;

const who = ({ reader, canSignOut }: Chrome): Html | '' =>
  reader === undefined
    ? ''
    : html`<div class="who">
        <span>${reader ?? 'this machine, reading only'}</span>
        ${
          canSignOut
            ? html`<form method="post" action="/sign-out">
                <button type="submit" class="plain">Sign out</button>
              </form>`
            : ''
        }
      </div>`;

/** A page; whatever is put into `body` by `html` is escaped. It works without scripts. */
export const page = (title: string, body: Html, chrome: Chrome = {}): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Holdpoint</title>
        <link rel="icon" href="${assetPath('icon.svg')}" type="image/svg+xml" />
        <link rel="stylesheet" href="${assetPath('holdpoint.css')}" />
        ${chrome.json ? html`<link rel="alternate" type="application/json" href="${chrome.json}" />` : ''}
        <script src="${assetPath('holdpoint.js')}" defer></script>
        ${
          chrome.live && chrome.reloads
            ? html`<noscript><meta http-equiv="refresh" content="60" /></noscript>`
            : ''
        }
      </head>
      <body ${chrome.live ? html`data-live="${chrome.live}"` : ''}>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <a class="brand" href="/">Holdpoint</a>
          ${nav(chrome.at)}
          <form action="/incidents" method="get" role="search" class="find">
            <input
              type="search"
              name="q"
              value="${chrome.q ?? ''}"
              aria-label="Search incidents"
              placeholder="Search incidents"
              maxlength="300"
            />
            <button type="submit">Search</button>
          </form>
          ${who(chrome)}
        </header>
        <main id="main" tabindex="-1">${body}</main>
        <footer>
          <p>
            <span id="zone">All times are UTC.</span>
            <button type="button" id="zone-switch" class="plain" hidden></button>
            ${chrome.json ? html`<a href="${chrome.json}">This page as JSON</a>.` : ''}
            <span id="live-status" role="status"></span>
          </p>
        </footer>
      </body>
    </html>`;

/** `2026-03-01 14:05` */
export const time = (ms: number | null): string =>
  ms === null ? '–' : new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

/** `3 h 12 min`, `14 s` */
export const span = (ms: number): string => {
  if (ms < 60_000) return `${Math.max(0, Math.round(ms / 1000))} s`;
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
};

/** `blast_radius` → `blast radius` */
export const plain = (word: string): string => word.replaceAll('_', ' ');
