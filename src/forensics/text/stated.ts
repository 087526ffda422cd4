import { hasDigit, matchesOf } from './matches.ts';
import { daysNamedIn } from './moments.ts';

/** An amount as people write it, alone: no part of an id, a date, a time or a longer number. */
const AMOUNT =
  /(?<![\p{L}\p{N}.,:/#_-])[$€£]?(\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,7}(?:[.,]\d{1,2})?)(?![\p{L}\p{N}:/_%-]|[.,]\d)/gu;
const DATE = /\b\d{4}-\d\d-\d\d\b/g;
/** Below this a whole number is a count, a size or a place in a list as often as an amount. */
const LEAST_WHOLE = 100;
const YEAR = /^(?:19|20)\d\d$/;

/** The key under which an amount is compared; null for numbers that are too common to tell records apart. */
export const amountKey = (value: number): string | null =>
  !Number.isFinite(value) ||
  (Number.isInteger(value) && (value < LEAST_WHOLE || YEAR.test(String(value)) || value > 9_999_999))
    ? null
    : Math.abs(value).toFixed(2);
export const dayKey = (day: string): string => `day ${day}`;

/** A value that a text states, as it is compared, and where. */
export interface Stated {
  key: string;
  text: string;
  at: number;
}
const amountsIn = (text: string): Stated[] =>
  matchesOf(AMOUNT, text).flatMap((m) => {
    const written = m[1] ?? '';
    const plain = /,\d{3}/.test(written) ? written.replaceAll(',', '') : written.replace(',', '.');
    // A price of whole units is written with its cents too.
    const key = amountKey(Number(plain)) ?? (/\.\d\d$/.test(plain) ? Number(plain).toFixed(2) : null);
    return key === null ? [] : [{ key, text: written, at: m.index }];
  });
const datesIn = (text: string): Stated[] =>
  matchesOf(DATE, text).flatMap((m) => {
    const [day] = daysNamedIn(m[0]);
    return day === undefined ? [] : [{ key: dayKey(day), text: m[0], at: m.index }];
  });

export const statedIn = (text: string): Stated[] =>
  hasDigit(text) ? [...amountsIn(text), ...datesIn(text)] : [];
/** Whether two stated values are of one kind: an amount with cents, a whole number, a day. */
export const isSameKind = (a: Stated, b: Stated): boolean => kindOf(a) === kindOf(b);
const kindOf = ({ key, text }: Stated): string =>
  key.startsWith('day') ? 'day' : /[.,]\d\d?$/.test(text) ? 'cents' : 'whole';

const SENTENCE_END = /[.!?;](?=\s)/g;
const indentOf = (line: string): number => line.length - line.trimStart().length;

/**
 * What is said around a place of a text, the narrowest first: its sentence, its line, the list item with what is
 * indented below it, the paragraph.
 */
export const unitsAround = (text: string, at: number): string[] => {
  const from = text.lastIndexOf('\n', at - 1) + 1;
  const line = text.slice(from).split('\n', 1)[0] ?? '';
  const inLine = at - from;
  const ends = matchesOf(SENTENCE_END, line).map((m) => m.index + 1);
  const sentence = line.slice(
    ends.findLast((e) => e <= inLine) ?? 0,
    ends.find((e) => e > inLine) ?? line.length,
  );
  const lines = text.split('\n');
  const mine = text.slice(0, from).split('\n').length - 1;
  const isBlank = (n: number): boolean => (lines[n] ?? '').trim() === '';
  const indent = indentOf(line);
  let head = mine;
  while (head > 0 && indent > 0 && !isBlank(head) && indentOf(lines[head] ?? '') >= indent) head -= 1;
  let end = head + 1;
  while (end < lines.length && !isBlank(end) && indentOf(lines[end] ?? '') > indentOf(lines[head] ?? ''))
    end += 1;
  let [top, bottom] = [mine, mine + 1];
  while (top > 0 && !isBlank(top - 1)) top -= 1;
  while (bottom < lines.length && !isBlank(bottom)) bottom += 1;
  return [sentence, line, lines.slice(head, end).join('\n'), lines.slice(top, bottom).join('\n')];
};
