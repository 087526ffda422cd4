import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { testEnvironment } from '../support/temporal.ts';
import { House } from './support/house.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await testEnvironment();
});
afterAll(() => env.teardown());

const isOnRecord = (house: House, type: string): boolean =>
  house.recorded.log.some((event) => event.type === type);

it('shows a decision in the same activity as its record when nothing else waits for it', async () => {
  const house = new House(env);
  house.settings = { ...house.settings, cardQuietMs: 0 };
  await house.live(async () => {
    await house.alert();
    await house.until('mapped', (s) => s.blast !== null && s.mode.suggested !== null);
    await house.idle();
    const before = house.recorded.calls.length;
    await house.send({ type: 'confirmMode', mode: 'tool_misfire', misfit: null });
    await house.idle();
    expect(house.recorded.calls.slice(before)).toEqual(['appendAndShow', 'refreshCard']);
    expect(isOnRecord(house, 'modeConfirmed')).toBe(true);
  });
});

it('does not let a Slack that hangs hold up the record', async () => {
  const house = new House(env);
  house.settings = { ...house.settings, cardQuietMs: 0 };
  let letGo = (_shown: { shownSeq: number }): void => undefined;
  const hanging = new Promise<{ shownSeq: number }>((resolve) => (letGo = resolve));
  await house.live(async () => {
    await house.alert();
    await house.until('mapped', (s) => s.blast !== null && s.mode.suggested !== null);
    await house.idle();
    let hangs = 0;
    house.recorded.activities.refreshCard = () => {
      hangs += 1;
      return hanging;
    };
    await house.send({ type: 'confirmMode', mode: 'tool_misfire', misfit: null });
    await house.until('the card hangs', () => hangs > 0);
    await house.send({ type: 'confirmOrigin', sessionId: 's-1', step: 4 });
    await house.until('on record', () => isOnRecord(house, 'originConfirmed'));
    // Asks for its record before it runs.
    await house.until('proven', (s) => s.proofs.eval_regression !== undefined);
    expect(hangs).toBe(1);
    letGo({ shownSeq: 0 });
    await house.idle();
    expect(house.recorded.log.map(({ seq }) => seq)).toEqual(house.recorded.log.map((_, i) => i + 1));
  });
});
