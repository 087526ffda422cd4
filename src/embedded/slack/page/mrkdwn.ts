import { formatSlackDate } from './dates.ts';
import { withEmoji } from './emoji.ts';

/** What a reader's client knows when it shows text. */
export interface Reader {
  timeZone: string;
  nowMs: number;
  userName: (id: string) => string | null;
  channelName: (id: string) => string | null;
  groupHandle: (id: string) => string | null;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Slack's mrkdwn as safe HTML: every character of the text is escaped; links lead to http and https only. */
export function mrkdwnHtml(text: string, reader: Reader): string {
  const parts = text.replaceAll('\u0000', '').split('```');
  return parts
    .map((part, index) =>
      index % 2 === 1 && index < parts.length - 1
        ? `<pre>${escapeHtml(unescapeEntities(part.replace(/^\n/, '').replace(/\n$/, '')))}</pre>`
        : linesHtml(index % 2 === 1 ? `\`\`\`${part}` : part, reader),
    )
    .join('');
}

/** Plain text as HTML; line breaks and emoji names only. */
export function plainHtml(text: string): string {
  return escapeHtml(withEmoji(text)).replaceAll('\n', '<br>');
}

/** The address when it is an http or https one, else null. */
export function webUrl(url: string): string | null {
  return URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol) ? url : null;
}

/** A link when the address is http or https, else the escaped words alone. */
export function linkHtml(url: string, label: string): string {
  if (webUrl(url) === null) return escapeHtml(label);
  return `<a href="${escapeHtml(url)}" target="_blank" rel="noopener noreferrer">${escapeHtml(label)}</a>`;
}

function linesHtml(text: string, reader: Reader): string {
  const groups: { quote: boolean; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const quoted = /^(?:>|&gt;) ?(.*)$/.exec(line);
    const quote = quoted !== null;
    const last = groups.at(-1);
    const html = inlineHtml(quoted?.[1] ?? line, reader);
    if (last !== undefined && last.quote === quote) last.lines.push(html);
    else groups.push({ quote, lines: [html] });
  }
  return groups
    .map(({ quote, lines }) =>
      quote ? `<blockquote>${lines.join('<br>')}</blockquote>` : lines.join('<br>'),
    )
    .join('');
}

/** Tokens (code, `<…>`) are set aside first, so that bold and italic may go around but not into them. */
function inlineHtml(line: string, reader: Reader): string {
  const kept: string[] = [];
  const keep = (html: string): string => `\u0000${kept.push(html) - 1}\u0000`;
  const marked = line
    .replaceAll(/`([^`]+)`/g, (_, code: string) => keep(`<code>${escapeHtml(unescapeEntities(code))}</code>`))
    .replaceAll(/<([^<>\u0000]+)>/g, (_, inside: string) => keep(angleHtml(inside, reader)));
  const styled = [
    ['*', 'strong'],
    ['_', 'em'],
    ['~', 's'],
  ].reduce(
    (html, [mark, tag]) => styledHtml(html, mark ?? '', tag ?? ''),
    escapeHtml(withEmoji(unescapeEntities(marked))),
  );
  return styled.replaceAll(/\u0000(\d+)\u0000/g, (_, place: string) => kept[Number(place)] ?? '');
}

function styledHtml(html: string, mark: string, tag: string): string {
  const m = `\\${mark}`;
  const pattern = new RegExp(
    `(^|[\\s(\\[{"'.,;:!?–—>-])${m}(?=\\S)([^${m}]*?\\S)${m}(?=$|[\\s)\\]}"'.,;:!?–—<&-])`,
    'g',
  );
  return html.replaceAll(pattern, `$1<${tag}>$2</${tag}>`);
}

function angleHtml(inside: string, reader: Reader): string {
  const [target = '', ...rest] = inside.split('|');
  const label = rest.length > 0 ? unescapeEntities(rest.join('|')) : null;
  const mention = (text: string) => `<span class="mention">${escapeHtml(text)}</span>`;
  const date = /^!date\^(\d+)\^([^^]*)(?:\^(.*))?$/.exec(target);
  if (date !== null) {
    const shown = formatSlackDate(Number(date[1]), date[2] ?? '', reader.timeZone, reader.nowMs);
    return date[3] === undefined ? escapeHtml(shown) : linkHtml(unescapeEntities(date[3]), shown);
  }
  const group = /^!subteam\^(S[A-Z0-9]+)$/.exec(target)?.[1];
  if (group !== undefined) return mention(`@${reader.groupHandle(group) ?? group}`);
  if (/^!(channel|here|everyone)$/.test(target)) return mention(`@${target.slice(1)}`);
  if (/^@[UW][A-Z0-9]+$/.test(target))
    return mention(`@${reader.userName(target.slice(1)) ?? target.slice(1)}`);
  if (/^#C[A-Z0-9]+$/.test(target)) return mention(`#${reader.channelName(target.slice(1)) ?? label ?? ''}`);
  const url = unescapeEntities(target);
  if (/^https?:\/\//i.test(url)) return linkHtml(url, label ?? url);
  return escapeHtml(`<${unescapeEntities(inside)}>`);
}

function unescapeEntities(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
