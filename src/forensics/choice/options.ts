import { isEntityAt, isIdLike } from '../ids.ts';
import type { Reading } from '../narrative.ts';
import { isObject } from '../read/json.ts';
import { normal } from '../text.ts';
import { leavesOf, opened, type Leaf } from '../values.ts';

/** One of several things that an answer offered, with what it says of each. */
export interface Option {
  id: string;
  leaves: readonly Leaf[];
}
/** A list, or a map by id, that an answer offered: things of one kind, of which one was taken. */
export interface Options {
  step: number;
  all: Option[];
}

const MOST_OPTIONS = 60;
const MAX_DEPTH = 8;

const ofMap = (value: { [key: string]: unknown }): Option[] => {
  const entries = Object.entries(value);
  return entries.every(([key, item]) => isIdLike(key) && isObject(item))
    ? entries.map(([id, item]) => ({ id, leaves: leavesOf(item) }))
    : [];
};
/** The elements of a list, each under the id that stands where this one stands in its own. */
const ofList = (list: unknown[], id: string): Option[] => {
  const own = list.find(
    (item) => isObject(item) && Object.values(item).some((v) => typeof v === 'string' && normal(v) === id),
  );
  const [key] = Object.entries(isObject(own) ? own : {}).find(
    ([name, v]) => typeof v === 'string' && normal(v) === id && isEntityAt(name, v),
  ) ?? [null];
  if (key === null) return [];
  return list.flatMap((item) => {
    const named = isObject(item) ? item[key] : undefined;
    return typeof named === 'string' ? [{ id: named, leaves: leavesOf(item) }] : [];
  });
};

const optionsIn = (root: unknown, id: string): Option[] => {
  let found: Option[] = [];
  const walk = (raw: unknown, depth: number): void => {
    const value = opened(raw);
    if (found.length > 0 || depth > MAX_DEPTH) return;
    const here = Array.isArray(value) ? ofList(value, id) : isObject(value) ? ofMap(value) : [];
    if (here.length > 1 && here.length <= MOST_OPTIONS && here.some((o) => normal(o.id) === id)) {
      found = here;
      return;
    }
    const inside = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
    for (const item of inside) walk(item, depth + 1);
  };
  walk(root, 0);
  return found;
};

/** The newest answer among some readings that offers an id beside others of its kind. */
export const optionsFor = (id: string, readings: readonly Reading[]): Options | null => {
  for (const { step } of readings.toReversed()) {
    if (!step.tool || step.tool.status === 'error') continue;
    const all = optionsIn(step.tool.result, normal(id));
    if (all.length > 1) return { step: step.stepNumber, all };
  }
  return null;
};
