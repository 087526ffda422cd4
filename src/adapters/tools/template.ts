/** An argument that a template asks for and the order lacks, or that may not stand where it would. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

type Args = Readonly<Record<string, unknown>>;
const PLACEHOLDER = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
const LONE_SURROGATE = /\p{Surrogate}/u;
const WHOLE = /^\{([A-Za-z_][A-Za-z0-9_]*)\}$/;

const argument = (args: Args, name: string): unknown => {
  if (!Object.hasOwn(args, name)) throw new TemplateError(`the argument ${name} is missing`);
  return args[name];
};

const scalar = (args: Args, name: string): string => {
  const value = argument(args, name);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  throw new TemplateError(`the argument ${name} is not text or a number`);
};

/** A path segment that would climb out of its place, or vanish, is no value. */
const inUrl = (args: Args, name: string): string => {
  const value = scalar(args, name);
  if (value === '' || value === '.' || value === '..' || LONE_SURROGATE.test(value)) {
    throw new TemplateError(
      `the argument ${name} is ${JSON.stringify(value)}, which cannot stand in an address`,
    );
  }
  return encodeURIComponent(value);
};

/** Fills `{name}` in a URL, each value encoded: it can be a part of the path or of the query, nothing else. */
export const fillUrl = (template: string, args: Args): string => {
  const origin = /^[a-z]+:\/\/[^/?#]*/i.exec(template)?.[0] ?? '';
  if (origin === '' || origin.includes('{'))
    throw new TemplateError('the address must begin with a fixed host');
  return template.replaceAll(PLACEHOLDER, (_, name: string) => inUrl(args, name));
};

/** Fills every text of a JSON value; a text that is one placeholder alone takes the argument's own type. */
export const fillJson = (template: unknown, args: Args): unknown => {
  if (typeof template === 'string') {
    const whole = WHOLE.exec(template);
    if (whole !== null) return argument(args, whole[1] ?? '');
    return template.replaceAll(PLACEHOLDER, (_, name: string) => scalar(args, name));
  }
  if (Array.isArray(template)) return template.map((item) => fillJson(item, args));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fillJson(value, args)]));
};

/** The value at a dotted path (`status`, `items.0.id`); undefined where there is none. */
export const valueAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((v, key) => {
    if (typeof v !== 'object' || v === null || !Object.hasOwn(v, key)) return undefined;
    return (v as Record<string, unknown>)[key];
  }, value);
