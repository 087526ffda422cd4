import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../src/cli/run.ts';
import { signerFromFile } from '../../src/sign/keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdpoint-wrong-use-'));
const at = (name: string): string => join(folder, name);
const noSpans = at('no-spans.json');
const noProfile = at('no-profile.json');
const noTools = at('no-tools.yaml');
const before = process.env['DATABASE_URL'];

beforeAll(() => {
  delete process.env['DATABASE_URL'];
  writeFileSync(noSpans, '{"resourceSpans":[]}');
  writeFileSync(noProfile, '{}');
  writeFileSync(noTools, 'tools: { mail: { effect: shout } }');
});
afterAll(() => {
  if (before !== undefined) process.env['DATABASE_URL'] = before;
  rmSync(folder, { recursive: true });
});

/** What a command line prints, and its exit code. */
async function holdpoint(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk, ...more) => {
      said.out += String(chunk);
      for (const done of more) if (typeof done === 'function') done();
      return true;
    }),
    jest.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
      said.err += String(chunk);
      return true;
    }),
  ];
  const kept = process.exitCode;
  process.exitCode = undefined;
  try {
    const code = await runCli(args);
    return { ...said, code: code === 0 ? Number(process.exitCode ?? 0) : code };
  } finally {
    process.exitCode = kept;
    for (const spy of spies) spy.mockRestore();
  }
}

it.each([
  ['a budget that is no number', ['analyse', noSpans, '--budget', 'abc'], /whole number of tokens above 0/],
  ['a recording without spans', ['analyse', noSpans], /holds no spans: give OTLP\/JSON requests/],
  ['sessions without spans', ['profile', 'learn', noSpans, '--out', at('p.json')], /holds no spans/],
  ['a recorded incident without spans', ['up', '--trace', noSpans], /holds no spans/],
  [
    'a profile that is none',
    ['analyse', noSpans, '--json', '--profile', noProfile],
    /holdpoint profile learn/,
  ],
  ['a tools file that is none', ['analyse', noSpans, '--json', '--tools', noTools], /tools\.mail\.effect/],
  ['tools of no recording', ['up', '--tools', noTools], /name it with --trace/],
  ['people who play a recording', ['up', '--trace', noSpans, '--auto'], /--auto and --again play the sample/],
  ['a file that is not there', ['audit', 'verify', at('nothing')], /there is no .*nothing: check the name/],
  ['a folder that is not there', ['audit', 'join', noSpans, at('nothing')], /there is no .*nothing/],
  ['a signing key that is not there', ['audit', 'public-key', '--key-file', at('nothing')], /first start/],
  ['records without a database', ['audit', 'decisions'], /DATABASE_URL/],
])('%s ends with the remedy', async (_, args, remedy) => {
  const { code, out, err } = await holdpoint(...args);
  expect({ code, out }).toEqual({ code: expect.any(Number), out: '' });
  expect(code).toBeGreaterThan(0);
  expect(err).toMatch(remedy);
});

it('an analysis for programs answers a trace without spans too', async () => {
  const { code, out } = await holdpoint('analyse', noSpans, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ steps: 0, findings: [] });
});

it('the public key of a signing key can be told, and the key itself stays where it is', async () => {
  const { publicKey, keyId } = signerFromFile(at('signing.key'));
  const { code, out } = await holdpoint('audit', 'public-key', '--key-file', at('signing.key'));
  expect({ code, out }).toEqual({ code: 0, out: `${publicKey}  ${keyId}\n` });
});
