import { lessonBasis } from '../../src/domain/incident/basis.ts';
import { CHANNELS } from '../../src/embedded/slack/sample-workspace.ts';
import { planned } from './support/samples.ts';
import { startWorld, type World } from './support/world.ts';

describe('an incident from its card to closure, by clicks alone', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(async () => await world.close());

  const click = async (name: 'ana' | 'ben' | 'chidi', ts: string, label: string) => {
    const acted = await world.person(name).click(CHANNELS.incidents, ts, { label });
    expect(acted.ok).toBe(true);
    return acted;
  };
  const submit = async (name: 'ana' | 'ben' | 'chidi', values: Record<string, string | string[]>) => {
    const view = Object.values(world.standIn.state.workspace.views).find((one) => one.type === 'modal');
    if (!view) throw new Error('no modal is open');
    const acted = await world.person(name).submitView(view.id, values);
    expect(acted.errors).toEqual({});
    expect(acted.view).toBeNull();
  };

  it('closes with eleven items proven', async () => {
    world.analysed();
    await world.refresh();
    const card = world.card().ts;

    await click('ana', card, 'Acknowledge');
    await click('ana', card, 'Confirm: tool misfire, step 7');
    expect(world.state).toMatchObject({
      mode: { confirmed: 'tool_misfire' },
      origin: { step: 7 },
      cascade: [7, 9, 12],
    });

    world.mapped([planned('reversible', 12), planned('irreversible', 2)]);
    await world.refresh();
    await click('ana', card, 'Write plan: send_letter');
    await submit('ana', { plan: 'Write to both applicants today.' });
    await world.refresh();
    const plan = world.signOff('Sign the remediation plan').ts;
    for (const name of ['ben', 'chidi'] as const) {
      await click(name, plan, 'Review & sign');
      await submit(name, { count: '2', reason: 'The plan is right.' });
    }
    await click('ben', world.signOff('Sign the reversal').ts, 'Review & sign');
    await submit('ben', {});
    const [batchClass] = Object.values(world.state.classes).filter((item) => item.spec.kind === 'reversible');
    world.engine({
      type: 'orderReversals',
      batchId: 'b1',
      requestId: `${batchClass!.spec.classId}.1`,
      indices: batchClass!.authorised,
    });
    world.engine({
      type: 'reportReversals',
      batchId: 'b1',
      done: batchClass!.authorised,
      notDone: [],
      uncertain: [],
      evidenceUri: 'file:b1',
      evidenceSha256: 'b'.repeat(64),
    });
    await world.refresh();
    await click('ana', card, 'Record result: send_letter');
    await submit('ana', { result: 'Both were written to.' });

    for (const item of ['eval_regression', 'alert_or_flag'] as const)
      world.engine({ type: 'proveItem', item, ok: true, basis: lessonBasis(world.state), proof: 'It ran.' });
    world.drafted();
    await world.refresh();
    await click('ana', card, 'Postmortem');
    await submit('ana', {
      factor_kind_0: 'tool_contract',
      factor_text_0: 'The provider renamed a field.',
      factor_kind_1: 'prompt_design',
      factor_text_1: 'The prompt took null for zero.',
      factor_kind_2: 'eval_coverage',
      factor_text_2: 'No eval had another shape.',
      gap_kind: 'anomaly_flag',
      gap_text: 'A drift flag at the tool boundary.',
      attest: ['attest'],
      final: ['final'],
    });
    expect(world.state.postmortem.final).toBe(true);
    world.engine({
      type: 'planDistribution',
      version: 1,
      documentSha256: 'd'.repeat(64),
      documentUri: 'file:doc',
      recipients: [
        { recipientId: 'mail:platform', kind: 'mail', team: 'platform' },
        { recipientId: 'mail:on-call', kind: 'mail', team: 'on_call' },
      ],
    });
    for (const recipientId of ['mail:platform', 'mail:on-call'])
      world.engine({ type: 'reportReceipt', version: 1, recipientId, status: 'sent', messageId: 'm', note: null });
    await world.refresh();
    await click('ana', card, 'Release the agent');
    await submit('ana', { reason: 'The contract is checked.' });
    await world.refresh();
    await click('ana', card, 'Request close');
    expect(world.state.status).toBe('closed');
    await world.refresh();
    expect(JSON.stringify(world.card().blocks)).toContain('11 of 11 proven');
    expect(world.card().blocks.some((block) => block.type === 'actions')).toBe(false);
    expect(world.standIn.state.violations).toEqual([]);
  });
});
