import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

type Mode = 'open' | 'refuse' | 'stall' | 'slow';

const SLOW_MS = 500;

export interface TcpDoor {
  port: number;
  /**
   * `stall`: connections stay and nothing comes through any more, as when a host vanishes from the network. `slow`: each
   * piece comes half a second late.
   */
  set(mode: Mode): void;
  close(): Promise<void>;
}

/** A network between this process and a server on loopback. */
export async function openTcpDoor(port: number): Promise<TcpDoor> {
  let mode: Mode = 'open';
  const pairs = new Set<[Socket, Socket]>();
  const pass = (from: Socket, to: Socket): void => {
    let turn = Promise.resolve();
    from.on('data', (chunk) => {
      if (mode === 'stall') return;
      const lateMs = mode === 'slow' ? SLOW_MS : 0;
      turn = turn.then(async () => {
        if (lateMs > 0) await sleep(lateMs);
        to.write(chunk);
      });
    });
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  };
  const server = createServer((near) => {
    if (mode === 'refuse') return void near.destroy();
    const far = connect(port, '127.0.0.1');
    pairs.add([near, far]);
    pass(near, far);
    pass(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
    pairs.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    set: (next) => {
      mode = next;
      if (next === 'refuse') cut();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}
