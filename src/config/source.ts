import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { ConfigError } from './issue.ts';

export type Path = readonly PropertyKey[];

/** A YAML text that knows at which line each value stands. */
export interface Source {
  /** How people call it: the file's name. */
  name: string;
  value: unknown;
  /** `holdpoint.yaml:12:5`: the value's own place, or that of what should hold it. */
  where(path: Path): string;
}

/** The start of the key, where the path ends in one; else of the value; else of the nearest parent. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent: unknown =
      length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => (isScalar(key) ? String(key.value) : String(key)) === String(last))
      : undefined;
    if (pair && isNode(pair.key) && pair.key.range) return pair.key.range[0];
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

/** Reads YAML; throws `ConfigError` with the places of its syntax errors. */
export function readSource(text: string, name: string): Source {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const place = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map((error) => ({
        field: 'YAML',
        where: place(error.pos[0]),
        found: `text that is not YAML (${error.message})`,
        write: 'valid YAML: look at the indentation and the quotes of this line',
      })),
    );
  }
  return {
    name,
    value: valueOf(document, name),
    where: (path) => place(offsetOf(document, path)),
  };
}

function valueOf(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 }) ?? {};
  } catch {
    const found = 'aliases that unfold to far more than they say';
    throw new ConfigError([
      { field: 'YAML', where: name, found, write: 'the values themselves, without aliases' },
    ]);
  }
}

/** A configuration that was not read from a file, such as the sample's. */
export const sourceOf = (value: unknown, name: string): Source => ({
  name,
  value,
  where: () => name,
});
