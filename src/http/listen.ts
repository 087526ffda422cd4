import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

export interface ListenOptions {
  host: string;
  /** 0: any free one. */
  port: number;
  /** Paths that another listener answers, such as Bolt's: exact path → listener. */
  mounts?: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>>;
}

export interface Listening {
  url: string;
  port: number;
  /** Stops taking requests, lets those in flight end for a few seconds, then closes. */
  close(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 10_000;
/** Longer than any body may take: the routes have limits of their own. */
const REQUEST_TIMEOUT_MS = 60_000;
const DRAIN_MS = 5_000;

/** Serves the app on a port of its own. */
export async function listen(app: Hono, { host, port, mounts = {} }: ListenOptions): Promise<Listening> {
  const answer = getRequestListener(app.fetch);
  const server = createServer({ maxHeaderSize: 16_384 }, (request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const mounted = Object.hasOwn(mounts, path) ? mounts[path] : undefined;
    if (mounted) mounted(request, response);
    else void answer(request, response);
  });
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  const shown = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${shown}:${taken}`, port: taken, close: () => closing(server) };
}

async function closing(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(timer);
}
