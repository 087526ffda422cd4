import { AddressRefused, type Resolve } from '../tools/address-guard.ts';
import { guardedRequest, RequestFailed } from '../tools/guarded-request.ts';
import { PageFailed } from './port.ts';

export interface PagerCall {
  /** What errors call the pager. */
  name: string;
  url: string;
  headers: Record<string, string>;
  body: string;
  timeoutMs: number;
  resolve?: Resolve | undefined;
}

const MOST_SAID = 200;

/** Posts one page; a repeat is harmless by its key, so anything unclear counts as not taken. */
export async function postPage(call: PagerCall): Promise<void> {
  const { name, url, headers, body, timeoutMs, resolve } = call;
  try {
    const sent = { 'content-type': 'application/json', accept: 'application/json', ...headers };
    const answer = await guardedRequest({ url, method: 'POST', headers: sent, body, timeoutMs, resolve });
    if (answer.status >= 200 && answer.status < 300) return;
    const permanent =
      answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429;
    throw new PageFailed(
      `The pager (${name}) answered ${answer.status}: ${answer.body.slice(0, MOST_SAID)}`,
      permanent,
    );
  } catch (error) {
    if (error instanceof AddressRefused)
      throw new PageFailed(`The pager (${name}) may not be called: ${error.message}`, true);
    if (error instanceof RequestFailed)
      throw new PageFailed(`The pager (${name}) was not reached: ${error.message}`, false);
    throw error;
  }
}
