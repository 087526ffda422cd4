import {
  AddressRefused,
  guardAddress,
  type ResolvedAddress,
} from '../../../src/adapters/tools/address-guard.ts';

const never = () => Promise.reject(new Error('nobody asked for the name'));
const resolvesTo =
  (...addresses: string[]) =>
  (): Promise<ResolvedAddress[]> =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

it.each([
  ['https to a public address', 'https://93.184.216.34/x'],
  ['https inside the network', 'https://10.2.3.4/x'],
  ['http on loopback', 'http://127.0.0.1:8080/x'],
  ['http on IPv6 loopback', 'http://[::1]:8080/x'],
  ['https to a public IPv6 address', 'https://[2606:2800:220:1::1]/x'],
])('lets through %s', async (_, url) => {
  await expect(guardAddress(new URL(url), never)).resolves.toHaveProperty('address');
});

it.each([
  ['the metadata address', 'https://169.254.169.254/latest'],
  ['the metadata address as one number', 'https://2852039166/'],
  ['the metadata address in octal', 'https://0251.0376.0251.0376/'],
  ['the metadata address mapped into IPv6', 'https://[::ffff:169.254.169.254]/'],
  ['the metadata address in hex, mapped', 'https://[::ffff:a9fe:a9fe]/'],
  ['the metadata address, IPv4-compatible', 'https://[::a9fe:a9fe]/'],
  ['the metadata address behind NAT64', 'https://[64:ff9b::a9fe:a9fe]/'],
  ['the metadata address by 6to4', 'https://[2002:a9fe:a9fe::1]/'],
  ['an IPv6 metadata address', 'https://[fd00:ec2::254]/'],
  ['another cloud’s metadata address', 'https://100.100.100.200/'],
  ['an IPv6 link-local address', 'https://[fe80::1]/'],
  ['this host by zero', 'http://0.0.0.0/'],
  ['this host by IPv6 zero', 'http://[::]/'],
  ['multicast', 'https://224.0.0.1/'],
  ['plain http inside the network', 'http://10.2.3.4/'],
  ['plain http to mapped loopback’s neighbour', 'http://[::ffff:10.0.0.1]/'],
  ['another protocol', 'ftp://127.0.0.1/'],
  ['a file', 'file:///etc/passwd'],
  ['a password in the address', 'https://user:secret@93.184.216.34/'],
])('refuses %s', async (_, url) => {
  await expect(guardAddress(new URL(url), never)).rejects.toThrow(AddressRefused);
});

it('resolves a name, and answers with the address to connect to', async () => {
  const address = await guardAddress(
    new URL('https://agent.example/x'),
    resolvesTo('93.184.216.34', '93.184.216.35'),
  );
  expect(address).toEqual({ address: '93.184.216.34', family: 4 });
});

it('refuses a name of which only one address is forbidden', async () => {
  const guarded = guardAddress(
    new URL('https://agent.example/x'),
    resolvesTo('93.184.216.34', '169.254.169.254'),
  );
  await expect(guarded).rejects.toThrow('169.254.169.254 is a link-local, metadata or reserved address');
});

it('refuses plain http to a name that does not resolve to loopback alone', async () => {
  await expect(
    guardAddress(new URL('http://localhost/'), resolvesTo('127.0.0.1', '::1')),
  ).resolves.toBeDefined();
  await expect(
    guardAddress(new URL('http://localhost/'), resolvesTo('127.0.0.1', '10.0.0.1')),
  ).rejects.toThrow(AddressRefused);
});
