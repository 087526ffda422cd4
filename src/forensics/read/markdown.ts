/** Tables in Markdown, as tools answer them: alone, or with a line or two of text around them. */
import { cellOf, type Cell } from './documents.ts';

const MAX_TEXT = 200_000;
/** Longer texts around a table are a page, not an answer that is a table. */
const [MAX_AROUND, MAX_COLUMNS] = [400, 60] as const;
const RULE = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$/;
const MARKED = /^(\*\*|`)(.+)\1$/;

const cellsOf = (line: string): string[] => {
  const cells: string[] = [];
  let cell = '';
  for (let i = 0; i < line.length; i += 1) {
    if (line[i] === '\\' && line[i + 1] === '|') {
      cell += '|';
      i += 1;
    } else if (line[i] === '|') cell = (cells.push(cell), '');
    else cell += line[i] ?? '';
  }
  cells.push(cell);
  const trimmed = cells.map((c) => c.trim());
  return trimmed.slice(trimmed[0] === '' ? 1 : 0, trimmed.at(-1) === '' ? -1 : undefined);
};
const plain = (cell: string): string => MARKED.exec(cell)?.[2] ?? cell;

type Rows = Record<string, Cell>[];
/** The rows of a table each line of which has as many cells as its header; with the text around it, where there is one. */
export const markdownIn = (text: string): Rows | { '#text': string; rows: Rows } | undefined => {
  if (text.length > MAX_TEXT || !text.includes('|')) return undefined;
  const lines = text.split('\n').map((line) => line.trimEnd());
  const at = lines.findIndex((line) => line.includes('|'));
  if (at < 0 || !RULE.test((lines[at + 1] ?? '').trim().slice(0, 2000))) return undefined;
  const columns = cellsOf(lines[at] ?? '').map(plain);
  const isHeader = columns.length >= 2 && columns.length <= MAX_COLUMNS && columns.every((c) => c !== '');
  if (!isHeader || new Set(columns).size < columns.length) return undefined;
  const rest = lines.slice(at + 2);
  const found = rest.findIndex((line) => !line.includes('|'));
  const end = found < 0 ? rest.length : found;
  const around = [...lines.slice(0, at), ...rest.slice(end)].filter((line) => line.trim() !== '');
  const rows = rest.slice(0, end).map(cellsOf);
  if (rows.length === 0 || rows.some((cells) => cells.length !== columns.length)) return undefined;
  if (around.some((line) => line.includes('|')) || around.join('\n').length > MAX_AROUND) return undefined;
  const records = rows.map((cells) =>
    Object.fromEntries(columns.map((c, i) => [c, cellOf(plain(cells[i] ?? ''))])),
  );
  return around.length === 0 ? records : { '#text': around.join('\n'), rows: records };
};
