import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pythonPackages } from '../python/packages.ts';
import { newFolder, removeFolder } from '../support/folder.ts';
import { record, type Recordings } from './recordings.ts';

const ROOT = join(__dirname, '..', '..');
const TSX = import.meta.resolve('tsx');
const AGENT = [process.execPath, '--import', TSX, join(__dirname, 'agents', 'loan.ts')];

let folder: string;
let made: Recordings;
let evalFile: string;
const at = (name: string): string => join(folder, name);

interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}
const cli = (args: string[], env: Record<string, string> = {}): Promise<Ran> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', TSX, join(ROOT, 'src', 'cli', 'main.ts'), ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ran: Ran = { code: null, stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (ran.stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (ran.stderr += String(chunk)));
    child.once('close', (code) => resolve({ ...ran, code }));
  });

beforeAll(async () => {
  folder = newFolder();
  made = await record(folder);
  const learned = await cli(['profile', 'learn', ...made.clean.slice(0, 5), '--out', at('profile.json')]);
  expect(learned.code).toBe(0);
  evalFile = at('income.eval.json');
  const options = ['--tools', made.tools, '--profile', at('profile.json'), '--name', 'the renamed income'];
  const { code, stderr } = await cli(['eval', 'make', made.sealed, ...options, '--out', evalFile]);
  expect([code, stderr]).toEqual([0, expect.stringContaining('the renamed income')]);
}, 240_000);
afterAll(() => removeFolder(folder));

const run = (how: string, more: string[] = [], env: Record<string, string> = {}) =>
  cli(['eval', 'run', evalFile, ...more, '--', ...AGENT, how], env);

it('makes a case that anybody may read, and only its owner', () => {
  const file = JSON.parse(readFileSync(evalFile, 'utf8')) as Record<string, unknown>;
  expect(file).toMatchObject({
    kind: 'holdpoint-eval',
    name: 'the renamed income',
    case: { assertion: { never: 'drift', tool: 'verify_income' }, originStep: 3 },
  });
});

describe('against the agent', () => {
  it('fails the one that goes on with a field it does not know, in each variant, and says at which step', async () => {
    const mark = at('careless-mark');
    const { code, stdout } = await run('careless', ['--junit', at('careless.xml')], { MARK_FILE: mark });
    expect(code).toBe(1);
    expect(stdout).toContain('0 passed, 4 failed');
    expect(stdout).toMatch(
      /failed {2}as it happened: step 3: .*annualised_gross.*send_letter was called after it, at step 5/,
    );
    const xml = readFileSync(at('careless.xml'), 'utf8');
    expect(xml).toMatch(/<testsuites name="holdpoint eval" tests="4" failures="4" errors="0"/);
    expect(existsSync(mark)).toBe(false); // no real tool was called
  }, 120_000);

  it('passes the one that notices it', async () => {
    const { code, stdout } = await run('careful', ['--json']);
    expect(code).toBe(0);
    const { passed, failed, suites } = JSON.parse(stdout) as {
      passed: number;
      failed: number;
      suites: { tried: { name: string; reason: string }[] }[];
    };
    expect([passed, failed]).toEqual([4, 0]);
    expect(suites[0]?.tried[0]).toMatchObject({
      name: 'as it happened',
      reason: 'it was noticed, and nothing was done with it',
    });
  }, 120_000);

  it('plays the tools of a Python agent back too', async () => {
    const env = {
      PYTHONPATH: [await pythonPackages(), join(ROOT, 'python')].join(':'),
      PYTHONDONTWRITEBYTECODE: '1',
    };
    const python = (how: string) =>
      cli(['eval', 'run', evalFile, '--', 'python3', join(__dirname, 'agents', 'loan.py'), how], env);
    const careless = await python('careless');
    expect(careless.stdout).toMatch(/failed {2}as it happened: step 3: .*send_letter was called after it/);
    expect([careless.code, (await python('careful')).code]).toEqual([1, 0]);
  }, 240_000);

  it('plays back to an agent without the wrapper, which asks for its tools itself', async () => {
    const plain = (how: string) =>
      cli(['eval', 'run', evalFile, '--', process.execPath, join(__dirname, 'agents', 'plain.mjs'), how]);
    const careless = await plain('careless');
    expect(careless.stdout).toMatch(/failed {2}as it happened: step \d+: .*send_letter was called after it/);
    expect([careless.code, (await plain('careful')).code]).toEqual([1, 0]);
  }, 240_000);

  it.each([
    ['never comes to the place', 'absent', /nothing was tried: verify_income was never called/],
    ['sends no span', 'silent', /the agent sent no span \(exit 0\)/],
    ['does not end', 'hang', /the agent did not end within 2 s/],
  ])(
    'calls an agent that %s an error, which is no pass',
    async (_, how, says) => {
      const { code, stdout } = await run(how, ['--timeout', how === 'hang' ? '2' : '100']);
      expect(code).toBe(1);
      expect(stdout).toMatch(says);
      expect(stdout).toMatch(/error {3}as it happened/);
    },
    120_000,
  );
});

describe('on recorded sessions', () => {
  it('fails the sealed one and passes clean ones', async () => {
    const sessions = ['--sessions', made.sealed, ...made.clean.slice(5)];
    const { code, stdout } = await cli(['eval', 'run', evalFile, ...sessions]);
    expect(code).toBe(1);
    expect(stdout).toContain('3 passed, 1 failed');
    expect((await cli(['eval', 'run', evalFile, '--sessions', ...made.clean.slice(5)])).code).toBe(0);
  }, 120_000);
});

describe('bad input', () => {
  it.each([
    [
      'a file that is not there',
      ['eval', 'run', 'nothing.json', '--sessions', 'x'],
      'nothing.json cannot be read',
    ],
    ['no JSON', ['eval', 'run', 'tools.yaml', '--sessions', 'x'], 'tools.yaml is not JSON'],
    [
      'something else',
      ['eval', 'run', 'profile.json', '--sessions', 'x'],
      'profile.json is no eval case: kind',
    ],
    ['nothing to run on', ['eval', 'run', 'income.eval.json'], "give the agent's command after --"],
    [
      'a session that is none',
      ['eval', 'run', 'income.eval.json', '--sessions', 'tools.yaml'],
      'tools.yaml is not OTLP/JSON',
    ],
    [
      'a clean session as the failure',
      ['eval', 'make', 'clean-1.jsonl', '--out', 'x'],
      'no case can be made of session clean-1',
    ],
    [
      'an odd step',
      ['eval', 'make', 'sealed.jsonl', '--out', 'x', '--step', 'three'],
      'three is no number above 0',
    ],
  ])(
    '%s ends with 2 and a sentence',
    async (_, args, says) => {
      const { code, stderr } = await cli(args);
      expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
    },
    60_000,
  );

  it('says which command cannot be started', async () => {
    const { code, stderr } = await cli(['eval', 'run', evalFile, '--', '/nowhere/agent']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('/nowhere/agent cannot be started')]);
  }, 60_000);

  it('survives hostile names and reasons in JUnit', async () => {
    const hostile = JSON.parse(readFileSync(evalFile, 'utf8')) as { name: string };
    hostile.name = 'a <b> & "c" \u0000\u001b[31m';
    await writeFile(at('hostile.json'), JSON.stringify(hostile));
    await cli(['eval', 'run', 'hostile.json', '--sessions', made.sealed, '--junit', at('hostile.xml')]);
    const xml = readFileSync(at('hostile.xml'), 'utf8');
    expect(xml).toContain('name="a &lt;b&gt; &amp; &quot;c&quot; [31m"');
    // oxlint-disable-next-line no-control-regex -- XML 1.0 has none of these
    expect(xml).not.toMatch(/[\u0000-\u0008\u001b]/);
  }, 60_000);
});
