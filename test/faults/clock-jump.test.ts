import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { randomUUID } from 'node:crypto';
import { createStopSwitch } from '../../src/adapters/containment/stop-switch.ts';
import { createMemorySwitchStore } from '../../src/adapters/containment/memory-switch-store.ts';
import { ClockDiffers } from '../../src/client/errors.ts';
import { createIncidents } from '../../src/client/incidents.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { testEnvironment } from '../support/temporal.ts';
import { newSigner, person } from '../workflows/support/cast.ts';
import { House } from '../workflows/support/house.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await testEnvironment();
});
afterAll(() => env.teardown());

const HOUR_MS = 3_600_000;

/** A server process whose clock is off by so much. */
const serverOff = (house: House, byMs: number) =>
  createIncidents({
    client: house.client,
    signer: house.signer,
    publicKeys: { [house.signer.keyId]: house.signer.publicKey },
    taskQueue: house.taskQueue,
    settings: house.settings,
    deadlineMs: 10_000,
    config: { agents: {}, policy: defaultPolicy },
    projection: { get: async () => null, list: async () => [] },
    nowMs: () => Date.now() + byMs,
  });

describe('a server whose clock jumps', () => {
  it.each([
    ['ahead', HOUR_MS],
    ['back', -HOUR_MS],
  ])('an hour %s: what it sends is refused with the reason, and nothing of it counts', async (_way, byMs) => {
    const house = new House(env);
    await house.live(async () => {
      await house.alert();
      const sent = serverOff(house, byMs).send(
        house.incidentId,
        { type: 'acknowledge', id: randomUUID() },
        person('ana'),
      );
      await expect(sent).rejects.toThrow(ClockDiffers);
      await expect(sent).rejects.toThrow('Set the clock of the server.');
      expect((await house.state()).acknowledgedAt).toBeNull();
    });
  });

  it('a minute ahead: it counts, at the time of the engine’s order', async () => {
    const house = new House(env);
    await house.live(async () => {
      await house.alert();
      const words = { type: 'acknowledge' as const, id: randomUUID() };
      expect(await serverOff(house, 60_000).send(house.incidentId, words, person('ana'))).toMatchObject({
        ok: true,
      });
    });
  });
});

it('a worker whose clock jumps while it waits for the agent gives up in time, and says unconfirmed', async () => {
  let nowMs = Date.now();
  const clock = {
    nowMs: () => nowMs,
    sleep: async () => {
      nowMs += HOUR_MS;
    },
  };
  const adapter = createStopSwitch({ store: createMemorySwitchStore(), clock });
  const order = {
    incidentId: 'inc-1',
    agent: 'loan-agent',
    sessionId: 's-1',
    action: 'pause' as const,
    key: 'k',
    reason: 'x',
  };
  expect(await adapter.contain(order)).toMatchObject({ status: 'unconfirmed' });
});

it('a key that another server made is not believed, whatever the clock says', async () => {
  const house = new House(env);
  await house.live(async () => {
    await house.alert();
    const signed = newSigner('other').sign(house.incidentId, {
      type: 'acknowledge',
      id: randomUUID(),
      at: Date.now(),
      by: person('ana'),
    });
    await expect(house.update(signed)).rejects.toMatchObject({ cause: { type: 'Forged', details: [] } });
  });
});
