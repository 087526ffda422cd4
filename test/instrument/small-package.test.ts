import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startHoldpoint, type TestHoldpoint } from './holdpoint.ts';
import { ROOT, TSC } from './project.ts';

const run = promisify(execFile);

const AGENT = `import { withSession } from 'holdpoint-instrument';
await withSession({ agent: 'a', objective: 'greet', onWarning: (text) => console.error(text) }, async (session) => {
  const answer = await session.tracedModelCall({ model: 'm-1', messages: [{ role: 'user', content: 'hi' }] }, async () => 'hello');
  await session.tracedToolCall({ name: 'say', args: { answer } }, async () => ({ said: true }));
});
`;
const TYPED = `import { openSession, type AgentSession, type Outcome } from 'holdpoint-instrument';
export const open = (): Promise<AgentSession> => openSession({ agent: 'a', objective: 'x' });
export const outcome: Outcome = 'completed';
// @ts-expect-error it is none of the five
export const other: Outcome = 'fine';
`;

let folder: string;
let packed: string;
let holdpoint: TestHoldpoint;
/** The package as its tarball unpacks, in a project that has OpenTelemetry and nothing else. */
beforeAll(async () => {
  holdpoint = await startHoldpoint();
  folder = await mkdtemp(join(tmpdir(), 'holdpoint-small-'));
  const built = join(folder, 'built');
  await run(process.execPath, [join(ROOT, 'scripts', 'build-instrument.mjs'), built], { cwd: ROOT });
  await run('npm', ['pack', built, '--silent'], { cwd: folder });
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '';
  const modules = join(folder, 'node_modules');
  packed = join(modules, 'holdpoint-instrument');
  await mkdir(packed, { recursive: true });
  await run('tar', ['-xzf', join(folder, tarball), '--strip-components=1', '-C', packed]);
  expect((await stat(join(folder, tarball))).size).toBeLessThan(100_000);
  await rm(built, { recursive: true });
  for (const name of ['@opentelemetry', '@types'])
    await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  await writeFile(join(folder, 'agent.mjs'), AGENT);
  await writeFile(join(folder, 'typed.ts'), TYPED);
}, 180_000);
afterAll(async () => {
  await holdpoint.close();
  await rm(folder, { recursive: true, force: true });
});

it('needs OpenTelemetry alone, at the versions of the whole', async () => {
  const manifestOf = async (path: string) =>
    JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as {
      version: string;
      dependencies: Record<string, string>;
    };
  const [own, whole] = await Promise.all([manifestOf(packed), manifestOf(ROOT)]);
  expect(own.version).toBe(whole.version);
  const names = Object.keys(own.dependencies);
  expect(names.filter((name) => !name.startsWith('@opentelemetry/'))).toEqual([]);
  for (const name of names) expect(own.dependencies[name]).toBe(whole.dependencies[name]);
  const used = new Set<string>();
  for (const file of await readdir(packed, { recursive: true })) {
    if (!/\.(js|d\.ts)$/.test(file)) continue;
    const text = await readFile(join(packed, file), 'utf8');
    for (const [, from = ''] of text.matchAll(/from '([^.'][^']*)'/g))
      if (!from.startsWith('node:') && !from.startsWith('holdpoint')) used.add(from);
  }
  expect([...used].toSorted()).toEqual(names.toSorted());
});

it('runs an agent, which sends its spans and ends by itself', async () => {
  const env = { ...process.env, HOLDPOINT_URL: holdpoint.url };
  const { stderr } = await run(process.execPath, ['agent.mjs'], { cwd: folder, env });
  expect(stderr).toBe('');
  expect(holdpoint.spans().map(({ name }) => name)).toEqual([
    'chat m-1',
    'execute_tool say',
    'invoke_agent a',
  ]);
});

it('has types that need nothing else', async () => {
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023'];
  await run(process.execPath, [TSC, ...options, '--types', 'node', 'typed.ts'], { cwd: folder });
});
