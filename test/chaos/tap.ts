import { connect, createServer, type Server, type Socket } from 'node:net';

export type Side = 'before' | 'after';

/** A moment at an edge between a process and what it talks to: what the request looks like there. */
export interface Moment {
  name: string;
  request: RegExp;
}

/** Called when a request is about to pass, and when its answer is; true: it does not, and the connection ends. */
export type Watcher = (moment: string, side: Side) => boolean;

export interface Tap {
  port: number;
  stop(): Promise<void>;
}

const KEPT = 1_000_000;

/**
 * A TCP edge that sees each request before it is passed on, and again when the answer has come but was not passed
 * back: exactly between an effect and the knowledge of it.
 */
export async function startTap(
  target: () => { host: string; port: number },
  moments: readonly Moment[],
  watcher: Watcher,
): Promise<Tap> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target());
    let asked = '';
    let seen = new Set<string>();
    const end = (): void => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', () => {
        open.delete(socket);
        end();
      });
    }
    near.on('data', (chunk) => {
      asked = (asked + chunk.toString('latin1')).slice(-KEPT);
      for (const { name, request } of moments) {
        if (seen.has(name) || !request.test(asked)) continue;
        seen.add(name);
        if (watcher(name, 'before')) return end();
      }
      far.write(chunk);
    });
    far.on('data', (chunk) => {
      for (const name of seen) if (watcher(name, 'after')) return end();
      asked = '';
      seen = new Set();
      near.write(chunk);
    });
  });
  const port = await listening(server);
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

export const listening = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address) resolve(address.port);
    });
  });
