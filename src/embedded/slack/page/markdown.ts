import { withEmoji } from './emoji.ts';
import { escapeHtml, linkHtml } from './mrkdwn.ts';

/** The Markdown of a `markdown` block as safe HTML: headings, lists, quotes, code, bold, italic, links. */
export function markdownHtml(text: string): string {
  const parts = text.replaceAll('\u0000', '').split(/^```.*$/m);
  return parts
    .map((part, index) =>
      index % 2 === 1 ? `<pre>${escapeHtml(part.trim())}</pre>` : part.split('\n').map(lineHtml).join(''),
    )
    .join('');
}

function lineHtml(line: string): string {
  if (line.trim() === '') return '';
  const heading = /^#{1,6} (.*)$/.exec(line);
  if (heading !== null) return `<p class="md-heading">${spanHtml(heading[1] ?? '')}</p>`;
  const bullet = /^(\s*)(?:[-*]|(\d+)\.) (.*)$/.exec(line);
  if (bullet !== null) {
    const mark = bullet[2] === undefined ? '•' : `${bullet[2]}.`;
    return `<p class="md-item">${mark} ${spanHtml(bullet[3] ?? '')}</p>`;
  }
  const quote = /^> ?(.*)$/.exec(line);
  if (quote !== null) return `<blockquote>${spanHtml(quote[1] ?? '')}</blockquote>`;
  return `<p>${spanHtml(line)}</p>`;
}

function spanHtml(text: string): string {
  const kept: string[] = [];
  const keep = (html: string): string => `\u0000${kept.push(html) - 1}\u0000`;
  const marked = text
    .replaceAll(/`([^`]+)`/g, (_, code: string) => keep(`<code>${escapeHtml(code)}</code>`))
    .replaceAll(/\[([^\]]+)\]\(([^()\s]+)\)/g, (_, label: string, url: string) => keep(linkHtml(url, label)));
  return escapeHtml(withEmoji(marked))
    .replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replaceAll(/(^|\W)[*_]([^*_]+)[*_](?=\W|$)/g, '$1<em>$2</em>')
    .replaceAll(/\u0000(\d+)\u0000/g, (_, place: string) => kept[Number(place)] ?? '');
}
