import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** A call that is never made, whatever is tried again: its address is not allowed. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

export interface ResolvedAddress {
  address: string;
  family: 4 | 6;
}
export type Resolve = (hostname: string) => Promise<ResolvedAddress[]>;

const family = (address: string): 4 | 6 => (isIP(address) === 6 ? 6 : 4);

const systemResolve: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true, verbatim: true })).map(({ address }) => ({
    address,
    family: family(address),
  }));

const listOf = (v4: readonly [string, number][], v6: readonly [string, number][]): BlockList => {
  const list = new BlockList();
  for (const [net, prefix] of v4) list.addSubnet(net, prefix, 'ipv4');
  for (const [net, prefix] of v6) list.addSubnet(net, prefix, 'ipv6');
  return list;
};

const LOOPBACK = listOf([['127.0.0.0', 8]], [['::1', 128]]);

/** Link-local and metadata addresses of the large clouds, "this network", multicast, reserved. */
const NEVER = listOf(
  [
    ['0.0.0.0', 8],
    ['169.254.0.0', 16],
    ['100.100.100.200', 32],
    ['168.63.129.16', 32],
    ['192.0.0.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ],
  [
    ['::', 128],
    ['fe80::', 10],
    ['fd00:ec2::254', 128],
    ['fd20:ce::254', 128],
    ['ff00::', 8],
  ],
);

const hextets = (address: string): number[] | null => {
  const bare = address.split('%')[0] ?? '';
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(bare);
  const plain = dotted
    ? `${dotted[1]}${(Number(dotted[2]) * 256 + Number(dotted[3])).toString(16)}:${(Number(dotted[4]) * 256 + Number(dotted[5])).toString(16)}`
    : bare;
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  if (tail === undefined && left.length !== 8) return null;
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].map((h) => Number.parseInt(h, 16));
};

/** The IPv4 address inside an IPv6 one: mapped and compatible (::/96), NAT64, 6to4. Each reaches the IPv4 host. */
const embeddedIPv4 = (address: string): string | null => {
  const h = hextets(address);
  if (h === null || h.some(Number.isNaN)) return null;
  const dotted = (high = 0, low = 0): string => [high >> 8, high & 255, low >> 8, low & 255].join('.');
  const startsWith = (...prefix: number[]): boolean => prefix.every((value, i) => h[i] === value);
  if (startsWith(0, 0, 0, 0, 0, 0xffff)) return dotted(h[6], h[7]);
  if (startsWith(0, 0, 0, 0, 0, 0) && (h[6] ?? 0) !== 0) return dotted(h[6], h[7]);
  if (startsWith(0x64, 0xff9b)) return dotted(h[6], h[7]);
  return startsWith(0x2002) ? dotted(h[1], h[2]) : null;
};

/** Why a call to this resolved address may not be made; null when it may. */
export const refusalOf = (protocol: string, { address, family: version }: ResolvedAddress): string | null => {
  const inner = version === 6 ? embeddedIPv4(address) : null;
  if (inner !== null) return refusalOf(protocol, { address: inner, family: 4 });
  const type = version === 6 ? 'ipv6' : 'ipv4';
  if (NEVER.check(address, type)) return `${address} is a link-local, metadata or reserved address`;
  if (protocol === 'http:' && !LOOPBACK.check(address, type))
    return `plain http is allowed to loopback only, not to ${address}`;
  return null;
};

/**
 * Resolves a URL from the configuration to the one address that may be connected to. Every address of the name must
 * be allowed: a name that also points at a forbidden one is refused. The caller connects to the answer, not to the name.
 */
export const guardAddress = async (url: URL, resolve: Resolve = systemResolve): Promise<ResolvedAddress> => {
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new AddressRefused(`${url.protocol} is not allowed: use https`);
  if (url.username !== '' || url.password !== '')
    throw new AddressRefused('an address with a user or password in it is not allowed');
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const addresses =
    isIP(hostname) === 0 ? await resolve(hostname) : [{ address: hostname, family: family(hostname) }];
  for (const address of addresses) {
    const refusal = refusalOf(url.protocol, address);
    if (refusal !== null) throw new AddressRefused(`${url.host}: ${refusal}`);
  }
  const [first] = addresses;
  if (first === undefined) throw new Error(`${url.hostname} has no address`);
  return first;
};
