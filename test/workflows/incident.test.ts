import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { testEnvironment } from '../support/temporal.ts';
import { person, proseOf } from './support/cast.ts';
import { House } from './support/house.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await testEnvironment();
});
afterAll(() => env.teardown());

const refusedAs = async (sent: Promise<unknown>): Promise<unknown> => {
  const error = await sent.then(
    () => null,
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
  return (error as WorkflowUpdateFailedError).cause;
};

it('takes an incident from the alert to closure, every event on record', async () => {
  const house = new House(env);
  await house.live(async () => {
    await house.alert();
    await house.decideAll();
    await house.handle.result();
  });
  const state = house.folded();
  expect(state.status).toBe('closed');
  expect(house.recorded.log.map((event) => event.seq)).toEqual(house.recorded.log.map((_, i) => i + 1));
  expect(house.recorded.calls.filter((call) => call === 'reverseWindow')).toHaveLength(1);
  expect(house.recorded.calls).toContain('release');
});

it('stays below 400 history events at the slowest pace: each decision after the last one was recorded and shown', async () => {
  const house = new House(env);
  house.settings = { ...house.settings, cardQuietMs: 0 };
  house.beforeEach = () => house.idle();
  await house.live(async () => {
    await house.alert();
    await house.decideAll();
    await house.handle.result();
  });
  const { historyLength } = await house.handle.describe();
  process.stderr.write(`history events to closure, one decision after another: ${historyLength}\n`);
  expect(historyLength).toBeLessThan(400);
}, 120_000);

it('analyses nothing before the session is contained', async () => {
  const house = new House(env, {
    contain: async () => ({ adapter: 'x', status: 'unconfirmed', evidence: 'No answer.' }),
  });
  await house.live(async () => {
    await house.alert();
    await house.until('sealed beside it', (s) => s.sessions['s-1']?.seal != null);
    expect(house.recorded.calls).not.toContain('analyseSession');
    await house.send({
      type: 'takeOverContainment',
      targetId: 'session:s-1',
      reason: proseOf('Pulled the plug.'),
    });
    await house.until('analysed', (s) => s.mode.suggested !== null);
    expect(house.recorded.calls).toContain('notice containmentReported');
  });
});

it('offers sessions when the alert names none, and goes on with the one a person picks', async () => {
  const house = new House(env);
  await house.live(async () => {
    await house.alert(null);
    const offered = await house.until('offered', (s) => s.offered.length > 0);
    expect(offered.held).toBe(true);
    await house.send({ type: 'nameSession', sessionId: 's-found' });
    await house.until('analysed', (s) => s.mode.suggested !== null);
  });
});

describe('the door', () => {
  it('refuses a command with reasons a person can act on, and writes nothing', async () => {
    const house = new House(env);
    await house.live(async () => {
      await house.alert();
      const cause = await refusedAs(house.send({ type: 'requestClose' }));
      expect(cause).toMatchObject({ type: 'Refused', details: [{ code: 'items-open' }] });
    });
  });

  it('refuses a command without the envelope, for another incident, altered, stale or from the future', async () => {
    const house = new House(env);
    const other = new House(env);
    await house.live(async () => {
      await house.alert();
      const words = { type: 'acknowledge' as const };
      const good = house.sign(words, person('ana'));
      const forged = [
        other.sign(words, person('ana'), house.incidentId),
        house.sign(words, person('ana'), 'inc-other'),
        { ...good, command: { ...good.command, by: person('ben') } },
        { ...good, signature: '' },
        house.sign({ ...words, at: Date.now() - 3_600_000 }, person('ana')),
        house.sign({ ...words, at: Date.now() + 3_600_000 }, person('ana')),
        { ...good, command: { ...good.command, type: 'nothing' } },
      ];
      for (const signed of forged)
        expect(await refusedAs(house.update(signed as typeof good))).toMatchObject({ type: 'Forged' });
      expect((await house.state()).acknowledgedAt).toBeNull();
      await house.update(good);
      expect((await house.state()).acknowledgedAt).not.toBeNull();
    });
  });

  it('takes a late command by signal, and tells its giver when it is refused', async () => {
    const house = new House(env);
    await house.live(async () => {
      await house.alert();
      await house.signal(house.sign({ type: 'acknowledge' }, person('ana')));
      await house.until('acknowledged', (s) => s.acknowledgedAt !== null);
      await house.signal(house.sign({ type: 'acknowledge' }, person('ben')));
      await house.until('told', () => house.recorded.calls.includes('refusal already-acknowledged'));
    });
  });

  it('decides the same command once', async () => {
    const house = new House(env);
    await house.live(async () => {
      await house.alert();
      const note = { type: 'addNote' as const, id: 'click-1', text: proseOf('Seen.') };
      expect((await house.send(note)).events).toBe(1);
      expect((await house.send(note)).events).toBe(0);
      expect((await house.state()).notes).toBe(1);
    });
  });
});

it('continues as new in every phase and loses nothing', async () => {
  const house = new House(env);
  house.settings = { ...house.settings, continueAfter: 1 };
  await house.live(async () => {
    await house.alert();
    await house.decideAll();
    await house.handle.result();
  });
  expect(house.folded().status).toBe('closed');
  expect(house.recorded.log.map((event) => event.seq)).toEqual(house.recorded.log.map((_, i) => i + 1));
  expect(house.recorded.calls.filter((call) => call === 'reverseWindow')).toHaveLength(1);
  expect(house.recorded.calls.filter((call) => call.startsWith('mail '))).toHaveLength(2);
  expect(house.recorded.calls.filter((call) => call === 'archiveHistory').length).toBeGreaterThan(5);
});

it('holds the whole agent while nobody knows the session, and reads nothing of it', async () => {
  const orders: (string | null)[] = [];
  const house = new House(env, {
    contain: async ({ sessionId }) => {
      orders.push(sessionId);
      return { adapter: 'x', status: 'confirmed', evidence: 'All are paused.' };
    },
  });
  await house.live(async () => {
    await house.alert(null);
    await house.until('offered', (s) => s.offered.length > 0);
    await house.until('held', () => orders.length === 1);
    await house.send({ type: 'nameSession', sessionId: 's-1' });
    await house.until('contained', (s) => s.targets['session:s-1']?.status === 'confirmed');
  });
  expect(orders).toEqual([null, 's-1']);
});
