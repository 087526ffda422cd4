import { z } from 'zod';

/** Where a running server is. */
export const DEFAULT_URL = 'http://127.0.0.1:7400';
const TIMEOUT_MS = 15_000;

const ProblemBody = z.looseObject({
  detail: z.string().optional(),
  remedy: z.string().optional(),
  field: z.string().optional(),
});

/** Calls the server's API; throws a sentence with the remedy for anything but success. */
export async function callApi(
  url: string,
  init: { method?: string; token?: string | undefined; body?: unknown },
): Promise<unknown> {
  const { method = 'GET', token, body } = init;
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        accept: 'application/json',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    throw new Error(
      `no answer from ${new URL(url).origin}: start the server, or name it with --url or HOLDPOINT_URL`,
      {
        cause: error,
      },
    );
  }
  const text = await response.text();
  const json = jsonOf(text);
  if (response.ok) return json;
  const problem = ProblemBody.safeParse(json);
  const said = problem.success
    ? [problem.data.detail, problem.data.remedy].filter(Boolean).join(' ')
    : text.slice(0, 300);
  throw new Error(`${url} answered ${response.status}: ${said}`);
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** The value of the variable, or an error that says how to set it. */
export function fromEnv(name: string, what: string): string {
  const value = process.env[name]?.trim();
  if (value) return value;
  throw new Error(`${name} is not set: put ${what} there (never on the command line, where others see it)`);
}
