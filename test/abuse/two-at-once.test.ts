import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { testEnvironment } from '../support/temporal.ts';
import { person, proseOf } from '../workflows/support/cast.ts';
import { House } from '../workflows/support/house.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await testEnvironment();
});
afterAll(() => env.teardown());

/** An incident with a reversal that waits for one signature. */
async function asked(house: House): Promise<{ requestId: string; seen: string }> {
  await house.alert();
  await house.until('analysed', (s) => s.mode.suggested !== null);
  await house.send({ type: 'confirmMode', mode: 'tool_misfire', misfit: null });
  await house.send({ type: 'confirmOrigin', sessionId: 's-1', step: 4 });
  const { signOffs } = await house.until('asked', (s) => Object.keys(s.signOffs).length === 1);
  const [request] = Object.values(signOffs);
  return { requestId: request?.requestId ?? '', seen: request?.seen ?? '' };
}

const signing = (request: { requestId: string; seen: string }) => ({
  type: 'signReversal' as const,
  ...request,
  indices: 'all' as const,
  reason: null,
  typedCount: null,
});

it('two people sign one reversal, five times at the same moment: one signature counts, the others hear that it is decided', async () => {
  const house = new House(env);
  await house.live(async () => {
    const request = await asked(house);
    const sent = await Promise.allSettled(
      ['ben', 'chidi', 'ben', 'chidi', 'ben'].map((name) => house.send(signing(request), person(name))),
    );
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of sent)
      if (one.status === 'rejected')
        expect(one.reason).toMatchObject({ cause: { details: [{ code: 'already-decided' }] } });
    await house.until('reversed', (s) => Object.values(s.batches).some(({ reported }) => reported));
    expect(house.recorded.calls.filter((call) => call === 'reverseWindow')).toHaveLength(1);
  });
  expect(house.recorded.log.filter(({ type }) => type === 'reversalSigned')).toHaveLength(1);
});

it('one signs while another denies: whoever is first decides, and nothing is both', async () => {
  const house = new House(env);
  await house.live(async () => {
    const request = await asked(house);
    const { requestId, seen } = request;
    const denial = { type: 'denyReversal' as const, requestId, seen, indices: 'all', reason: proseOf('No.') };
    const [sign, deny] = await Promise.allSettled([
      house.send(signing(request), person('ben')),
      house.send(denial, person('chidi')),
    ]);
    expect([sign, deny].filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const decided = (await house.state()).signOffs[requestId];
    expect((decided?.authorised.length ?? 0) + (decided?.denied.length ?? 0)).toBe(1);
  });
});

it('the same click twenty times at once counts once', async () => {
  const house = new House(env);
  await house.live(async () => {
    await house.alert();
    const note = { type: 'addNote' as const, id: 'click-1', text: proseOf('Seen.') };
    const before = (await house.state()).notes;
    const answers = await Promise.all(Array.from({ length: 20 }, () => house.send(note).catch(() => null)));
    expect(answers.filter((answer) => answer?.events === 1)).toHaveLength(1);
    expect((await house.state()).notes).toBe(before + 1);
  });
});

it('an old card signs nothing: what it was signed on has changed', async () => {
  const house = new House(env);
  await house.live(async () => {
    const { requestId } = await asked(house);
    const old = signing({ requestId, seen: 'a'.repeat(64) });
    await expect(house.send(old, person('ben'))).rejects.toMatchObject({
      cause: { details: [{ code: 'plan-changed' }] },
    });
    expect(house.recorded.calls).not.toContain('reverseWindow');
  });
});
