import { pythonIn } from './python-literal.ts';

export type JsonObject = { [key: string]: unknown };

export const isObject = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The own property of an object, so that `constructor` or `__proto__` in a trace finds nothing inherited. */
export const own = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

/** Text that is JSON → its value; any other text → undefined. Only objects, arrays and quoted text count as JSON. */
export const jsonIn = (text: string): unknown => {
  const first = text.trimStart()[0];
  if (first !== '{' && first !== '[' && first !== '"') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Parsed where it parses, as JSON or as Python prints a value; else as it was. */
export const parsed = (value: unknown): unknown =>
  typeof value === 'string' ? (jsonIn(value) ?? pythonIn(value) ?? value) : value;

/** JSON that was cut: it starts as JSON does and does not parse. */
export const looksCut = (text: string): boolean => {
  const start = text.trimStart();
  return (/^\{\s*["}]/.test(start) || /^\[\s*["{[\]]/.test(start)) && jsonIn(start) === undefined;
};

export const asText = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : value === undefined || value === null
      ? ''
      : (JSON.stringify(value) ?? '');
