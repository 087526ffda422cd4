import type { StopSwitchStore, SwitchAck, Verdict } from '../../../src/adapters/containment/switch-store.ts';

/** The rules that every implementation of the switch store keeps; `make` gives an empty one. */
export const describeSwitchStore = (name: string, make: () => Promise<StopSwitchStore>): void => {
  describe(`the switch store ${name}`, () => {
    let store: StopSwitchStore;
    beforeEach(async () => (store = await make()));

    const set = (verdict: Verdict, sessionId: string | null, incidentId = 'inc-1'): Promise<number> =>
      store.set({ agent: 'a', sessionId, verdict, reason: `${incidentId} says ${verdict}`, incidentId });
    const ack = (state: SwitchAck['state'], seq: number, atMs: number, sessionId = 's'): Promise<void> =>
      store.ack({ agent: 'a', sessionId, state, seq, atMs, pid: 7 });

    it('says go to an agent that nobody ever spoke about', async () => {
      expect(await store.read('a', 's')).toMatchObject({ verdict: 'go', seq: 0 });
      expect((await store.read('a', 's')).leaseMs).toBeGreaterThan(0);
      expect(await store.standing('a', 's', 'inc-1')).toBeNull();
    });

    it('counts changes of an agent, and not repetitions', async () => {
      const first = await set('hold', 's');
      expect(await set('hold', 's')).toBe(first);
      const second = await set('hold', null);
      expect(second).toBeGreaterThan(first);
      expect(await store.standing('a', 's', 'inc-1')).toEqual({ verdict: 'hold', seq: first });
      expect((await store.read('a', 's')).seq).toBe(second);
      expect(
        await store.set({ agent: 'b', sessionId: null, verdict: 'hold', reason: '', incidentId: 'i' }),
      ).toBe(1);
    });

    it('tells a session the strictest of its own word and the agent’s', async () => {
      await set('hold', null);
      await set('stop', 's');
      expect(await store.read('a', 's')).toMatchObject({
        verdict: 'stop',
        scope: 'session',
        reason: 'inc-1 says stop',
      });
      expect(await store.read('a', 'other')).toMatchObject({ verdict: 'hold', scope: 'agent' });
      expect(await store.read('a', null)).toMatchObject({ verdict: 'hold', scope: 'agent' });
    });

    it('keeps one incident’s hold when another takes its own back', async () => {
      await set('hold', null, 'inc-1');
      await set('hold', null, 'inc-2');
      await set('go', null, 'inc-1');
      expect(await store.read('a', 's')).toMatchObject({ verdict: 'hold', reason: 'inc-2 says hold' });
      await set('go', null, 'inc-2');
      expect(await store.read('a', 's')).toMatchObject({ verdict: 'go' });
    });

    it('never lets a stopped session go again, whoever says so', async () => {
      const seq = await set('stop', 's');
      expect(await set('go', 's')).toBe(seq);
      expect(await set('hold', 's')).toBe(seq);
      expect(await store.read('a', 's')).toMatchObject({ verdict: 'stop' });
      await set('stop', null);
      await set('go', null);
      expect(await store.read('a', 'other')).toMatchObject({ verdict: 'go' });
    });

    it('changes nothing when an incident takes back what it never said', async () => {
      const seq = await set('hold', null, 'inc-1');
      expect(await set('go', null, 'inc-2')).toBe(seq);
      expect(await store.read('a', 's')).toMatchObject({ verdict: 'hold', seq });
    });

    it('keeps the latest acknowledgement of each session', async () => {
      await ack('running', 0, 1);
      await ack('paused', 3, 2);
      await ack('running', 0, 9, 'other');
      expect(await store.acks('a', 's')).toEqual([
        { agent: 'a', sessionId: 's', state: 'paused', seq: 3, atMs: 2, pid: 7 },
      ]);
      expect((await store.acks('a', null)).map((a) => a.sessionId)).toEqual(['other', 's']);
      expect(await store.acks('b', null)).toEqual([]);
    });

    it('lets neither an older acknowledgement nor a later running replace a final one', async () => {
      await ack('paused', 3, 2);
      await ack('running', 2, 3);
      expect((await store.acks('a', 's'))[0]).toMatchObject({ state: 'paused', seq: 3 });
      await ack('stopped', 4, 4);
      await ack('running', 5, 5);
      expect((await store.acks('a', 's'))[0]).toMatchObject({ state: 'stopped', seq: 4 });
    });
  });
};
