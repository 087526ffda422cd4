import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startHoldpoint, type TestHoldpoint } from './holdpoint.ts';
import { projectWithHoldpoint, ROOT, TSC } from './project.ts';

const run = promisify(execFile);

const AGENT = `import { withSession } from 'holdpoint/instrument';
await withSession({ agent: 'a', objective: 'greet', onWarning: (text) => console.error(text) }, async (session) => {
  const answer = await session.tracedModelCall({ model: 'm-1', messages: [{ role: 'user', content: 'hi' }] }, async () => 'hello');
  await session.tracedToolCall({ name: 'say', args: { answer } }, async () => ({ said: true }));
});
`;
const TYPED = `import { openSession, type AgentSession, type Outcome } from 'holdpoint/instrument';
export const open = (): Promise<AgentSession> => openSession({ agent: 'a', objective: 'x' });
export const outcome: Outcome = 'completed';
`;

let holdpoint: TestHoldpoint;
let folder: string;
beforeAll(async () => {
  holdpoint = await startHoldpoint();
  folder = await projectWithHoldpoint();
  await writeFile(join(folder, 'agent.mjs'), AGENT);
  await writeFile(join(folder, 'typed.ts'), TYPED);
}, 120_000);
afterAll(async () => {
  await holdpoint.close();
  await rm(folder, { recursive: true, force: true });
});

it('is imported as holdpoint/instrument by another project, and its process ends by itself', async () => {
  const env = { ...process.env, HOLDPOINT_URL: holdpoint.url };
  const { stderr } = await run(process.execPath, ['agent.mjs'], { cwd: folder, env });
  expect(stderr).toBe('');
  expect(holdpoint.spans().map((s) => s.name)).toEqual(['chat m-1', 'execute_tool say', 'invoke_agent a']);
});

it('has types for it', async () => {
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck'];
  await run(process.execPath, [TSC, ...options, '--types', 'node', 'typed.ts'], { cwd: folder });
});

it('ends by itself and says why where nobody answers', async () => {
  const env = { ...process.env, HOLDPOINT_URL: 'http://127.0.0.1:9' };
  const { stderr } = await run(process.execPath, ['agent.mjs'], { cwd: folder, env });
  expect(stderr).toContain('the stop switch cannot be reached');
});

it('packs what it needs to run', async () => {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT });
  const listed = JSON.parse(stdout) as
    | { files: { path: string }[] }[]
    | Record<string, { files: { path: string }[] }>;
  const paths = Object.values(listed)[0]?.files.map(({ path }) => path) ?? [];
  expect(paths).toEqual(
    expect.arrayContaining(['bin/holdpoint.mjs', 'scripts/install.mjs', 'src/instrument/index.ts']),
  );
  expect(paths.filter((path) => path.startsWith('test/') || path.includes('node_modules'))).toEqual([]);
});
