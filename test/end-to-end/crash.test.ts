import { join } from 'node:path';
import { createBaseline } from '../../src/activities/baseline.ts';
import { checklistOf } from '../../src/domain/incident/checklist.ts';
import { Player } from '../../src/embedded/sample/player.ts';
import { Scenario } from '../../src/embedded/sample/scenario.ts';
import { countOf } from '../../src/embedded/sample/story.ts';
import { signerFromFile } from '../../src/sign/keys.ts';
import { createStore } from '../../src/store/create.ts';
import type { Store } from '../../src/store/port.ts';
import { newFolder, removeFolder } from '../support/folder.ts';
import type { Running } from '../support/processes.ts';
import { cardsIn, complaintsAbout, lettersIn, reversalsIn } from './records.ts';
import { startSystem, type System } from './system.ts';

const home = newFolder();
let system: System;
let store: Store;
let scenario: Scenario;

beforeAll(async () => {
  system = await startSystem(home);
  store = await createStore({ url: system.databaseUrl });
  scenario = new Scenario({
    dir: home,
    loansDir: system.loans.dir,
    urls: system.loans.urls,
    endpoint: system.endpoint,
    key: system.secrets.HOLDPOINT_SAMPLE_KEY,
    store,
    baseline: createBaseline(store),
    say: () => undefined,
  });
}, 300_000);

afterAll(async () => {
  await scenario?.stop();
  await store?.close();
  await system?.stop();
  removeFolder(home);
}, 60_000);

/** Both at once, so that neither can finish for the other. */
async function kill(both: Running[]): Promise<void> {
  for (const one of both) one.kill('SIGKILL');
  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual(['SIGKILL', 'SIGKILL']);
}

const startBoth = (): Promise<Running[]> => Promise.all([system.start('server'), system.start('worker')]);

/** People decide until somebody has pressed `last`, or until the card is frozen. */
async function play(incidentId: string, last?: RegExp): Promise<void> {
  const leaving = new AbortController();
  const said: string[] = [];
  const say = (line: string): void => {
    said.push(line);
    if (last?.test(line)) leaving.abort();
  };
  const { signal } = leaving;
  const standInUrl = system.slack.url;
  const player = new Player({ standInUrl, incidentId, say, signal, patienceMs: 240_000 });
  await player.play().catch((error: unknown) => {
    if (!leaving.signal.aborted) throw new Error(said.join('\n'), { cause: error });
  });
  expect(leaving.signal.aborted).toBe(last !== undefined);
}

async function verifyOffline(incidentId: string): Promise<void> {
  const file = join(home, 'audit.jsonl');
  const { publicKey } = signerFromFile(join(home, 'signing.key'));
  const exported = await system.command(['audit', 'export', '--incident', incidentId, '--out', file]);
  expect(exported).toEqual({ code: 0, errors: expect.stringContaining(`written: ${file}`) });
  const verified = await system.command(['audit', 'verify', file, '--public-key', publicKey]);
  expect(verified).toEqual({ code: 0, errors: '' });
}

it('closes the incident though server and worker were killed before the signatures', async () => {
  const first = await startBoth();
  const { incidentId } = await scenario.toIncident();
  await play(incidentId, /pressed "Confirm: /);
  const lettersAtTheStop = lettersIn(system.loans.dir);
  await kill(first);

  const atTheKill = await store.incidents.get(incidentId);
  expect(atTheKill?.state.status).toBe('open');
  expect(Object.values(atTheKill?.state.targets ?? {}).map(({ status }) => status)).not.toContain('pending');
  expect(Object.values(atTheKill?.state.signOffs ?? {}).flatMap((one) => one.authorised)).toEqual([]);
  expect(reversalsIn(system.loans.dir).reversed).toEqual([]);

  await startBoth();
  await play(incidentId);

  const row = await store.incidents.get(incidentId);
  if (!row) throw new Error('the incident is not on record');
  expect(row.state.status).toBe('closed');
  expect(checklistOf(row.state).filter(({ proven }) => !proven)).toEqual([]);
  expect(checklistOf(row.state)).toHaveLength(11);
  expect(await store.incidents.list({ limit: 10 })).toHaveLength(1);
  const { publicKey } = signerFromFile(join(home, 'signing.key'));
  expect(await complaintsAbout(store, incidentId, Buffer.from(publicKey, 'base64'))).toEqual([]);
  await verifyOffline(incidentId);

  const { reversed, again } = reversalsIn(system.loans.dir);
  expect(again).toEqual([]);
  expect(reversed).toHaveLength(countOf(row.state, 'reversible'));
  expect(new Set(lettersAtTheStop).size).toBe(lettersAtTheStop.length);
  expect(
    system.mail
      .mails()
      .map(({ to }) => to)
      .sort(),
  ).toEqual(['on-call@example.com', 'platform@example.com']);
  expect(cardsIn(system.slack.state.workspace.messages)).toBe(1);
  expect(system.slack.state.violations).toEqual([]);
}, 900_000);
