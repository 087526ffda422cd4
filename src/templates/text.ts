import { z } from 'zod';

/** Control characters, bidirectional overrides and invisible joiners: nothing a reader can see, much they can hide. */
const invisible =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** Text that may be printed anywhere: well-formed, `\n` as the only line break, no invisible characters. */
export const clean = (text: string): string =>
  text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(invisible, '');

/** The same on one line, for headings, table cells and mail headers. */
export const oneLine = (text: string): string => clean(text).replace(/\s+/g, ' ').trim();

/** At most `max` characters, the end marked; never half a surrogate pair. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = /[\ud800-\udbff]/.test(text[max - 2] ?? '') ? max - 2 : max - 1;
  return `${text.slice(0, end).trimEnd()}…`;
}

/** Times are said in UTC, to the second, everywhere in a document. */
export function utc(atMs: number): string {
  const date = new Date(atMs);
  if (Number.isNaN(date.getTime())) return 'an impossible time';
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `2 h 05 min`, `4 min 03 s`, `12 s`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const two = (n: number): string => String(n).padStart(2, '0');
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3_600)} h ${two(Math.floor((seconds % 3_600) / 60))} min`;
}

/** Text of a view: cleaned when it is parsed, so that no template can print what was not. */
export const ViewText = z.string().overwrite(clean);
export const ViewLine = z.string().overwrite(oneLine);
