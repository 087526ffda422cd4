import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSession } from '../../../src/instrument/index.ts';
import { freePort } from '../../../src/embedded/ports.ts';
import { until } from '../../instrument/until.ts';
import { newFolder, removeFolder } from '../../support/folder.ts';

const ROOT = join(__dirname, '..', '..', '..');
const KEY = 'key-of-the-order-agent-0123456789';
const yaml = (port: number): string => `
server: { port: ${port}, localReads: true }
keys:
  order-agent: { kind: bearer, env: HOLDPOINT_KEY, agents: [order-agent], may: [traces, switch, alerts] }
agents:
  order-agent:
    containment: { kind: stop-switch }
    traces: { kind: store, retention: 30d }
    tools: { look_up: { effect: read } }
`;

let folder: string;
let child: ChildProcess | null = null;
beforeEach(() => (folder = newFolder()));
afterEach(async () => {
  if (child !== null && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'close');
  }
  removeFolder(folder);
});

const up = (text: string): { said: () => string } => {
  writeFileSync(join(folder, 'holdpoint.yaml'), text);
  let said = '';
  const { TEMPORAL_ADDRESS: _, DATABASE_URL: __, SMTP_URL: ___, ...others } = process.env;
  child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), join(ROOT, 'src/cli/main.ts'), 'up'],
    {
      cwd: folder,
      env: { ...others, HOLDPOINT_HOME: join(folder, 'home'), HOLDPOINT_KEY: KEY },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  child.stderr?.on('data', (chunk) => (said += String(chunk)));
  return { said: () => said };
};

it('brings along whatever the file does not name, says so, and takes a session and an alert', async () => {
  const port = await freePort(0);
  const { said } = up(yaml(port));
  await until(`it runs: ${said()}`, () => said().includes('Holdpoint runs at'), 120_000);
  expect(said()).toMatch(/SAMPLE: no section slack, so nobody is told/);
  expect(said()).toMatch(/SAMPLE: no section mail, so no mail leaves this machine/);
  const endpoint = `http://127.0.0.1:${port}`;
  const session = await openSession({ endpoint, apiKey: KEY, agent: 'order-agent', objective: 'look' });
  await session.tracedToolCall({ name: 'look_up', args: {} }, async () => ({ found: true }));
  await session.end('completed');
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  const check = await fetch(`${endpoint}/api/v1/agents/order-agent/trace-check`, { headers });
  expect(await check.json()).toMatchObject({
    session: { sessionId: session.sessionId, toolCalls: 1, outcome: 'completed', missingFields: [] },
  });
  const body = JSON.stringify({ title: 'A wrong answer', sessionId: session.sessionId });
  const alert = await fetch(`${endpoint}/api/v1/alerts`, { method: 'POST', headers, body });
  expect([alert.status, await alert.json()]).toMatchObject([202, { opened: true, dedupRule: 'session' }]);
}, 180_000);

it('says what is wrong with the file before it starts anything', async () => {
  const { said } = up('agents: { a: { containment: { kind: magic } } }\nkeys: {}\n');
  await once(child ?? fail(), 'close');
  expect(said()).toContain('holdpoint.yaml:1:');
  expect(said()).not.toMatch(/Postgres|Temporal dev server/);
}, 60_000);

const fail = (): never => {
  throw new Error('nothing was started');
};
