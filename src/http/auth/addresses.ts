import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { BlockList, isIP } from 'node:net';

/** An IPv4 address that a socket of both families writes as IPv6 is that IPv4 address. */
const plainAddress = (address: string): string =>
  /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address.replace(/%.*$/, '');

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Tells whether an address is in one of the blocks (`10.0.0.0/8`, `::1/128`). What is no address is in none. */
export function inBlocks(blocks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const block of blocks) {
    const [network = '', prefix = ''] = block.split('/');
    list.addSubnet(network, Number(prefix), familyOf(network));
  }
  return (address) => {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && list.check(plain, familyOf(plain));
  };
}

/** The address of whoever opened this connection: of the socket, never of a header. Empty when there is none. */
export function peerOf(context: Context): string {
  try {
    return plainAddress(getConnInfo(context).remote.address ?? '');
  } catch {
    return '';
  }
}
