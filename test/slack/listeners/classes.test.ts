import { planned, type Planned } from '../support/samples.ts';
import { startWorld, type World } from '../support/world.ts';

describe('classes of actions', () => {
  let world: World;
  const confirmed = async (classes: Planned[]) => {
    world.analysed();
    await world.refresh();
    await world.press('ana', 'Confirm: tool misfire, step 7');
    world.mapped(classes);
    await world.refresh();
  };
  const classState = (item: Planned) => world.state.classes[item.spec.classId];
  const reversal = () => world.signOff('Sign the reversal').ts;

  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(async () => {
    expect(world.standIn.state.violations).toEqual([]);
    await world.close();
  });

  it('of an unknown tool are classified with a reason', async () => {
    const unknown = planned('irreversible', 2, { tool: 'poke', unknownTool: true });
    await confirmed([unknown]);
    await world.press('ana', 'Classify poke');
    expect(world.reads('ana')).toContain('APP-0002');
    expect((await world.fill('ana', { reason: 'I read its code.' })).errors).toHaveProperty('as');
    await world.fill('ana', { as: 'Nothing outside the session', reason: 'I read its code.' });
    expect(classState(unknown)?.classifiedAs).toBe('no_effect');
  });

  it('whose reversal is uncertain are settled as a person found them, and only what they saw', async () => {
    const statuses = planned('reversible', 3);
    await confirmed([statuses]);
    await world.press('ben', 'Review & sign', reversal());
    await world.fill('ben', {});
    world.reversed(statuses, 'uncertain');
    await world.refresh();
    await world.press('ana', 'Settle uncertain: set_application_status');
    expect(world.reads('ana')).toContain('APP-0003');
    await world.fill('ana', { outcome: 'They were reversed', reason: 'Read them in the store.' });
    expect(classState(statuses)).toMatchObject({ uncertain: [], done: [[0, 2]] });
    await world.hears('ana', 'Settled');
  });

  it('that were denied are asked for again by a person, who then may not sign', async () => {
    const statuses = planned('reversible', 3);
    await confirmed([statuses]);
    await world.press('ben', 'Review & sign', reversal());
    await world.fill('ben', {});
    world.engine({
      type: 'orderReversals',
      batchId: 'b',
      requestId: `${statuses.spec.classId}.1`,
      indices: [[0, 2]],
    });
    const evidence = { evidenceUri: 'file:b', evidenceSha256: 'b'.repeat(64) };
    world.engine({
      type: 'reportReversals',
      batchId: 'b',
      done: [[0, 1]],
      notDone: [[2, 2]],
      uncertain: [],
      ...evidence,
    });
    await world.refresh();
    await world.press('ana', 'Ask again: set_application_status');
    await world.hears('ana', 'Another approver has to sign');
    await world.refresh();
    await world.press('ana', 'Review & sign', reversal());
    expect(Object.values((await world.fill('ana', {})).errors)).toEqual([
      expect.stringContaining('You asked for this'),
    ]);
    await world.press('ben', 'Review & sign', reversal());
    expect(world.reads('ben')).toContain('APP-0003');
    expect(world.reads('ben')).not.toContain('APP-0001');
  });

  it('that are irreversible get a plan and, when it is signed, a result', async () => {
    const letters = planned('irreversible', 2);
    await confirmed([letters]);
    await world.press('ana', 'Write plan: send_letter');
    expect((await world.fill('ana', { plan: '  ' })).errors).toHaveProperty('plan');
    await world.fill('ana', { plan: 'Write to both.' });
    await world.press('ana', 'Write plan: send_letter', world.card().ts);
    expect(Object.values((await world.fill('ana', { plan: 'Another plan.' })).errors)).toEqual([
      expect.stringContaining('A sign-off for these actions is open already.'),
    ]);
    await world.refresh();
    const plan = world.signOff('Sign the remediation plan').ts;
    for (const name of ['ben', 'chidi'] as const) {
      await world.press(name, 'Review & sign', plan);
      expect(world.reads(name)).toContain('Write to both.');
      await world.fill(name, { count: '2', reason: 'Yes.' });
    }
    await world.refresh();
    await world.press('ana', 'Record result: send_letter', world.card().ts);
    await world.fill('ana', { result: 'Both wrote back.' });
    expect(classState(letters)?.remediated).toEqual([[0, 1]]);
  });

  describe('of many actions', () => {
    const many = planned('reversible', 45);
    const signed = () => Object.values(world.state.signOffs)[0]?.authorised;
    const tick = async (block: string, ...labels: string[]) =>
      await world.person('ben').enter(world.modal('ben')?.id ?? '', { blockId: block }, labels);

    it('are signed whole only when a person chooses that; what stands on one page is chosen already', async () => {
      await confirmed([many]);
      await world.press('ben', 'Review & sign', reversal());
      expect((await world.fill('ben', {})).errors).toHaveProperty('scope');
      await world.fill('ben', { scope: 'All 45 actions of this list' });
      expect(signed()).toEqual([[0, 44]]);
    });

    it('every tick is saved at once: closing the modal loses none', async () => {
      await confirmed([many]);
      await world.press('ben', 'Review & sign', reversal());
      const saved = () => world.store.documents.list('slack_ticks', '');
      expect((await tick('ticks_0_0', '3. APP-0003')).ok).toBe(true);
      await world.person('ben').closeView(world.modal('ben')?.id ?? '');
      await world.until(async () => (await saved()).length === 1, 'saved');
      await world.press('ben', 'Review & sign', reversal());
      expect(world.reads('ben')).toContain('Only the ticked ones (1 so far)');
    });

    it('are signed in part: ticks are kept over pages, and over closing the modal', async () => {
      await confirmed([many]);
      await world.press('ben', 'Review & sign', reversal());
      await tick('ticks_0_0', '2. APP-0002');
      await world.press('ben', 'Next');
      expect(world.reads('ben')).toContain('Page 2 of 3');
      await tick('ticks_1_1', '31. APP-0031', '32. APP-0032');
      await world.press('ben', 'Next');
      expect(world.reads('ben')).toContain('APP-0045');
      await world.person('ben').closeView(world.modal('ben')?.id ?? '');
      await world.press('ben', 'Review & sign', reversal());
      expect(world.reads('ben')).toContain('Only the ticked ones (3 so far)');
      await world.fill('ben', { scope: 'Only the ticked ones (3 so far)' });
      expect(signed()).toEqual([
        [1, 1],
        [30, 31],
      ]);
      await world.press('chidi', 'Review & sign', reversal());
      expect(world.reads('chidi')).not.toContain('APP-0002');
      await world.fill('chidi', { scope: 'All 42 actions of this list' });
      expect(signed()).toEqual([[0, 44]]);
    });

    it('are not signed whole by somebody who ticked some', async () => {
      await confirmed([many]);
      await world.press('ben', 'Review & sign', reversal());
      await tick('ticks_0_0', '2. APP-0002');
      const all = { scope: 'All 45 actions of this list' };
      expect((await world.fill('ben', all)).errors).toEqual({
        scope: 'You ticked 1 action and chose all 45. Choose the ticked ones, or take the ticks back.',
      });
      await tick('ticks_0_0');
      await world.fill('ben', {});
      expect(signed()).toEqual([[0, 44]]);
    });

    it('are not signed in part with nothing ticked', async () => {
      await confirmed([many]);
      await world.press('ben', 'Review & sign', reversal());
      expect((await world.fill('ben', { scope: 'Only the ticked ones' })).errors).toHaveProperty('scope');
    });
  });
});
