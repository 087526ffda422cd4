import type { ContainmentOrder } from '../../src/adapters/containment/port.ts';
import type { AlertAnswer, Incidents } from '../../src/client/port.ts';
import { createResponder, type FirstStop } from '../../src/live/respond.ts';
import type { Signal } from '../../src/live/signal.ts';
import { testStore, type TestStore } from '../store/store.ts';

let db: TestStore;
beforeAll(async () => {
  db = await testStore();
});
afterAll(() => db.end());
beforeEach(() => db.query('truncate effect_ledger'));

const signal = (over: Partial<Signal> = {}): Signal => ({
  key: 'k',
  pattern: 'tool_misfire/drift/1',
  response: 'contain',
  title: 'the field was renamed',
  kind: 'semantic',
  severity: 'sev2',
  isLoud: true,
  needsMemory: false,
  taughtBy: null,
  ...over,
});

const responding = (answer: Partial<AlertAnswer> = {}) => {
  const alerts: Parameters<Incidents['alert']>[0][] = [];
  const stops: FirstStop[] = [];
  const kills: ContainmentOrder[] = [];
  const told: string[] = [];
  const responder = createResponder({
    incidents: {
      alert: (input) => {
        alerts.push(input);
        return Promise.resolve({ incidentId: 'inc-1', opened: true, dedupKey: '', dedupRule: '', ...answer });
      },
    },
    ledger: db.store.ledger,
    containmentOf: () => ({
      contain: (order) => {
        kills.push(order);
        return Promise.resolve({ status: 'confirmed', evidence: '', atMs: 0 });
      },
    }),
    firstStop: (order) => {
      stops.push(order);
      return Promise.resolve();
    },
    tell: (text) => {
      told.push(text);
      return Promise.resolve();
    },
    sessionsUrl: (_agent, pattern) => `https://holdpoint.example.com/sessions?pattern=${pattern}`,
    nowMs: () => Date.parse('2026-03-01T12:00:00Z'),
  });
  return { responder, alerts, stops, kills, told };
};

it('opens or joins the incident of the pattern, then sets the switch for that incident', async () => {
  const { responder, alerts, stops, kills } = responding();
  expect(await responder.contain('loan-agent', 's1', signal())).toBe('inc-1');
  expect(alerts[0]).toMatchObject({ agent: 'loan-agent', dedupKey: 'pattern:tool_misfire/drift/1' });
  expect(stops).toEqual([
    {
      incidentId: 'inc-1',
      agent: 'loan-agent',
      sessionId: 's1',
      reason: 'the field was renamed',
      action: 'pause',
    },
  ]);
  expect(kills).toEqual([]);
});

it('says the same thing under the same id, and stops for it once: a release is not undone by reading again', async () => {
  const { responder, alerts, stops } = responding();
  await responder.contain('loan-agent', 's1', signal());
  await responder.contain('loan-agent', 's1', signal());
  await responder.contain('loan-agent', 's2', signal());
  const ids = alerts.map(({ alert }) => alert.alertId);
  expect([ids[0] === ids[1], ids[0] === ids[2]]).toEqual([true, false]);
  expect(stops.map(({ sessionId }) => sessionId)).toEqual(['s1', 's2']);
});

it('kills at the end of the budget, also where the incident had only paused', async () => {
  const joined = responding({ opened: false });
  await joined.responder.contain('loan-agent', 's1', signal({ kind: 'cost' }));
  expect(joined.stops.map(({ action }) => action)).toEqual(['kill']);
  expect(joined.kills.map(({ action, sessionId }) => [action, sessionId])).toEqual([['kill', 's1']]);
});

it('tells people once a pattern and day, with where to look', async () => {
  const { responder, told } = responding();
  await responder.alert('loan-agent', 's1', signal());
  await responder.alert('loan-agent', 's2', signal());
  await responder.alert('loan-agent', 's3', signal({ pattern: 'cost_runaway/loop/2' }));
  expect(told).toHaveLength(2);
  expect(told[0]).toBe(
    'loan-agent, session s1: the field was renamed. Nothing was stopped. https://holdpoint.example.com/sessions?pattern=tool_misfire/drift/1',
  );
});
