import { setTimeout as sleep } from 'node:timers/promises';
import { parseJson } from '../../forensics/read/json.ts';
import type { Resolve } from '../tools/address-guard.ts';
import { guardedRequest, RequestFailed, type GuardedResponse } from '../tools/guarded-request.ts';
import type { RawPage } from './port.ts';

/** A trace store did not answer, or not as its API says; `message` names what was asked and what to do. */
export class TraceStoreError extends Error {
  override name = 'TraceStoreError';
}

/** Where a trace store listens, from the configuration only. */
export interface ApiTarget {
  /** For people: `Phoenix`. */
  name: string;
  /** Its base address; a path in it stands before every path asked. */
  url: string;
  /** Authentication. The values never stand in a message or a page. */
  headers?: Record<string, string> | undefined;
  timeoutMs?: number | undefined;
  maxAnswerBytes?: number | undefined;
  resolve?: Resolve | undefined;
  /** Waits before the second, third … try of a call that may succeed later. */
  retryAfterMs?: readonly number[] | undefined;
}

export type Query = readonly (readonly [name: string, value: string | number])[];
export interface Answer {
  status: number;
  /** The JSON of the body, large integers as text; undefined for an allowed status other than 200. */
  value: unknown;
  page: RawPage;
}
/** One GET. Statuses other than 200 and those in `allow` throw `TraceStoreError`. */
export type Ask = (path: readonly string[], query?: Query, allow?: readonly number[]) => Promise<Answer>;

const MAX_ANSWER_BYTES = 256 * 1024 * 1024;
const MOST_SAID = 160;
const MAY_SUCCEED_LATER = new Set([408, 425, 429, 500, 502, 503, 504]);
const LONGEST_WAIT_MS = 15_000;

/** Names from outside stand between slashes, so none may climb: `..` survives percent-encoding. */
const segment = (text: string): string => {
  if (text === '' || text === '.' || text === '..')
    throw new TraceStoreError(`"${text}" is no id that a trace store can be asked for`);
  return encodeURIComponent(text);
};

const pathOf = (path: readonly string[], query: Query): string => {
  const search = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `/${path.map(segment).join('/')}${search.length > 0 ? `?${search.join('&')}` : ''}`;
};

const remedyOf = (status: number): string => {
  if (status === 401 || status === 403) return 'Check the key that its `traces` section names.';
  if (status >= 300 && status < 400)
    return 'It redirects, which is not followed: configure the final address.';
  if (status === 404) return 'Check the address in its `traces` section.';
  return MAY_SUCCEED_LATER.has(status) ? 'It is tried again.' : 'Check the address and version of the store.';
};

const printable = (text: string): string =>
  text
    .replaceAll(/[^\P{C}]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, MOST_SAID);

/** One JSON document, or one a line as a streaming gateway writes it. */
const valueOf = (text: string): unknown => {
  try {
    return parseJson(text);
  } catch (error) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length < 2) throw error;
    return lines.map((line) => parseJson(line));
  }
};

/** What of an authorization header a message must not show: the token, or the password of basic authentication. */
const secretsOf = (authorization = ''): string[] => {
  const token = authorization.replace(/^\S+ /, '');
  const [, password = ''] = authorization.startsWith('Basic ') ? atob(token).split(/:(.*)/s) : [];
  return [token, password].filter((secret) => secret !== '');
};

export const createAsk = (target: ApiTarget, signal?: AbortSignal): Ask => {
  const { name, url, headers = {}, timeoutMs = 30_000, retryAfterMs = [250, 1_000, 3_000] } = target;
  const base = url.replace(/\/+$/, '');
  const secrets = secretsOf(headers['authorization']);
  const clean = (text: string): string =>
    printable(secrets.reduce((said, secret) => said.replaceAll(secret, '[secret]'), text));

  const once = (path: string): Promise<GuardedResponse> =>
    guardedRequest({
      url: `${base}${path}`,
      method: 'GET',
      headers: { accept: 'application/json', ...headers },
      timeoutMs,
      maxResponseBytes: target.maxAnswerBytes ?? MAX_ANSWER_BYTES,
      resolve: target.resolve,
      signal,
    });
  const pause = async (response: GuardedResponse | null, waitMs: number): Promise<void> => {
    const asked = Number(response?.headers['retry-after']) * 1_000;
    await sleep(Math.min(asked > 0 ? asked : waitMs, LONGEST_WAIT_MS), undefined, { signal });
  };
  const patiently = async (path: string): Promise<GuardedResponse> => {
    for (let attempt = 0; ; attempt += 1) {
      signal?.throwIfAborted();
      const waitMs = retryAfterMs[attempt];
      try {
        const response = await once(path);
        if (waitMs === undefined || !MAY_SUCCEED_LATER.has(response.status)) return response;
        await pause(response, waitMs);
      } catch (error) {
        signal?.throwIfAborted();
        if (waitMs === undefined || !(error instanceof RequestFailed)) throw error;
        await pause(null, waitMs);
      }
    }
  };

  return async (path, query = [], allow = []) => {
    const source = pathOf(path, query);
    const shown = source.slice(0, MOST_SAID);
    let response: GuardedResponse;
    try {
      response = await patiently(source);
    } catch (cause) {
      if (signal?.aborted) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new TraceStoreError(`${name} gave no answer to ${shown}: ${clean(why)}`, { cause });
    }
    const { status, body } = response;
    const contentType = response.headers['content-type'] ?? 'application/octet-stream';
    const page: RawPage = { source, contentType, body: new TextEncoder().encode(body) };
    if (status !== 200 && !allow.includes(status))
      throw new TraceStoreError(
        `${name} answered ${status} to ${shown}${body === '' ? '' : `: ${clean(body)}`}. ${remedyOf(status)}`,
      );
    if (status !== 200) return { status, value: undefined, page };
    try {
      return { status, value: valueOf(body), page };
    } catch (cause) {
      throw new TraceStoreError(`${name} answered ${shown} with no JSON, or JSON that was cut`, { cause });
    }
  };
};
