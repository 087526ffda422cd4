import type { z } from 'zod';
import { type Operation, operations, type Operations } from '../http/api/operations.ts';
import { ProblemBody } from '../http/api/schemas.ts';

type Part<O, K extends string> = O extends { readonly [key in K]: infer S extends z.ZodType }
  ? z.input<S>
  : unknown;
type Query<O> = O extends { readonly query: infer S extends z.ZodObject }
  ? { [K in keyof z.output<S>]?: z.output<S>[K] }
  : unknown;
type Body<O> = O extends { readonly body: infer S extends z.ZodType } ? { body: z.output<S> } : unknown;

/** What a call takes: the path's parameters and the query's fields by name, and the body. */
export type InputOf<O> = Part<O, 'params'> & Query<O> & Body<O>;
export type OutputOf<O> = O extends { readonly answer: infer S extends z.ZodType } ? z.output<S> : never;

export type HoldpointClient = {
  [K in keyof Operations]: {} extends InputOf<Operations[K]>
    ? (input?: InputOf<Operations[K]>) => Promise<OutputOf<Operations[K]>>
    : (input: InputOf<Operations[K]>) => Promise<OutputOf<Operations[K]>>;
};

export interface ClientOptions {
  /** Where the server is, such as `https://holdpoint.example.com`. */
  url: string;
  /** The token of a person, or the key of a source. */
  token?: string;
  /** How long an answer may take, ms. Default 15,000. */
  timeoutMs?: number;
  fetch?: typeof fetch;
}

/** The server's refusal: what was wrong, what to do, and a stable code. */
export class HoldpointProblem extends Error {
  override readonly name = 'HoldpointProblem';
  readonly problem: ProblemBody;
  constructor(problem: ProblemBody) {
    super(`${problem.detail} ${problem.remedy}`);
    this.problem = problem;
  }
}

/** The address of a call; what is neither in the path nor the body goes into the query. */
function addressOf(base: string, { path, params }: Operation, input: Record<string, unknown>): string {
  const { body: _body, ...given } = input;
  const inPath = new Set(Object.keys(params?.shape ?? {}));
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(given[name] ?? '')),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(given))
    if (!inPath.has(name) && value !== undefined) query.set(name, String(value));
  const search = query.toString();
  return `${base.replace(/\/+$/, '')}${filled}${search === '' ? '' : `?${search}`}`;
}

async function problemOf(response: Response): Promise<HoldpointProblem> {
  const text = await response.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = null;
  }
  const parsed = ProblemBody.safeParse(json);
  if (parsed.success) return new HoldpointProblem(parsed.data);
  return new HoldpointProblem({
    type: 'about:blank',
    title: response.statusText,
    status: response.status,
    code: 'no-problem-details',
    detail: `The server answered ${response.status}.`,
    remedy: 'Look whether the address is that of Holdpoint.',
  });
}

/**
 * A typed client of the API: one function an operation, named as in the OpenAPI document. Throws `HoldpointProblem` for
 * a refusal; an answer of another shape than documented throws a zod error.
 */
export function createClient({
  url,
  token,
  timeoutMs = 15_000,
  fetch: send = fetch,
}: ClientOptions): HoldpointClient {
  const call =
    (operation: Operation) =>
    async (input: Record<string, unknown> = {}): Promise<unknown> => {
      const { body } = input;
      const response = await send(addressOf(url, operation, input), {
        method: operation.method.toUpperCase(),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          accept: 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!operation.success.includes(response.status)) throw await problemOf(response);
      return operation.answer.parse(await response.json());
    };
  const entries = Object.entries(operations).map(([id, operation]) => [id, call(operation)]);
  return Object.fromEntries(entries) as HoldpointClient;
}

/** Every incident that matches, page by page. */
export async function* allIncidents(
  client: Pick<HoldpointClient, 'listIncidents'>,
  query: InputOf<Operations['listIncidents']> = {},
): AsyncGenerator<OutputOf<Operations['listIncidents']>['incidents'][number]> {
  for (let before: string | undefined; ;) {
    const page = await client.listIncidents({ ...query, ...(before === undefined ? {} : { before }) });
    yield* page.incidents;
    if (page.next === null) return;
    before = page.next;
  }
}
