import { Client, Connection } from '@temporalio/client';
import { freePort } from '../../../src/embedded/ports.ts';
import { until } from '../../../src/embedded/processes.ts';
import { newFolder, removeFolder } from '../../support/folder.ts';
import { killWithKeeper, processes, runFile, type Running } from '../../support/processes.ts';

const FIXTURE = 'test/embedded/fixtures/temporal.ts';
let dir: string;
let started: Running[];

beforeEach(() => {
  dir = newFolder();
  started = [];
});
afterEach(async () => {
  for (const one of started) one.kill('SIGTERM');
  await Promise.all(started.map(({ ended }) => ended));
  await until(() => serversHere().length === 0, 15_000);
  removeFolder(dir);
});

async function start(): Promise<{ holdpoint: Running; address: string }> {
  const holdpoint = runFile(FIXTURE, [dir, `${await freePort()}`, `${await freePort()}`]);
  started.push(holdpoint);
  return { holdpoint, address: await holdpoint.line() };
}

const serversHere = () =>
  processes().filter(({ command }) => command.includes(dir) && command.includes('start-dev'));

async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

describe('the embedded Temporal server', () => {
  it('listens on loopback only, and shows its pages there', async () => {
    const { address } = await start();
    expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    const arguments_ = serversHere()[0]?.command ?? '';
    expect(arguments_).toContain('--ip 127.0.0.1');
    const uiPort = /--ui-port (\d+)/.exec(arguments_)?.[1];
    expect((await fetch(`http://127.0.0.1:${uiPort}/`)).status).toBe(200);
  });

  it('keeps a workflow and its signals when everything is killed at once', async () => {
    const first = await start();
    await withClient(first.address, async (client) => {
      const handle = await client.workflow.start('incident', {
        taskQueue: 'nobody',
        workflowId: 'incident-1',
      });
      await handle.signal('clicked', 'yes');
    });
    for (const { pid } of serversHere()) process.kill(pid, 'SIGKILL');
    killWithKeeper(first.holdpoint.pid);
    await first.holdpoint.ended;
    const second = await start();
    await withClient(second.address, async (client) => {
      const handle = client.workflow.getHandle('incident-1');
      expect((await handle.describe()).status.name).toBe('RUNNING');
      const { events } = await handle.fetchHistory();
      expect(
        events?.some((event) => event.workflowExecutionSignaledEventAttributes?.signalName === 'clicked'),
      ).toBe(true);
    });
  });

  it('leaves no server behind when its owner is killed', async () => {
    const { holdpoint } = await start();
    expect(serversHere()).toHaveLength(1);
    holdpoint.kill('SIGKILL');
    expect(await until(() => serversHere().length === 0, 15_000)).toBe(true);
  });

  it('ends the server of an owner and keeper that were killed, before it starts its own', async () => {
    const { holdpoint } = await start();
    const [orphan] = serversHere();
    killWithKeeper(holdpoint.pid);
    await holdpoint.ended;
    expect(serversHere().map(({ pid }) => pid)).toEqual([orphan?.pid]);
    await start();
    const now = serversHere();
    expect(now).toHaveLength(1);
    expect(now[0]?.pid).not.toBe(orphan?.pid);
  });

  it('is shared by a second Holdpoint process, whose end does not end it', async () => {
    const first = await start();
    const second = await start();
    expect(second.address).toBe(first.address);
    second.holdpoint.kill('SIGTERM');
    await second.holdpoint.ended;
    await withClient(first.address, (client) => client.connection.ensureConnected());
    expect(serversHere()).toHaveLength(1);
  });

  it('starts once when two processes start it at the same moment', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect(one.address).toBe(other.address);
    expect(serversHere()).toHaveLength(1);
  });
});
