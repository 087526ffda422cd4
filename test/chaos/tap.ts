import { connect, createServer, type Server, type Socket } from 'node:net';

/** A moment at an edge: what a request looks like there. `answered` tells where its answer begins, if not at once. */
export interface Moment {
  name: string;
  request: RegExp;
}

export type Side = 'before' | 'after';

/** Called when a request passes; true: this is the moment to end, and nothing more passes on this connection. */
export type Watcher = (request: string, side: Side) => boolean;

export interface Tap {
  port: number;
  stop(): Promise<void>;
}

/**
 * A TCP edge between a process and what it talks to. A watcher sees each request before it is passed on, and again
 * when its answer has come but has not been passed back: exactly between an effect and the knowledge of it.
 */
export async function startTap(target: { host: string; port: number }, watcher: Watcher): Promise<Tap> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target);
    let asked = '';
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
      asked = chunk.toString('latin1');
      if (watcher(asked, 'before')) return end();
      far.write(chunk);
    });
    far.on('data', (chunk) => {
      if (asked !== '' && watcher(asked, 'after')) return end();
      asked = '';
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

const listening = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address) resolve(address.port);
    });
  });
