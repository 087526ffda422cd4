import { z } from 'zod';
import type { Path } from './source.ts';

/** What a schema wraps: optional, default, transformed. */
function unwrapped(schema: unknown): unknown {
  let inner = schema;
  for (;;) {
    if (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable) inner = inner.unwrap();
    else if (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) inner = inner.def.innerType;
    else if (inner instanceof z.ZodPipe) inner = inner.def.in;
    else return inner;
  }
}

const fieldOf = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;

/** The option of a union that the value's `kind` names; a plain union: the first with fields. */
function optionFor(union: z.ZodUnion, value: unknown): unknown {
  const kind = fieldOf(value, 'kind');
  const objects = union.options.map(unwrapped).filter((option) => option instanceof z.ZodObject);
  return (
    objects.find(
      (option) => option.shape['kind'] && z.safeParse(option.shape['kind'] as z.ZodType, kind).success,
    ) ?? objects[0]
  );
}

/** The fields that the object at `path` may have. */
export function knownKeys(schema: z.ZodType, path: Path, value: unknown): string[] {
  let at: unknown = unwrapped(schema);
  let here = value;
  for (const key of [...path, null]) {
    if (at instanceof z.ZodUnion) at = unwrapped(optionFor(at, here));
    if (key === null) break;
    if (at instanceof z.ZodObject) at = unwrapped(at.shape[String(key)]);
    else if (at instanceof z.ZodRecord) at = unwrapped(at.valueType);
    else if (at instanceof z.ZodArray) at = unwrapped(at.element);
    else return [];
    here = fieldOf(here, key);
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}
