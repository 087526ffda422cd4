import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { spansFromOtlpJson } from '../../src/forensics/read/otlp-json.ts';
import { sessionFromSpans } from '../../src/forensics/read/session.ts';
import { startHoldpoint, type TestHoldpoint } from '../instrument/holdpoint.ts';
import { projectWithHoldpoint, ROOT } from '../instrument/project.ts';
import { pythonPackages } from '../python/packages.ts';

const run = promisify(execFile);
const GUIDE = readFileSync(join(ROOT, 'docs', 'connect.md'), 'utf8');

/** The first block of a language, as it stands in the guide. */
const block = (language: string): string => {
  const found = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(GUIDE)?.[1];
  if (found === undefined) throw new Error(`no ${language} in docs/connect.md`);
  return found;
};

let holdpoint: TestHoldpoint;
let folder: string;
beforeAll(async () => {
  folder = await projectWithHoldpoint();
  await pythonPackages();
}, 900_000);
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => (holdpoint = await startHoldpoint()));
afterEach(() => holdpoint.close());

const runAgent = async (command: string, args: string[], more: Record<string, string> = {}) => {
  const env = { ...process.env, HOLDPOINT_URL: holdpoint.url, HOLDPOINT_KEY: 'key', ...more };
  const { stdout, stderr } = await run(command, args, { cwd: folder, env });
  expect(stderr).toBe('');
  expect(stdout.trim()).toBe('Order A-1042 is delayed; the customer has been told.');
  const { spans, warnings } = spansFromOtlpJson(holdpoint.exports());
  return sessionFromSpans(spans, { warnings });
};

const connected = {
  agent: 'order-agent',
  outcome: 'completed',
  tokenBudget: 50_000,
  completeness: { complete: true, missingFields: [], warnings: [] },
};

it('the TypeScript agent of the guide runs as it stands, and lacks nothing', async () => {
  await writeFile(join(folder, 'agent.mjs'), block('js'));
  const session = await runAgent(process.execPath, ['agent.mjs']);
  expect(session).toMatchObject(connected);
  expect(session.steps.map((s) => s.kind)).toEqual(['agent', 'llm', 'tool', 'llm', 'tool', 'llm']);
});

it('the Python agent of the guide runs as it stands, and lacks nothing', async () => {
  await writeFile(join(folder, 'agent.py'), block('python'));
  await copyFile(
    join(folder, 'node_modules', 'holdpoint', 'python', 'holdpoint_instrument.py'),
    join(folder, 'holdpoint_instrument.py'),
  );
  const session = await runAgent('python3', ['agent.py'], { PYTHONPATH: await pythonPackages() });
  expect(session).toMatchObject(connected);
  expect(session.steps.map((s) => s.kind)).toEqual(['agent', 'llm', 'tool', 'llm', 'tool', 'llm']);
});

it('adopts the wrapper in under fifty lines of the agent', () => {
  const lines = (text: string): number => text.split('\n').filter((line) => line.trim() !== '').length;
  expect(lines(block('js'))).toBeLessThan(50);
  expect(lines(block('python'))).toBeLessThan(50);
});

it('names hooks, fields and options that exist', () => {
  for (const [, hook] of GUIDE.matchAll(/`\/hooks\/([a-z]+)`/g))
    expect(readFileSync(join(ROOT, 'src', 'adapters', 'alerts', 'index.ts'), 'utf8')).toContain(`${hook},`);
  const python = readFileSync(join(ROOT, 'python', 'holdpoint_instrument.py'), 'utf8');
  for (const name of ['when_unreachable', 'irreversible_tools', 'span_processors', 'atraced_tool_call'])
    expect([GUIDE, python].every((text) => text.includes(name))).toBe(true);
});
