/** Forms in which tools answer: GraphQL, nested pages, CSV, XML. */
import type { Json, Rng } from './talk.ts';

export type Row = { [key: string]: Json };

/** A GraphQL answer, with what a gateway adds about itself. */
export const graphql = (rng: Rng, data: Json, errors: Json[] = []): Json => ({
  data,
  ...(errors.length > 0 ? { errors } : {}),
  extensions: { requestId: `rq${rng.digits(9)}`, cost: { requested: 2 + rng.below(9), throttled: false } },
});

/** One page of a list, its place in the whole beside it. */
export const page = (rng: Rng, rows: Json[], next: string | null = null): Json => ({
  collection: { edges: rows.map((node) => ({ node, cursor: `cu${rng.digits(8)}` })) },
  pageInfo: { hasNextPage: next !== null, endCursor: next, size: rows.length },
});

const cell = (value: Json | undefined): string =>
  value === null || value === undefined ? '' : String(value as string | number | boolean);
/** Rows as text with a header, the columns of the first one. */
export const csv = (rows: Row[], separator = ';'): string => {
  const columns = Object.keys(rows[0] ?? {});
  return [columns, ...rows.map((row) => columns.map((c) => cell(row[c])))]
    .map((line) => line.join(separator))
    .join('\n');
};

/** A record as XML: each field an element. */
export const xml = (name: string, row: Row): string =>
  `<${name}>${Object.entries(row)
    .map(([key, value]) =>
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? xml(key, value)
        : `<${key}>${cell(value)}</${key}>`,
    )
    .join('')}</${name}>`;
