/**
 * Values as Python prints them (`{'id': 'A-1', 'sent': True}`): what frameworks write that put `str(answer)` into a
 * span. Dicts, lists, tuples, text, numbers, True, False and None; anything else is no literal.
 */
const MAX_DEPTH = 40;
const MAX_CHARS = 1_000_000;
const NAMES: Readonly<Record<string, unknown>> = { True: true, False: false, None: null };
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  "'": "'",
  '"': '"',
  '\\': '\\',
};
const NUMBER = /-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy;
const SPACE = /\s*/y;

class NoLiteral extends Error {}

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  whole(): unknown {
    const value = this.value(0);
    this.space();
    if (this.at !== this.text.length) throw new NoLiteral();
    return value;
  }

  private space(): void {
    this.match(SPACE);
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private takes(mark: string): boolean {
    this.space();
    if (this.text[this.at] !== mark) return false;
    this.at += 1;
    return true;
  }

  private value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new NoLiteral();
    if (this.takes('{')) return Object.fromEntries(this.list('}', () => this.entry(depth + 1)));
    if (this.takes('[')) return this.list(']', () => this.value(depth + 1));
    if (this.takes('(')) return this.list(')', () => this.value(depth + 1));
    const first = this.text[this.at];
    if (first === "'" || first === '"') return this.string();
    for (const [name, value] of Object.entries(NAMES)) {
      if (!this.text.startsWith(name, this.at)) continue;
      this.at += name.length;
      return value;
    }
    const digits = this.match(NUMBER);
    if (digits === '') throw new NoLiteral();
    return Number(digits);
  }

  private entry(depth: number): [string, unknown] {
    const key = this.value(depth);
    if (!this.takes(':')) throw new NoLiteral();
    return [String(key), this.value(depth)];
  }

  private list<T>(end: string, read: () => T): T[] {
    const items: T[] = [];
    while (!this.takes(end)) {
      items.push(read());
      if (!this.takes(',') && this.text[this.at] !== end) throw new NoLiteral();
    }
    return items;
  }

  private string(): string {
    const quote = this.text[this.at];
    let out = '';
    for (this.at += 1; this.at < this.text.length; this.at += 1) {
      const c = this.text[this.at] ?? '';
      if (c === quote) {
        this.at += 1;
        return out;
      }
      if (c !== '\\') out += c;
      else out += this.escape();
    }
    throw new NoLiteral();
  }

  private escape(): string {
    this.at += 1;
    const c = this.text[this.at] ?? '';
    const digits = { x: 2, u: 4, U: 8 }[c];
    if (digits === undefined) return ESCAPES[c] ?? `\\${c}`;
    const code = Number.parseInt(this.text.slice(this.at + 1, this.at + 1 + digits), 16);
    if (!(code <= 0x10ffff)) throw new NoLiteral();
    this.at += digits;
    return String.fromCodePoint(code);
  }
}

/** Text that is a Python dict or list → its value; any other text → undefined. */
export const pythonIn = (text: string): unknown => {
  if (!/^\s*(?:\{\s*(?:['"\d]|\})|\[)/.test(text) || text.length > MAX_CHARS) return undefined;
  try {
    return new Reader(text).whole();
  } catch (error) {
    if (error instanceof NoLiteral) return undefined;
    throw error;
  }
};
