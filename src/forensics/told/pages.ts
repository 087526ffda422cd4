import { momentOf } from '../text/moments.ts';
import { isObject } from '../read/json.ts';
import { opened } from '../values/values.ts';

type Fields = { [key: string]: unknown };
/** Where an answer says that it is not all there is, by the names of its fields. */
const MORE =
  /^(?:has_?more(?:_?(?:items|results|pages))?|has_?next(?:_?page)?|more_?(?:available|results)?|is_?truncated|truncated|incomplete(?:_?results)?|is_?partial)$/i;
const NEXT =
  /^(?:@?odata\.?)?next(?:_?(?:page|page_?token|cursor|token|url|link|offset|href|start))?$|^continuation(?:_?token)?$/i;
const NOT_LAST = /^(?:is_?last(?:_?page)?|last_?page|end_?of_?(?:list|results|records))$/i;
const TOTAL_COUNT =
  /^(?:total_?(?:count|results?|items?|records?|hits|matches|elements|rows|entries|size|number)|(?:result|match|hit|record|item)s?_?count|count_?total|num_?(?:results|found|hits))$/i;
const BARE_TOTAL = /^(?:total|count)$/i;
const PAGING =
  /^(?:page|pages|page_?(?:size|no|num|number|count)|current_?page|total_?pages|per_?page|limit|offset|start|skip|from|size)$/i;

/** A page of a list: how many it shows, how many there are where it says so, and what says that there are more. */
export interface Page {
  shown: number;
  total: number | null;
  quote: string;
}

const LEAST = 2;
const listsIn = (fields: Fields): unknown[][] =>
  Object.values(fields).flatMap((raw) => {
    const value = opened(raw);
    return Array.isArray(value) ? [value] : [];
  });
const isToken = (value: unknown): boolean =>
  (typeof value === 'number' && value > 0) ||
  (typeof value === 'string' && value !== '' && !/\s/.test(value) && momentOf(value) === null) ||
  (isObject(value) && Object.values(value).some((v) => typeof v === 'string' && v !== ''));

/** What says in some fields that a list of so many elements goes on; null where nothing does. */
const goesOn = (fields: Fields, shown: number): { total: number | null; quote: string } | null => {
  const entries = Object.entries(fields);
  const isPaged = entries.some(([key]) => PAGING.test(key) || NEXT.test(key));
  const pages = new Map<string, number>();
  for (const [key, value] of entries) {
    const quote = `${key}: ${String(isObject(value) ? JSON.stringify(value) : value).slice(0, 120)}`;
    if (
      (MORE.test(key) && value === true) ||
      (NOT_LAST.test(key) && value === false) ||
      (NEXT.test(key) && isToken(value))
    )
      return { total: null, quote };
    if (typeof value !== 'number' || !Number.isInteger(value)) continue;
    if ((TOTAL_COUNT.test(key) || (BARE_TOTAL.test(key) && isPaged)) && value > shown)
      return { total: value, quote };
    pages.set(key.toLowerCase().replaceAll('_', ''), value);
  }
  const page = pages.get('page') ?? pages.get('currentpage') ?? pages.get('pagenumber');
  const last = pages.get('pages') ?? pages.get('totalpages') ?? pages.get('pagecount');
  return page !== undefined && last !== undefined && page < last
    ? { total: null, quote: `page ${page} of ${last}` }
    : null;
};

/** An answer that is one page of more; null where it is none, or does not say so. */
export const pageOf = (answer: unknown, depth = 0): Page | null => {
  const fields = opened(answer);
  if (!isObject(fields) || depth > 2) return null;
  const lists = listsIn(fields);
  if (lists.length === 0) {
    for (const inner of Object.values(fields)) {
      const page = pageOf(inner, depth + 1);
      if (page) return page;
    }
    return null;
  }
  const [list] = lists;
  if (lists.length > 1 || !list || list.length < LEAST) return null;
  const shown = list.length;
  const beside = Object.entries(fields).flatMap(([key, value]) =>
    isObject(value) && !NEXT.test(key) ? [value] : [],
  );
  for (const one of [fields, ...beside]) {
    const more = goesOn(one, shown);
    if (more) return { shown, total: more.total, quote: `${shown} elements, ${more.quote}` };
  }
  return null;
};
