/** Lists and records that tools answer as text: CSV with a header, XML (tables in Markdown: `markdown.ts`). Strict: what only resembles them stays text. */
export type Cell = string | number | boolean | null;
/** An element with attributes or elements; each name holds a list, since one of a kind and several are one shape. */
export interface Element {
  [name: string]: (Cell | Element)[] | Cell;
}

const PLAIN_NUMBER = /^-?(?:0|[1-9]\d{0,9})(?:\.\d{1,6})?$/;
export const cellOf = (text: string): Cell => {
  const plain = text.trim();
  if (plain === '') return null;
  if (PLAIN_NUMBER.test(plain)) return Number(plain);
  return plain === 'true' || plain === 'false' ? plain === 'true' : plain;
};

const MAX_TEXT = 200_000;
const MAX_HEADER = 600;
const SEPARATORS = [';', '\t', '|', ','] as const;
const COLUMN = /^[\p{L}_][\p{L}\p{N}_ .()%/-]{0,40}$/u;
/** The cells of a line; null where its quotes do not close in it. */
const cellsOf = (line: string, separator: string): string[] | null => {
  if (!line.includes('"')) return line.split(separator);
  const cells: string[] = [];
  let [at, cell, isQuoted] = [0, '', false];
  for (; at < line.length; at += 1) {
    const c = line[at] ?? '';
    if (c === '"' && isQuoted && line[at + 1] === '"') [cell, at] = [`${cell}"`, at + 1];
    else if (c === '"' && (isQuoted || cell === '')) isQuoted = !isQuoted;
    else if (c === separator && !isQuoted) cell = (cells.push(cell), '');
    else cell += c;
  }
  return isQuoted ? null : [...cells, cell];
};

/** The names of the columns, where a first line can be the header of a table, and what divides them. */
const headerOf = (line: string): { columns: string[]; separator: string } | null => {
  for (const separator of SEPARATORS) {
    const columns = line.includes(separator) ? (cellsOf(line, separator) ?? []).map((c) => c.trim()) : [];
    if (columns.length < 2) continue;
    const isHeader = columns.every((c) => COLUMN.test(c)) && new Set(columns).size === columns.length;
    // A comma also divides what people write: names of columns have no blanks then.
    return isHeader && (separator !== ',' || columns.every((c) => !/\s/.test(c)))
      ? { columns, separator }
      : null;
  }
  return null;
};

/** The rows of a CSV with a header, each line of which has as many cells as the header; else undefined. */
export const rowsIn = (text: string): Record<string, Cell>[] | undefined => {
  const end = text.indexOf('\n');
  if (end < 3 || end > MAX_HEADER || text.length > MAX_TEXT) return undefined;
  const header = headerOf(text.slice(0, end).trimEnd());
  if (!header) return undefined;
  const { columns, separator } = header;
  const rows: Record<string, Cell>[] = [];
  for (const line of text.slice(end + 1).split('\n')) {
    if (line.trim() === '') continue;
    const cells = cellsOf(line.replace(/\r$/, ''), separator);
    if (cells?.length !== columns.length) return undefined;
    rows.push(Object.fromEntries(columns.map((c, i) => [c, cellOf(cells[i] ?? '')])));
  }
  return rows.length > 0 ? rows : undefined;
};

const MAX_DEPTH = 30;
const MAX_ELEMENTS = 20_000;
const NODE =
  /<\?[^>]{0,200}\?>|<!--([\s\S]{0,4000}?)-->|<(\/?)([A-Za-z_][\w:.-]{0,80})((?:\s+[\w:.-]{1,80}="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
const ATTRIBUTE = /([\w:.-]+)="([^"<]*)"/g;
const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const plainOf = (text: string): string =>
  text.replace(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? '');

interface Open {
  name: string;
  element: Element;
  text: string;
}
const put = (element: Element, name: string, value: Cell | Element): void => {
  const held = Object.hasOwn(element, name) ? element[name] : undefined;
  if (Array.isArray(held)) held.push(value);
  else if (name !== '__proto__') element[name] = [value];
};
const closed = ({ element, text }: Open): Cell | Element => {
  if (Object.keys(element).length === 0) return cellOf(plainOf(text));
  if (text.trim() !== '') put(element, '#text', plainOf(text.trim()));
  return element;
};

/** What is remarked in words is read by the model as all else is. */
const IN_WORDS = /\S+\s+\S+\s+\S/;

/** A well-formed XML document without a DTD → its root, with what its comments say under `#comment`; else undefined. */
export const xmlIn = (text: string): Element | undefined => {
  if (text.length > MAX_TEXT || !text.trimEnd().endsWith('>')) return undefined;
  const root: Open = { name: '', element: {}, text: '' };
  const open: Open[] = [root];
  const comments: string[] = [];
  let count = 0;
  NODE.lastIndex = 0;
  for (let at = 0; at < text.length; at = NODE.lastIndex) {
    const found = NODE.exec(text);
    const top = open.at(-1);
    if (!found || !top || (count += 1) > MAX_ELEMENTS || open.length > MAX_DEPTH) return undefined;
    const [, comment, closing, name, attributes = '', empty, between] = found;
    if (between !== undefined) top.text += between;
    if (comment !== undefined && IN_WORDS.test(comment)) comments.push(comment.trim());
    if (name === undefined) continue;
    if (closing === '/') {
      if (top === root || top.name !== name) return undefined;
      open.pop();
      put((open.at(-1) ?? root).element, name, closed(top));
      continue;
    }
    const made: Open = { name, element: {}, text: '' };
    for (const [, key = '', value = ''] of attributes.matchAll(ATTRIBUTE))
      made.element[`@${key}`] = cellOf(plainOf(value));
    if (empty === '/') put(top.element, name, closed(made));
    else open.push(made);
  }
  const names = Object.keys(root.element);
  if (open.length !== 1 || names.length !== 1 || root.text.trim() !== '') return undefined;
  return comments.length === 0 ? root.element : { ...root.element, '#comment': comments };
};
