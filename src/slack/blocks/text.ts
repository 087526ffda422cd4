import type { KnownBlock, MrkdwnElement, PlainTextElement } from '@slack/types';

/** Characters that reorder or hide what a person reads: bidirectional controls, zero-width ones, tags, controls. */
const HIDDEN =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E007F}]/gu;
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/;

/** At most `max` UTF-16 units, ending in `…` when something was left out; never half a character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  let kept = '';
  for (const character of text) {
    if (kept.length + character.length > max - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/**
 * Words that came from outside, made safe to read: one line, hidden characters spelt out, right-to-left words
 * isolated so that they cannot reorder ours. Still to be shown as plain text, or escaped.
 */
export function outside(text: string, max: number): string {
  const oneLine = text.replaceAll(/\s*\n\s*/g, ' ⏎ ').replaceAll('\t', ' ');
  const spelt = oneLine.replaceAll(
    HIDDEN,
    (found) => `⟨U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
  const short = cut(spelt.trim(), max);
  if (short === '') return '(empty)';
  return RIGHT_TO_LEFT.test(short) ? `\u2068${short}\u2069` : short;
}

/** Slack's own escaping: without it `<!channel>` pages everybody and `<https://…|text>` is a fake link. */
export const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Words from outside within mrkdwn: escaped, and without the marks that would make them bold, code or an emoji. */
export const safe = (text: string, max: number): string =>
  escape(
    outside(text, max)
      .replaceAll('*', '∗')
      .replaceAll('~', '∼')
      .replaceAll('`', 'ˋ')
      .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, 'ˍ')
      .replaceAll(/:(?=[\w+'-]+:)/g, '∶'),
  );

/** A value from outside in code letters, within mrkdwn. */
export const code = (text: string, max: number): string =>
  `\`${escape(outside(text, max)).replaceAll('`', 'ˋ')}\``;

/** Plain text: no markup and no `:emoji:` is read in it. */
export const plain = (text: string, max = 3_000): PlainTextElement => ({
  type: 'plain_text',
  text: cut(text, max) || ' ',
  emoji: false,
});

/** Our own words in mrkdwn; whatever came from outside must be escaped before. Nothing is linked by itself. */
export const marked = (text: string, max = 3_000): MrkdwnElement => ({
  type: 'mrkdwn',
  text: cut(text, max),
  verbatim: true,
});

export const header = (text: string): KnownBlock => ({ type: 'header', text: plain(text, 150) });
export const divider: KnownBlock = { type: 'divider' };
export const said = (text: string): KnownBlock => ({ type: 'section', text: marked(text) });
export const small = (...texts: string[]): KnownBlock => ({
  type: 'context',
  elements: texts.slice(0, 10).map((text) => marked(text, 2_000)),
});

export const shortDigest = (sha256: string): string => sha256.slice(0, 12);
