import { lessonBasis } from '../../src/domain/incident/basis.ts';
import { planned } from './support/samples.ts';
import { startWorld, type Name, type World } from './support/world.ts';

const factors = {
  factor_kind_0: 'tool_contract',
  factor_text_0: 'The provider renamed a field.',
  factor_kind_1: 'prompt_design',
  factor_text_1: 'The prompt took null for zero.',
  factor_kind_2: 'eval_coverage',
  factor_text_2: 'No eval had another shape.',
};

describe('an incident from its card to closure, by clicks alone', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(async () => await world.close());

  const decides = async (
    name: Name,
    label: string,
    values: Record<string, string | string[]>,
    ts?: string,
  ) => {
    await world.refresh();
    expect((await world.press(name, label, ts ?? world.card().ts)).ok).toBe(true);
    const acted = await world.fill(name, values);
    expect(acted).toMatchObject({ ok: true, errors: {}, view: null });
  };

  it('closes with eleven items proven', async () => {
    world.analysed();
    await world.refresh();
    await world.press('ana', 'Acknowledge');
    await world.press('ana', 'Confirm: tool misfire, step 7');
    expect(world.state).toMatchObject({
      mode: { confirmed: 'tool_misfire' },
      origin: { step: 7 },
      cascade: [7, 9, 12],
    });

    const reversible = planned('reversible', 12);
    world.mapped([reversible, planned('irreversible', 2)]);
    await decides('ana', 'Write plan: send_letter', { plan: 'Write to both applicants today.' });
    await world.refresh();
    const plan = world.signOff('Sign the remediation plan').ts;
    await decides('ben', 'Review & sign', { count: '2', reason: 'The plan is right.' }, plan);
    await decides('chidi', 'Review & sign', { count: '2', reason: 'I agree.' }, plan);
    await decides('ben', 'Review & sign', {}, world.signOff('Sign the reversal').ts);
    world.reversed(reversible);
    await decides('ana', 'Record result: send_letter', { result: 'Both were written to.' });

    for (const item of ['eval_regression', 'alert_or_flag'] as const)
      world.engine({ type: 'proveItem', item, ok: true, basis: lessonBasis(world.state), proof: 'It ran.' });
    world.drafted();
    const gap = { gap_kind: 'anomaly_flag', gap_text: 'A drift flag at the tool boundary.' };
    await decides('ana', 'Postmortem', { ...factors, ...gap, attest: ['attest'], final: ['final'] });
    world.distributed(['sent', 'uncertain']);
    await decides('ana', 'Settle a receipt', { outcome: 'Yes, it arrived', reason: 'They told me.' });
    await decides('ana', 'Release the agent', { reason: 'The contract is checked.' });
    await world.refresh();
    await world.press('ana', 'Request close');
    expect(world.state.status).toBe('closed');

    await world.refresh();
    const card = JSON.stringify(world.card().blocks);
    expect(card).toContain('11 of 11 proven');
    expect(card).toContain((await world.store.incidents.get(world.incidentId))?.head);
    expect(world.card().blocks.filter((block) => block.type === 'actions')).toEqual([]);
    expect(world.standIn.state.violations).toEqual([]);
  });
});
