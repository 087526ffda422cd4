import { openHouse, TOKENS, type House } from './support/house.ts';
import { alert, ana, engine, lee, prose, receiveAlert } from '../domain/incident/story.ts';
import { signing } from './support/incidents.ts';

const { TOKEN_ANA, TOKEN_EVE, TOKEN_AUDIT } = TOKENS;
/** Words that stand in the sealed trace, in what was found in it, or in what an alert quotes of it. */
const OF_THE_TRACE = [
  'yearly_income_total',
  'annual_income',
  'APL-481259',
  'quoted-customer-4711',
  'its contract does not have',
  'Engine draft',
];

let house: House;
let open: House;
beforeAll(async () => {
  [house, open] = await Promise.all([openHouse(), openHouse({ viewersSeeTraces: true })]);
  for (const one of [house, open]) {
    const lived = await signing(one);
    lived.give(
      'receiveAlert',
      { kind: 'source', id: 'key:monitoring' },
      {
        ...receiveAlert(),
        incidentId: lived.state.incidentId,
        dedupKey: lived.state.dedupKey,
        alert: alert({
          alertId: 'again',
          sessionId: lived.state.alerts.first?.sessionId ?? null,
          wrongValue: 'quoted-customer-4711',
          entityId: 'quoted-customer-4711',
        }),
      },
    );
    const words = { typedCount: 2, reason: prose('It makes it good.') };
    lived.give('signReversal', lee, lived.signing('r-letters', words));
    lived.give('draftSection', engine, {
      section: 'classification',
      text: prose('Engine draft: yearly_income_total.'),
    });
    lived.give('addNote', ana, { text: prose('Words of a person stay.') });
    await one.record(lived);
  }
});
afterAll(async () => {
  await Promise.all([house.end(), open.end()]);
});

const PLACES = [
  '/',
  '/incidents?q=decline',
  '/incidents/inc-signing-1',
  '/api/v1/overview',
  '/api/v1/incidents',
  '/api/v1/incidents/inc-signing-1',
  '/api/v1/incidents/inc-signing-1/view',
  '/agents',
  '/measures',
];

test.each(PLACES)('%s shows a viewer nothing of a trace', async (path) => {
  const { status, text } = await house.read(path, TOKEN_EVE);
  expect(status).toBe(200);
  for (const word of OF_THE_TRACE) expect(text).not.toContain(word);
});

test('responders and auditors see it, and viewers where the configuration lets them', async () => {
  for (const [at, token] of [
    [house, TOKEN_ANA],
    [house, TOKEN_AUDIT],
    [open, TOKEN_EVE],
  ] as const) {
    expect((await at.read('/incidents/inc-signing-1', token)).text).toContain('yearly_income_total');
    expect((await at.read('/api/v1/incidents/inc-signing-1', token)).text).toContain('quoted-customer-4711');
  }
});

test('a viewer is told why, and reads what people wrote', async () => {
  const { text } = await house.read('/incidents/inc-signing-1', TOKEN_EVE);
  expect(text).toContain('The session is not shown to your role.');
  expect(text).toContain('Words of a person stay.');
});

test('no word of a trace is searched by', async () => {
  for (const word of OF_THE_TRACE.slice(0, 4))
    expect((await house.read(`/api/v1/incidents?q=${word}`, TOKEN_ANA)).json()).toMatchObject({
      matching: 0,
    });
});

test('evidence that was altered, or cannot be read, is not shown as if it were there', async () => {
  const { EvidenceAltered } = await import('../../src/adapters/evidence/port.ts');
  const broken = await openHouse();
  await broken.record(await signing(broken));
  broken.sealed.broken = new EvidenceAltered('sha256:x is not what was sealed');
  expect((await broken.read('/incidents/inc-signing-1', TOKEN_ANA)).text).toContain('NOT what was sealed');
  broken.sealed.broken = new Error('the disk is away');
  expect((await broken.read('/incidents/inc-signing-1', TOKEN_ANA)).text).toContain(
    'cannot be read right now',
  );
  broken.sealed.broken = null;
  expect((await broken.read('/incidents/inc-signing-1', TOKEN_ANA)).text).toContain('Steps to read');
  await broken.end();
});
