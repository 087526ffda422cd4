import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --good: #197741; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --good: #6fcf97; --bad: #ff8a80; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 64rem; padding: 1.5rem 1rem 4rem; }
header { display: flex; gap: 1rem; align-items: baseline; justify-content: space-between; flex-wrap: wrap; }
h1 { font-size: 1.4rem; margin: .5rem 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .45rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; } td.count { font-variant-numeric: tabular-nums; white-space: nowrap; }
.wide { overflow-x: auto; } .note { background: var(--soft); padding: .6rem .9rem; border-radius: .4rem; }
.id { font-family: ui-monospace, monospace; font-size: .92em; overflow-wrap: anywhere; }
.proven { color: var(--good); } .open { color: var(--bad); } .word { border: 1px solid var(--line); border-radius: 1rem; padding: .05rem .6rem; white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; } dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
td .id, h1 .id { display: block; opacity: .8; font-weight: 400; } h1 .id { font-size: 1rem; }
@media (width < 40rem) {
  .rows thead { display: none; } .rows tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  .rows td { display: inline-block; border: 0; padding: .1rem .8rem .1rem 0; } .rows td:first-child { display: block; }
  .rows td[data-name]::before { content: attr(data-name) " "; opacity: .7; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; }
}
a { color: inherit; } footer { margin-top: 3rem; font-size: .9rem; opacity: .8; }
`;

/** One piece: a space between the tags and the style would change its digest, and no browser would apply it. */
const STYLE_ELEMENT = `<style>${STYLE}</style>`;

/** The only style that the pages' policy allows, by its digest. */
export const STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** A page without scripts; whatever is put into `body` by `html` is escaped. */
export const page = (title: string, body: Html): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Holdpoint</title>
        ${raw(STYLE_ELEMENT)}
      </head>
      <body>
        ${body}
        <footer>All times are UTC. <a href="/">All incidents</a></footer>
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
