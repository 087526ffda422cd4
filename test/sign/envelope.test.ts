import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import type { Command } from '../../src/domain/incident/command.ts';
import { createSigner, verifyEnvelope } from '../../src/sign/envelope.ts';
import { signerFromFile, signerFromText, SigningKeyError } from '../../src/sign/keys.ts';
import { fromBase64 } from '../../src/workflows/envelope.ts';

const seed = (text: string) => new Uint8Array(createHash('sha256').update(text).digest());
const ours = createSigner(seed('ours'), 'k1');
const theirs = createSigner(seed('theirs'), 'k1');
const keys = { k1: ours.publicKey };
const ana = {
  kind: 'person',
  id: 'slack:T1:U1',
  roles: ['responder'],
  via: 'slack',
  verifiedBy: 'slack-signature',
  proof: null,
} as const;
const command: Command = { type: 'acknowledge', id: 'c1', at: 1_000, by: { ...ana, roles: ['responder'] } };
const signed = ours.sign('loan-1', command);

test('a command signed by a known key is accepted', () => {
  expect(verifyEnvelope(signed, keys)).toBe(true);
});

test('the order of properties does not matter: payloads are decoded anew in the workflow', () => {
  const { by, at, id, type } = command;
  expect(verifyEnvelope({ ...signed, command: { by, at, id, type } as Command }, keys)).toBe(true);
});

test.each([
  ['another incident', { ...signed, incidentId: 'loan-2' }],
  [
    'another giver',
    { ...signed, command: { ...command, by: { ...ana, id: 'slack:T1:U2', roles: ['approver'] } } as Command },
  ],
  ['another time', { ...signed, command: { ...command, at: 2_000 } }],
  ['another command', { ...signed, command: { ...command, type: 'takeOwnership' } as Command }],
  ["another's key under our id", theirs.sign('loan-1', command)],
  ['an unknown key', { ...signed, keyId: 'k2' }],
  ['a key id of the prototype', { ...signed, keyId: '__proto__' }],
  ['no signature', { ...signed, signature: '' }],
  ['a signature that is no base64', { ...signed, signature: `${signed.signature.slice(0, -4)}!!==` }],
  ['a cut signature', { ...signed, signature: signed.signature.slice(0, 40) }],
])('%s is not signed', (_what, forged) => {
  expect(verifyEnvelope(forged, keys)).toBe(false);
});

test('every single bit of a signature counts', () => {
  const bytes = Buffer.from(signed.signature, 'base64');
  for (let at = 0; at < bytes.length; at += 7) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    expect(verifyEnvelope({ ...signed, signature: flipped.toString('base64') }, keys)).toBe(false);
  }
});

test('base64 is read as Node writes it, at every length', () => {
  for (let length = 0; length < 70; length += 1) {
    const bytes = createHash('sha512').update(String(length)).digest().subarray(0, length);
    expect(Buffer.from(fromBase64(bytes.toString('base64')) ?? [])).toEqual(Buffer.from(bytes));
  }
  for (const text of ['a', 'abc', '====', 'ab-_', 'abcd=']) expect(fromBase64(text)).toBeNull();
});

describe('keys', () => {
  const dir = mkdtempSync(join(tmpdir(), 'holdpoint-sign-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test('a first start makes a key that only its owner may read; later starts find the same', () => {
    const file = join(dir, 'keys', 'signing.key');
    const first = signerFromFile(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(signerFromFile(file)).toMatchObject({ keyId: first.keyId, publicKey: first.publicKey });
    expect(signerFromText(readFileSync(file, 'utf8')).publicKey).toBe(first.publicKey);
  });

  test('a key that others can read is refused with the remedy', () => {
    const file = join(dir, 'open.key');
    signerFromFile(file);
    chmodSync(file, 0o644);
    expect(() => signerFromFile(file)).toThrow(/chmod 600/);
  });

  test('a text that is no key is refused without being repeated', () => {
    expect(() => signerFromText('hunter2-hunter2')).toThrow(SigningKeyError);
    expect(() => signerFromText('hunter2-hunter2')).not.toThrow(/hunter2/);
  });
});
