import { appendIncidents } from '../audit/incidents.ts';
import { testStore, type TestStore } from './store.ts';

let db: TestStore;
beforeAll(async () => {
  db = await testStore();
});
afterAll(() => db.end());

const rowsOf = () =>
  db.query(`select to_jsonb(i) - 'revision' - 'updated_at_ms' - 'state' as columns, state::text as state
    from incident i order by incident_id`);

it('makes each row again byte for byte, the columns beside the state too', async () => {
  const ids = await appendIncidents(db.store.audit, 25);
  const live = await rowsOf();
  expect(await db.store.incidents.rebuild({ check: true })).toEqual({ incidents: 25, differing: [] });
  await db.query('delete from incident');
  expect(await db.store.incidents.rebuild()).toEqual({ incidents: 25, differing: ids });
  expect(await rowsOf()).toEqual(live);
});

it('says what differs in the bytes of the state or in a column, and with check changes nothing', async () => {
  await db.query(`update incident set late = not late where incident_id = 'inc-00002'`);
  await db.query(`update incident set state = (state::text || ' ')::json where incident_id = 'inc-00003'`);
  const altered = await rowsOf();
  const found = { incidents: 25, differing: ['inc-00002', 'inc-00003'] };
  expect(await db.store.incidents.rebuild({ check: true })).toEqual(found);
  expect(await rowsOf()).toEqual(altered);
  expect(await db.store.incidents.rebuild()).toEqual(found);
  expect(await db.store.incidents.rebuild({ check: true })).toEqual({ incidents: 25, differing: [] });
});

it('rebuilds words that were erased as erased', async () => {
  const [{ incidentId, sha256 } = { incidentId: '', sha256: '' }] = (await db.query(
    `select incident_id as "incidentId", sha256 from prose where text is not null limit 1`,
  )) as { incidentId: string; sha256: string }[];
  expect(await db.store.audit.erase(incidentId, sha256)).toBe(true);
  expect(await db.store.incidents.rebuild({ check: true })).toEqual({ incidents: 25, differing: [] });
});
