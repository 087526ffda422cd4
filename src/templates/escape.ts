const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML, for element content and for quoted attributes. */
export const escapeHtml = (value: unknown): string =>
  String(value ?? '').replace(/[&<>"']/g, (found) => entities[found] ?? found);

/** The same, with what stands between backticks as code: the engine quotes names so. */
export const quotedHtml = (text: string): string =>
  text
    .split('`')
    .map((part, i, all) =>
      i % 2 === 1 && i < all.length - 1 ? `<code>${escapeHtml(part)}</code>` : escapeHtml(part),
    )
    .join('');

/**
 * Text as Markdown that reads as the same text: no markup, no HTML, no table cell, no link but an address that shows
 * where it leads. Line starts are trimmed, so that no indentation makes a code block.
 */
export const escapeMarkdown = (value: unknown): string =>
  String(value ?? '')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ | $/gm, '')
    .replace(/[\\`*[\]|~$]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/[&<>]/g, (found) => entities[found] ?? found)
    .replace(/^[#+=-]/gm, '\\$&')
    .replace(/^(\d{1,9})([.)])(?=\s|$)/gm, '$1\\$2');

/** A fenced block that its content cannot end. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

/** Several lines in a list item or table cell. */
export const markdownInline = (text: string): string => escapeMarkdown(text.replace(/\s*\n\s*/g, ' '));

/** Foreign words in a plain text: a bar before every line, so that they cannot look like ours. */
export const barred = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  | ${line}`)
    .join('\n');

/** A short code span; backticks and table bars have no place in one. */
export const codeSpan = (text: string): string => `\`${text.replace(/[`|]/g, '')}\``;

/** An address as Markdown autolink; only http and https are links. */
export const markdownAddress = (url: string): string =>
  /^https?:\/\/[^\s<>|]+$/.test(url) ? `<${url}>` : escapeMarkdown(url);

/** An address for an `href`; anything but http and https leads nowhere. */
export const safeHref = (url: string): string => (/^https?:\/\/[^\s]+$/.test(url) ? url : '#');
