import { request } from 'node:http';
import { slackSignature } from '../../src/embedded/slack/people/deliver.ts';
import { PEOPLE } from '../../src/embedded/slack/sample-workspace.ts';
import { planned, type Planned } from '../slack/support/samples.ts';
import { startWorld, type Name, type World } from '../slack/support/world.ts';

const statuses: Planned = planned('reversible', 3);
const SECOND_MS = 1_000;
let world: World;
let aheadMs: number;
beforeEach(async () => {
  aheadMs = 0;
  world = await startWorld({ now: () => Date.now() + aheadMs });
  world.analysed();
  await world.refresh();
});
afterEach(async () => {
  expect(world.standIn.state.violations).toEqual([]);
  await world.close();
});

type Payload = Record<string, unknown>;

/** A signed request as it would come from Slack, signed `offS` from now. */
async function post(
  payload: Payload,
  offS = 0,
  secret = 'a-signing-secret',
): Promise<{ status: number; body: string }> {
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timeS = Math.floor(Date.now() / 1_000) + offS;
  const answer = await fetch(world.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(timeS),
      'x-slack-signature': slackSignature(secret, timeS, body),
    },
    body,
  });
  return { status: answer.status, body: await answer.text() };
}

const by = (payload: Payload, name: Name): Payload => ({
  ...payload,
  user: { ...(payload['user'] as object), id: PEOPLE[name] },
});

/** What Slack sends when this happens, taken while the engine is out of reach: it has not counted yet. */
async function caught(work: () => Promise<unknown>): Promise<Payload> {
  world.incidents.mood = 'unreachable';
  await work();
  world.incidents.mood = 'well';
  const payload = world.standIn.state.deliveries.at(-1)?.payload;
  if (!payload) throw new Error('nothing was sent');
  return payload;
}

const acknowledging = () => caught(() => world.press('ana', 'Acknowledge', world.card().ts));
const asked = async (): Promise<void> => {
  await world.press('ana', 'Confirm: tool misfire, step 7');
  world.mapped([statuses]);
  await world.refresh();
};
const signing = async (name: Name): Promise<Payload> => {
  if (Object.keys(world.state.signOffs).length === 0) await asked();
  await world.press(name, 'Review & sign', world.signOff('Sign the reversal').ts);
  return caught(() => world.fill(name, {}));
};
const signatures = () =>
  Object.values(world.state.signOffs).flatMap((request) => request.signatures.map((one) => one.by));
const given = (type: string) => world.incidents.given.filter((command) => command.type === type);
const twenty = Array.from({ length: 20 }, (_, i) => i);

describe('accounts that decide nothing', () => {
  const accounts: [Name, string][] = [
    ['bot', 'Bots decide nothing here.'],
    ['former', 'This account is deactivated.'],
    ['guest', 'Guests decide nothing here.'],
    ['stranger', 'belongs to another organisation'],
  ];

  it.each(accounts)('a click of %s counts for nothing', async (name) => {
    const click = by(await acknowledging(), name);
    expect((await post(click)).status).toBe(200);
    expect(given('acknowledge')).toEqual([]);
    expect(world.state.acknowledgedAt).toBeNull();
  });

  it.each(accounts)('a form that another person opened and %s sends says why', async (name, words) => {
    const form = by(await signing('ben'), name);
    const { status, body } = await post(form);
    expect({ status, body }).toEqual({ status: 200, body: expect.stringContaining(words) });
    expect(signatures()).toEqual([]);
  });

  it('who was deactivated a second ago does not sign with the form that stood open', async () => {
    const form = await signing('ben');
    world.standIn.admin.deactivate(PEOPLE.ben);
    aheadMs = SECOND_MS;
    expect((await post(form)).body).toContain('This account is deactivated.');
    expect(signatures()).toEqual([]);
  });

  it('who left the approvers some seconds ago does not sign either', async () => {
    const form = await signing('ben');
    world.slack.client.usergroups.users.list = async () => ({ ok: true, users: [PEOPLE.chidi] });
    aheadMs = 4 * SECOND_MS;
    expect((await post(form)).body).toContain('You are not an approver of this incident.');
    expect(signatures()).toEqual([]);
  });
});

describe('signatures', () => {
  it('of another secret, on a click that would count: 401, nothing done', async () => {
    const click = await acknowledging();
    expect((await post(click, 0, 'another-secret')).status).toBe(401);
    expect(given('acknowledge')).toEqual([]);
    expect(world.state.acknowledgedAt).toBeNull();
    expect((await post(click)).status).toBe(200);
    expect(world.state.acknowledgedAt).not.toBeNull();
  });

  it.each([
    ['a year ahead', 365 * 86_400],
    ['ten minutes ahead', 600],
    ['ten minutes old', -600],
  ])('%s: 401, nothing done', async (_what, offS) => {
    const click = await acknowledging();
    expect((await post(click, offS)).status).toBe(401);
    expect(world.state.acknowledgedAt).toBeNull();
  });

  it('a minute ahead is a clock that differs', async () => {
    expect((await post(await acknowledging(), 60)).status).toBe(200);
    expect(world.state.acknowledgedAt).not.toBeNull();
  });
});

describe('a body', () => {
  const send = (headers: Record<string, string>, part: string): Promise<number> =>
    new Promise((resolve) => {
      const sending = request(world.endpoint, { method: 'POST', headers });
      sending.on('response', (response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
        sending.destroy();
      });
      // What was refused may be cut off while it is still sent.
      sending.on('error', () => undefined);
      const more = (): void => {
        while (!sending.destroyed && sending.write(part));
        if (!sending.destroyed) sending.once('drain', more);
      };
      more();
    });
  const MEGABYTE = 'x'.repeat(1_000_000);

  it('of ten megabytes, or without an end, is refused before it is there', async () => {
    expect(await send({ 'content-length': '10000000' }, MEGABYTE)).toBe(413);
    expect(await send({}, MEGABYTE)).toBe(413);
    expect((await world.press('ana', 'Acknowledge')).ok).toBe(true);
  });
});

/** Slack waits three seconds; on a busy machine some of twenty hear nothing in time, and count all the same. */
describe('many at once', () => {
  it('the same click twenty times: one event', async () => {
    const click = await acknowledging();
    const { seq } = world.state;
    await Promise.all(twenty.map(() => post(click)));
    await world.until(() => world.state.acknowledgedAt !== null, 'acknowledged');
    expect(new Set(given('acknowledge').map(({ id }) => id)).size).toBe(1);
    expect(world.state.seq).toBe(seq + 1);
  });

  it('the same signature twenty times: one', async () => {
    const form = await signing('ben');
    await Promise.all(twenty.map(() => post(form)));
    await world.until(() => signatures().length > 0, 'signed');
    expect(new Set(given('signReversal').map(({ id }) => id)).size).toBe(1);
    expect(signatures()).toHaveLength(1);
  });

  it('two people sign what one may decide: the second reads that it is decided', async () => {
    const forms = [await signing('ben'), await signing('chidi')];
    const answers = await Promise.all(forms.map((form) => post(form)));
    expect(answers.filter(({ body }) => body.includes('decided already'))).toHaveLength(1);
    expect(signatures()).toHaveLength(1);
  });

  it('two people acknowledge: one did, the other hears it', async () => {
    const click = await acknowledging();
    await Promise.all([post(click), post(by(click, 'ben'))]);
    const { audit } = world.store;
    const events = (await audit.events(world.incidentId)).filter(({ type }) => type === 'acknowledged');
    expect(events).toHaveLength(1);
    const told = [...world.told('ana'), ...world.told('ben')];
    await world.until(
      () =>
        [...world.told('ana'), ...world.told('ben')].some((text) => text.includes('Already acknowledged')),
      () => `somebody hears it; heard: ${told.join(' | ')}`,
    );
  });
});
