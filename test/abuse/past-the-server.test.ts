import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { commandUpdate, type SignedCommand } from '../../src/workflows/messages.ts';
import { testEnvironment } from '../support/temporal.ts';
import { newSigner, person, proseOf, source } from '../workflows/support/cast.ts';
import { House } from '../workflows/support/house.ts';

let env: TestWorkflowEnvironment;
let house: House;
beforeAll(async () => {
  env = await testEnvironment();
});
afterAll(() => env.teardown());
beforeEach(() => {
  house = new House(env);
});

const refused = (sent: Promise<unknown>): Promise<unknown> =>
  sent.then(
    () => 'taken',
    (error: { cause?: { type?: string; details?: unknown[] } }) => error.cause?.type ?? String(error),
  );

describe('whoever reaches Temporal without the key of the server', () => {
  it('gives no command by update, whatever it is made of', async () => {
    await house.live(async () => {
      await house.alert();
      const acknowledge = house.sign({ type: 'acknowledge' }, person('ana'));
      const made = newSigner('test').sign(house.incidentId, acknowledge.command);
      const pollution = JSON.parse(
        '{"__proto__":{"signature":"x"},"command":{"type":"acknowledge"}}',
      ) as SignedCommand;
      const forged: unknown[] = [
        null,
        'acknowledge',
        [],
        {},
        { ...acknowledge, signature: null },
        { ...acknowledge, keyId: '__proto__' },
        { ...acknowledge, keyId: 'constructor' },
        { ...acknowledge, command: { ...acknowledge.command, by: person('chidi') } },
        { ...acknowledge, command: { ...acknowledge.command, extra: true } },
        made,
        pollution,
      ];
      for (const signed of forged)
        expect(await refused(house.update(signed as SignedCommand))).not.toBe('taken');
      expect((await house.state()).acknowledgedAt).toBeNull();
      await house.update(acknowledge);
      expect((await house.state()).acknowledgedAt).not.toBeNull();
    });
  });

  it('gives none by signal, and the incident lives on', async () => {
    await house.live(async () => {
      await house.alert();
      const acknowledge = house.sign({ type: 'acknowledge' }, person('ana'));
      for (const signed of [null, 'x', {}, { ...acknowledge, signature: 'AAAA' }, [acknowledge]])
        await house.signal(signed as unknown as SignedCommand);
      await house.send({ type: 'addNote', text: proseOf('Still here.') });
      const state = await house.state();
      expect([state.acknowledgedAt, state.notes]).toEqual([null, 1]);
    });
  });

  it('plays no command of another incident, and none twice', async () => {
    const other = new House(env);
    await house.live(async () => {
      await house.alert();
      const elsewhere = house.sign({ type: 'acknowledge' }, person('ana'), other.incidentId);
      expect(await refused(house.update(elsewhere))).toBe('Forged');
      const note = house.sign({ type: 'addNote', text: proseOf('Once.') }, person('ana'));
      await house.update(note);
      expect(await house.update(note)).toMatchObject({ events: 0 });
      expect((await house.state()).notes).toBe(1);
    });
  });
});

describe('whoever has a key of the server but not the part', () => {
  it('a person gives no command of the engine, and a source none of a person', async () => {
    await house.live(async () => {
      await house.alert();
      const report = {
        type: 'reportContainment' as const,
        targetId: 'session:s-1',
        status: 'confirmed',
        evidence: 'x',
      };
      expect(await refused(house.send(report, person('ana')))).toBe('Refused');
      expect(await refused(house.send({ type: 'acknowledge' }, source))).toBe('Refused');
      const closing = house.handle.executeUpdate(commandUpdate, {
        args: [house.sign({ type: 'requestClose' }, { kind: 'engine', id: 'engine:x' })],
      });
      expect(await refused(closing)).toBe('Refused');
      expect((await house.state()).acknowledgedAt).toBeNull();
    });
  });
});
