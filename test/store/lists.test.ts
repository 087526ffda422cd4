import { lineOf } from '../../src/domain/incident/line.ts';
import { LINE_VERSION } from '../../src/store/projection-row.ts';
import { createStore } from '../../src/store/create.ts';
import type { Change } from '../../src/store/port.ts';
import {
  alert,
  HOUR,
  MINUTE,
  prose,
  story,
  T0,
  type Story,
  ana,
  receiveAlert,
} from '../domain/incident/story.ts';
import { until } from '../instrument/until.ts';
import { testStore, type TestStore } from './store.ts';

let test$: TestStore;
beforeAll(async () => {
  test$ = await testStore();
});
afterAll(() => test$.end());

const begun = (incidentId: string, title: string, over: object = {}): Story =>
  story().opened({
    ...receiveAlert(),
    incidentId,
    dedupKey: incidentId,
    alert: alert({ title, alertId: incidentId }),
    ...over,
  });

/** Lives the story, and puts it on record. */
const put = (incidentId: string, lived: Story) => test$.store.audit.append(incidentId, lived.events);

describe('lists over incidents', () => {
  beforeAll(async () => {
    await put('inc-loan-1', begun('inc-loan-1', 'Decline rate at 100 %').contained().sealed().analysed());
    const signing = begun('inc-loan-2', 'Letters to the wrong people');
    await put(
      'inc-loan-2',
      signing.contained().sealed().analysed().located().mapped().approvers().asked('r1', 'status'),
    );
    const closed = story().closed();
    const events = JSON.parse(
      JSON.stringify(closed.events).replaceAll('inc-loan-1', 'inc-loan-3'),
    ) as Story['events'];
    await test$.store.audit.append('inc-loan-3', events);
    await put(
      'inc-mail-1',
      begun('inc-mail-1', 'Größe der Antwort', { agent: 'mail-agent' }).give('takeOwnership', ana, {}),
    );
  });

  const ids = async (filter: object) =>
    (await test$.store.incidents.list({ limit: 50, ...filter })).map(({ incidentId }) => incidentId).sort();

  test('name the newest open ones of each agent, and every one that holds it', async () => {
    for (const n of [1, 2, 3]) {
      const lived = begun(`inc-many-${n}`, 'Many', { agent: 'many-agent' }).contained();
      if (n > 1) lived.give('releaseAgent', ana, { reason: prose('Mended.') });
      await put(`inc-many-${n}`, lived);
    }
    const many = async (mostOfEach: number) =>
      (await test$.store.lists.openByAgent(mostOfEach))
        .filter(({ agent }) => agent === 'many-agent')
        .map(({ incidentId, held }) => `${incidentId} ${held ? 'holds' : 'does not'}`);
    expect(await many(0)).toEqual(['inc-many-1 holds']);
    expect(await many(1)).toEqual(['inc-many-3 does not', 'inc-many-1 holds']);
    expect(await many(9)).toEqual(['inc-many-3 does not', 'inc-many-2 does not', 'inc-many-1 holds']);
    await test$.query(`delete from incident where agent = 'many-agent'`);
  });

  test('are filtered by what a row is', async () => {
    expect(await ids({ status: 'open' })).toEqual(['inc-loan-1', 'inc-loan-2', 'inc-mail-1']);
    expect(await ids({ status: 'ended' })).toEqual(['inc-loan-3']);
    expect(await ids({ agent: 'mail-agent' })).toEqual(['inc-mail-1']);
    expect(await ids({ phase: 'sign_off' })).toEqual(['inc-loan-2']);
    expect(await ids({ mode: 'tool_misfire', status: 'open' })).toEqual(['inc-loan-1', 'inc-loan-2']);
    expect(await ids({ ownerId: ana.id })).toEqual(['inc-mail-1']);
    expect(await ids({ ownerId: null, status: 'open' })).toEqual(['inc-loan-1', 'inc-loan-2']);
    expect(await ids({ openedBefore: T0 })).toEqual([]);
    expect(await test$.store.lists.count({ openedFrom: T0 })).toBe(4);
  });

  test.each([
    ['letters wrong', ['inc-loan-2']],
    ['LETT', ['inc-loan-2', 'inc-loan-3']],
    ['inc-loan-2', ['inc-loan-2']],
    ['größe', ['inc-mail-1']],
    ['100 % decline', ['inc-loan-1', 'inc-loan-3']],
    ["'; drop table incident; --", []],
    ['a & !b | (', []],
    ['   ', ['inc-loan-1', 'inc-loan-2', 'inc-loan-3', 'inc-mail-1']],
    ['nothing like this', []],
  ])('are searched by words: %s', async (text, found) => {
    expect(await ids({ text })).toEqual(found);
  });

  test('the most urgent comes first: not stopped, late, then the next due time', async () => {
    const at = async (nowMs: number) =>
      (await test$.store.lists.urgent({ status: 'open', limit: 10, nowMs })).map((row) => row.incidentId);
    expect(await at(T0)).toEqual(['inc-mail-1', 'inc-loan-2', 'inc-loan-1']);
    expect(await test$.store.lists.openCounts(T0)).toEqual({
      open: 3,
      unowned: 2,
      pendingSignOffs: 1,
      late: 0,
      dueSoon: 0,
      openRemediation: 6,
    });
    expect(await test$.store.lists.openCounts(T0 + 40 * HOUR)).toMatchObject({ dueSoon: 3, late: 0 });
    expect(await test$.store.lists.openCounts(T0 + 49 * HOUR, 'loan-agent')).toMatchObject({ late: 2 });
  });

  test('durations say their n, and what nobody measured is null', async () => {
    const all = await test$.store.lists.durations({});
    expect(all.map(({ name, n }) => [name, n])).toEqual([
      ['contain', 3],
      ['classify', 3],
      ['sign_off', 2],
      ['distribute', 1],
    ]);
    expect(all[0]).toMatchObject({ median: 7_000, p90: 7_000 });
    expect(all[1]?.median).toBe(MINUTE + 27_000);
    expect(await test$.store.lists.durations({ agent: 'nobody' })).toEqual(
      ['contain', 'classify', 'sign_off', 'distribute'].map((name) => ({
        name,
        n: 0,
        median: null,
        p90: null,
      })),
    );
    expect(await test$.store.lists.inTime({})).toEqual({ distributed: 1, inTime: 1, late: 0 });
    expect(await test$.store.lists.modesOverTime('month', {})).toEqual([
      { from: '2026-03-01', mode: 'tool_misfire', n: 3 },
      { from: '2026-03-01', mode: null, n: 1 },
    ]);
    expect(await test$.store.lists.agents()).toEqual([
      expect.objectContaining({ agent: 'loan-agent', total: 3, open: 2, closed: 1 }),
      expect.objectContaining({ agent: 'mail-agent', total: 1, open: 1 }),
    ]);
  });

  test('rows of an older release are filled when the store opens', async () => {
    const before = await test$.query('select * from incident order by incident_id');
    await test$.query(
      `update incident set line_version = 0, title = '', words = '', phase = '', contain_ms = null`,
    );
    expect(await ids({ text: 'letters' })).toEqual([]);
    await (await createStore({ url: test$.url })).close();
    expect(await test$.query('select * from incident order by incident_id')).toEqual(before);
    expect(before.every((row) => row['line_version'] === LINE_VERSION)).toBe(true);
  });

  test('no words of people are searched', () => {
    const noted = begun('x', 'y').give('addNote', ana, { text: prose('Mrs Secret called') });
    expect(lineOf(noted.state).words).not.toContain('secret');
  });
});

describe('changes', () => {
  test('are told across processes, and after a lost connection', async () => {
    const other = await createStore({ url: test$.url });
    const heard: Change[] = [];
    const stop = await other.changes.subscribe((change) => heard.push(change));
    await put('inc-live-1', begun('inc-live-1', 'Live'));
    await until('a write is told', () => heard.some(({ incidentId }) => incidentId === 'inc-live-1'));
    expect(heard.at(-1)).toEqual({ incidentId: 'inc-live-1', seq: expect.any(Number) });
    await test$.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'holdpoint changes' and datname = current_database()`,
    );
    await until('a gap is told', () => heard.some(({ incidentId }) => incidentId === null));
    const lived = begun('inc-live-2', 'Live again');
    await put('inc-live-2', lived);
    await until('it is heard again', () => heard.some(({ incidentId }) => incidentId === 'inc-live-2'));
    stop();
    const count = heard.length;
    await put('inc-live-3', begun('inc-live-3', 'Nobody listens'));
    await other.close();
    expect(heard.length).toBe(count);
  });
});
