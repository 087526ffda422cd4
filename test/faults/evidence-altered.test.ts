import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { testEnvironment } from '../support/temporal.ts';
import { proseOf } from '../workflows/support/cast.ts';
import { House } from '../workflows/support/house.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await testEnvironment();
});
afterAll(() => env.teardown());

it('a file that is altered weeks after it was sealed: found before the end, which waits until it is put back', async () => {
  let isAltered = false;
  const house = new House(env, {
    rehash: () =>
      isAltered
        ? { ok: false, proof: 'evidence sha256:ab was altered: /evidence/ab holds other bytes.' }
        : { ok: true, proof: 'All as sealed.' },
  });
  await house.live(async () => {
    await house.alert();
    await house.until('hashed', (s) => s.proofs.trace_exported?.ok === true);
    isAltered = true;
    // Final at first: the hash before the distribution opens it again, and nothing goes out.
    const deciding = house.decideAll().catch(() => undefined);
    const opened = await house.until('found', (s) => s.proofs.trace_exported?.ok === false);
    expect(opened.proofs.trace_exported?.proof).toContain('was altered');
    expect([opened.postmortem.final, opened.distribution]).toEqual([false, null]);
    await expect(house.send({ type: 'finalisePostmortem' })).rejects.toMatchObject({
      cause: { type: 'Refused', details: [{ code: 'items-open' }] },
    });
    isAltered = false;
    await house.send({ type: 'addNote', text: proseOf('The file is back from the copy.') });
    await house.until('proven again', (s) => s.proofs.trace_exported?.ok === true);
    await house.send({ type: 'finalisePostmortem' });
    await house.until('distributed', (s) => s.distributed !== null);
    await deciding;
  });
  expect(house.recorded.calls.filter((call) => call.startsWith('mail '))).toHaveLength(2);
});
