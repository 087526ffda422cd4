import {
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { AddressRefused, guardAddress, type ResolvedAddress, type Resolve } from './address-guard.ts';

/** A call that got no whole answer. `reached` is false where nothing can have reached the other side. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  readonly reached: boolean;
  constructor(message: string, reached: boolean) {
    super(message);
    this.reached = reached;
  }
}

export interface GuardedRequest {
  /** From the configuration; what a trace or an alert says never chooses it. */
  url: string;
  method: string;
  headers?: Record<string, string> | undefined;
  body?: string | undefined;
  timeoutMs: number;
  maxResponseBytes?: number | undefined;
  resolve?: Resolve | undefined;
  /** Ends the call early. */
  signal?: AbortSignal | undefined;
}

export interface GuardedResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error);

const whenAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, fail) =>
    signal.addEventListener('abort', () => fail(new Error('the name was not resolved in time'))),
  );

const collect = (response: IncomingMessage, maxBytes: number): Promise<string> =>
  new Promise((done, fail) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) response.destroy(new Error(`the answer is longer than ${maxBytes} bytes`));
      else chunks.push(chunk);
    });
    response.on('end', () => done(Buffer.concat(chunks).toString('utf8')));
    response.on('error', fail);
  });

const send = (
  call: GuardedRequest,
  url: URL,
  address: ResolvedAddress,
  signal: AbortSignal,
): Promise<IncomingMessage> =>
  new Promise((done, fail) => {
    let connected = false;
    const length = call.body === undefined ? {} : { 'content-length': Buffer.byteLength(call.body) };
    const options: RequestOptions = {
      method: call.method,
      headers: { ...call.headers, ...length },
      agent: false,
      signal,
      // Pinned: the name is not resolved a second time. `all` is how newer Node asks.
      lookup: (_name, { all }, callback) =>
        all ? callback(null, [address]) : callback(null, address.address, address.family),
    };
    const isHttps = url.protocol === 'https:';
    const request = (isHttps ? httpsRequest : httpRequest)(url, options, done);
    request.on('socket', (socket) =>
      socket.once(isHttps ? 'secureConnect' : 'connect', () => (connected = true)),
    );
    request.on('error', (error) => {
      // Until the connection stands the other side has seen nothing.
      fail(
        new RequestFailed(
          signal.aborted ? `no answer within ${call.timeoutMs} ms` : messageOf(error),
          connected,
        ),
      );
    });
    request.end(call.body);
  });

const resolved = async (call: GuardedRequest, url: URL, signal: AbortSignal): Promise<ResolvedAddress> => {
  try {
    return await Promise.race([guardAddress(url, call.resolve), whenAborted(signal)]);
  } catch (error) {
    throw error instanceof AddressRefused ? error : new RequestFailed(messageOf(error), false);
  }
};

/**
 * One HTTP call to an address of the configuration: https, or http on loopback; never a link-local or metadata
 * address; the checked address is the one connected to; redirects are answers, not followed; the answer is capped.
 * Throws `AddressRefused` or `RequestFailed`.
 */
export const guardedRequest = async (call: GuardedRequest): Promise<GuardedResponse> => {
  const timeout = AbortSignal.timeout(call.timeoutMs);
  const signal = call.signal ? AbortSignal.any([timeout, call.signal]) : timeout;
  if (!URL.canParse(call.url)) throw new AddressRefused('the configured address is not a URL');
  const url = new URL(call.url);
  const response = await send(call, url, await resolved(call, url, signal), signal);
  try {
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: await collect(response, call.maxResponseBytes ?? 65_536),
    };
  } catch (error) {
    throw new RequestFailed(
      signal.aborted ? `the answer did not end within ${call.timeoutMs} ms` : messageOf(error),
      true,
    );
  }
};
