import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface TcpDoor {
  port: number;
  /** `stall`: connections stay and nothing comes through any more, as when a host vanishes from the network. */
  set(mode: 'open' | 'refuse' | 'stall'): void;
  close(): Promise<void>;
}

/** A network between this process and a server on loopback. */
export async function openTcpDoor(port: number): Promise<TcpDoor> {
  let mode: 'open' | 'refuse' | 'stall' = 'open';
  const pairs = new Set<[Socket, Socket]>();
  const pass = (from: Socket, to: Socket): void => {
    from.on('data', (chunk) => mode === 'open' && to.write(chunk));
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
