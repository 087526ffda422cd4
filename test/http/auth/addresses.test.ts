import { inBlocks } from '../../../src/http/auth/addresses.ts';
import { ConfigError } from '../../../src/config/issue.ts';
import { configFrom } from '../../../src/config.ts';
import { SECRETS, settings, startWorld, type World } from '../world.ts';

const proxy = { userHeader: 'X-Forwarded-Email', secretEnv: 'PROXY_SECRET' };
const named = (more: Record<string, string> = {}) => ({
  headers: {
    'x-forwarded-email': 'ana@example.com',
    'x-holdpoint-proxy-secret': SECRETS.PROXY_SECRET,
    ...more,
  },
});

describe('an address in a block', () => {
  const isIn = inBlocks(['10.1.0.0/16', '192.0.2.7/32', 'fd00::/8', '::1/128']);
  test.each([
    '10.1.0.1',
    '10.1.255.255',
    '192.0.2.7',
    'fd12:3456::1',
    '::1',
    '::ffff:10.1.2.3',
    '::FFFF:192.0.2.7',
  ])('%s is', (address) => expect(isIn(address)).toBe(true));
  test.each([
    '10.2.0.1',
    '192.0.2.8',
    'fe80::1',
    '::2',
    '::ffff:10.2.0.1',
    '',
    '10.1.0.1, 10.1.0.2',
    'localhost',
    '010.1.0.1',
  ])('%s is not', (address) => expect(isIn(address)).toBe(false));
  test('none is in no block', () => expect(inBlocks([])('127.0.0.1')).toBe(false));
});

describe('a proxy whose addresses are elsewhere', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ proxy: { ...proxy, addresses: ['10.0.0.0/8', '2001:db8::7'] } });
  });
  afterAll(() => world.stop());

  test.each([
    ['nothing more', {}],
    ['X-Forwarded-For of the proxy', { 'x-forwarded-for': '10.0.0.9' }],
    ['a chain that ends at the proxy', { 'x-forwarded-for': '127.0.0.1, 10.0.0.9' }],
    ['Forwarded', { forwarded: 'for=10.0.0.9;by=10.0.0.9' }],
    ['X-Real-IP', { 'x-real-ip': '10.0.0.9', 'x-client-ip': '10.0.0.9', 'cf-connecting-ip': '10.0.0.9' }],
    ['Host', { 'x-forwarded-host': '10.0.0.9' }],
  ])('names nobody from here, with the right secret and %s', async (_name, more) => {
    const { status, json } = await world.call('/api/v1/incidents', named(more));
    expect({ status, code: json['code'] }).toEqual({ status: 403, code: 'proxy-address' });
    expect(json['detail']).toContain('127.0.0.1');
    expect(json['remedy']).toContain('server.proxy.addresses');
  });

  test('gives no command and opens no page either, and does not say that the secret was right to who lacks it', async () => {
    const command = { ...named(), body: { type: 'acknowledge' } };
    expect((await world.call('/api/v1/incidents/x/commands', command)).status).toBe(403);
    expect((await world.call('/', named({ accept: 'text/html' }))).status).toBe(403);
    const wrong = named({ 'x-holdpoint-proxy-secret': 'wrong-secret-0123456789' });
    expect((await world.call('/api/v1/incidents', wrong)).status).toBe(401);
    expect((await world.call('/api/v1/incidents', { ...wrong, token: SECRETS.TOKEN_EVE })).status).toBe(200);
  });
});

test('from this machine, unless said otherwise, and one person at a time', async () => {
  const world = await startWorld({ proxy });
  expect((await world.call('/api/v1/incidents', named())).status).toBe(200);
  const two = named({ 'x-forwarded-email': 'ana@example.com, ben@example.com' });
  expect((await world.call('/api/v1/incidents', two)).status).toBe(403);
  await world.stop();
});

const problemsOf = (addresses: unknown): string => {
  try {
    configFrom(settings({ proxy: { ...proxy, addresses } }), { name: 'test', folder: '/tmp', env: SECRETS });
    return '';
  } catch (error) {
    return error instanceof ConfigError ? error.message : 'another error';
  }
};

test.each([
  [['10.0.0.0/33'], /server\.proxy\.addresses\.?\[?0.*such as 10\.0\.0\.7/s],
  [['proxy.example.com'], /such as 10\.0\.0\.7/],
  [['10.0.0.1/8/8'], /such as 10\.0\.0\.7/],
  [['10.0.0.1/x'], /such as 10\.0\.0\.7/],
  [['0.0.0.0/0'], /every address there is/],
  [['::/0'], /every address there is/],
  [[], /left out: this machine/],
  [['10.0.0.7', 'fd00::/8'], /^$/],
])('addresses %j are told to be wrong by their field, or taken', (addresses, message) => {
  expect(problemsOf(addresses)).toMatch(message);
});
