import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import {
  barred,
  codeSpan,
  escapeHtml,
  escapeMarkdown,
  fenced,
  markdownAddress,
  markdownInline,
  quotedHtml,
  safeHref,
} from './escape.ts';
import { PostmortemView } from './postmortem-view.ts';

/** How many actions of a class, and characters of a message, the mail itself shows; the Markdown shows all. */
const shown = { actions: 50, characters: 4_000, messages: 30, timeline: 200 } as const;

const helpers = {
  shown,
  fenced,
  inline: markdownInline,
  barred,
  code: codeSpan,
  address: markdownAddress,
  href: safeHref,
  quoted: quotedHtml,
};
export type TemplateData<V> = { view: V; help: typeof helpers };

const views = dirname(fileURLToPath(import.meta.url));
/** A line of a template that holds nothing but one statement leaves no line behind. */
const statementLines = {
  processTemplate: (template: string): string =>
    template.replace(/^[ \t]*(<%(?![=~])(?:(?!%>).)*%>)[ \t]*\n/gm, '$1'),
};
const engine = (escapeFunction: (value: unknown) => string): Eta =>
  new Eta({
    views,
    cache: true,
    autoEscape: true,
    autoTrim: false,
    escapeFunction,
    plugins: [statementLines],
  });

const plain = (value: unknown): string => String(value ?? '');
const engines = { html: engine(escapeHtml), md: engine(escapeMarkdown), txt: engine(plain) };
export type Format = keyof typeof engines;

/** Renders `<name>.<format>.eta`, beside this file; compiled once. Every interpolation is escaped for the format. */
export const render = <V>(name: string, format: Format, view: V): string =>
  engines[format].render(`${name}.${format}.eta`, { view, help: helpers } satisfies TemplateData<V>);

/** One postmortem in its three forms, from the one view. */
export function renderPostmortem(view: PostmortemView): Record<Format, string> {
  const safe = PostmortemView.parse(view);
  return {
    html: render('postmortem', 'html', safe),
    md: render('postmortem', 'md', safe),
    txt: render('postmortem', 'txt', safe),
  };
}
