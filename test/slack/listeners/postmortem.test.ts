import { CHANNELS } from '../../../src/embedded/slack/sample-workspace.ts';
import { proseOf } from '../../../src/slack/prose.ts';
import { planned } from '../support/samples.ts';
import { startWorld, type World } from '../support/world.ts';

const three = {
  factor_kind_0: 'tool_contract',
  factor_text_0: 'A renamed field.',
  factor_kind_1: 'tool_contract',
  factor_text_1: 'No version in the contract.',
  factor_kind_2: 'tool_contract',
  factor_text_2: 'No schema check.',
};

describe('the postmortem in Slack', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
    world.analysed();
    await world.refresh();
    await world.press('ana', 'Confirm: tool misfire, step 7');
    world.mapped([]);
    world.drafted();
    await world.refresh();
  });
  afterEach(async () => {
    expect(world.standIn.state.violations).toEqual([]);
    await world.close();
  });
  const factors = () => Object.values(world.state.postmortem.factors).map(({ text }) => text.text);

  it('does not open while an irreversible action has no signed plan', async () => {
    world.joined('session-0999');
    world.mapped([planned('irreversible', 2)]);
    await world.press('ana', 'Postmortem');
    expect(world.reads('ana')).toContain('when every irreversible action has its signed plan');
    expect(world.modal('ana')?.submit).toBeNull();
  });

  it('saves what is filled in, and says below the field what is refused', async () => {
    await world.press('ana', 'Postmortem');
    const { errors } = await world.fill('ana', { ...three, attest: ['attest'] });
    expect(errors).toEqual({
      attest: expect.stringMatching(/at least 2 kinds.*Saved before that: 3 factors added/),
    });
    expect(factors()).toHaveLength(3);
    await world.fill('ana', { factor_kind_2: 'process', attest: ['attest'] });
    expect(Object.values(world.state.postmortem.factors).map(({ kind }) => kind)).toEqual([
      'tool_contract',
      'tool_contract',
      'process',
    ]);
    expect(world.state.postmortem.attested).not.toBeNull();
  });

  it('counts a factor once, however often the same form is sent', async () => {
    await world.press('ana', 'Postmortem');
    world.standIn.faults.add({ deliver: 'duplicate' });
    await world.fill('ana', three);
    await world.until(
      () => world.incidents.given.filter(({ type }) => type === 'addFactor').length === 6,
      'both deliveries',
    );
    expect(factors()).toHaveLength(3);
  });

  it('wants a kind and words for each factor and for the gap', async () => {
    await world.press('ana', 'Postmortem');
    expect((await world.fill('ana', { factor_text_0: 'Something.' })).errors).toHaveProperty('factor_kind_0');
    expect((await world.fill('ana', { factor_kind_0: 'process', factor_text_0: '' })).errors).toHaveProperty(
      'factor_text_0',
    );
    expect((await world.fill('ana', { factor_text_0: 'Words.', gap_text: 'A flag.' })).errors).toHaveProperty(
      'gap_kind',
    );
    await world.fill('ana', { gap_kind: 'A prompt edit is enough' });
    expect(world.state.postmortem.gap).toMatchObject({ kind: 'prompt_only', text: { text: 'A flag.' } });
    expect(factors()).toEqual(['Words.']);
  });

  it('removes a factor, and keeps what was typed meanwhile', async () => {
    await world.press('ana', 'Postmortem');
    await world.fill('ana', three);
    await world.press('ana', 'Postmortem', world.card().ts);
    await world.person('ana').enter(world.modal('ana')?.id ?? '', { blockId: 'gap_text' }, 'A drift flag');
    await world.person('ana').clickInView(world.modal('ana')?.id ?? '', { blockId: 'factor_1' });
    expect(factors()).toHaveLength(2);
    await world.fill('ana', { gap_kind: 'anomaly_flag' });
    expect(world.state.postmortem.gap?.text.text).toBe('A drift flag');
  });

  it('shows what is sent and to whom before it is', async () => {
    await world.press('ana', 'Postmortem');
    await world.press('ana', 'Preview');
    const sheet = world.reads('ana');
    expect(sheet).toContain('platform@example.com');
    expect(sheet).toContain(`<#${CHANNELS.onCall}>`);
    expect(sheet).toContain('Drafted: impact.');
    expect(world.modal('ana')?.submit).toBeNull();
  });

  it('merges two editors who changed different sentences, by itself', async () => {
    for (const name of ['ana', 'ben'] as const) {
      await world.press(name, 'Postmortem', world.card().ts);
      await world.person(name).clickInView(world.modal(name)?.id ?? '', { blockId: 'section_impact' });
    }
    await world.fill('ana', { text: 'Drafted: impact. Twelve applicants were declined.' });
    const { view } = await world.fill('ben', { text: 'Since noon. Drafted: impact.' });
    expect(view?.title?.text).toBe('Postmortem');
    await world.hears('ben', 'together with what somebody else wrote');
    expect(world.state.postmortem.sections.impact?.text.text).toBe(
      'Since noon. Drafted: impact. Twelve applicants were declined.',
    );
  });

  it('shows what a gap makes of the incident before it is saved', async () => {
    await world.press('ana', 'Postmortem');
    const enter = async (blockId: string, input: string) =>
      await world.person('ana').enter(world.modal('ana')!.id, { blockId }, input);
    await enter('gap_text', 'Kept while typing.');
    expect(world.reads('ana')).toContain('A bug fix is enough');
    await enter('gap_kind', 'An anomaly flag would have caught it');
    await world.until(
      () => world.reads('ana').includes('*With this gap:* Full postmortem: The detection gap needs'),
      'the rule with this gap',
    );
    await enter('gap_kind', 'A prompt edit is enough');
    await world.until(() => world.reads('ana').includes('A bug fix is enough'), 'the rule with that gap');
    expect(JSON.stringify(world.modal('ana')?.values)).toContain('Kept while typing.');
    expect(world.state.postmortem.gap).toBeNull();
  });

  it('merges two editors: nobody’s words are lost', async () => {
    for (const name of ['ana', 'ben'] as const) {
      await world.press(name, 'Postmortem', world.card().ts);
      await world.person(name).clickInView(world.modal(name)?.id ?? '', { blockId: 'section_impact' });
    }
    await world.fill('ana', { text: 'Twelve applicants were declined.' });
    const { view } = await world.fill('ben', { text: 'Nine letters were mailed.' });
    expect(world.reads('ben')).toContain('Twelve applicants were declined.');
    expect(JSON.stringify(view?.values)).toContain('Nine letters were mailed.');
    await world.fill('ben', { text: 'Twelve were declined, nine letters were mailed.' });
    expect(world.state.postmortem.sections.impact).toMatchObject({
      text: { text: 'Twelve were declined, nine letters were mailed.' },
      by: 'person',
    });
  });

  it('shows the saved section in the form below', async () => {
    await world.press('ana', 'Postmortem');
    await world.person('ana').clickInView(world.modal('ana')?.id ?? '', { blockId: 'section_impact' });
    await world.fill('ana', { text: 'Twelve applicants were declined.' });
    await world.until(
      () => world.reads('ana').includes('Twelve applicants were declined.'),
      'the form below is fresh',
    );
    expect(world.modal('ana')?.title?.text).toBe('Postmortem');
  });

  it('takes 3,000 characters, as Slack does', async () => {
    await world.press('ana', 'Postmortem');
    await world.person('ana').clickInView(world.modal('ana')?.id ?? '', { blockId: 'section_impact' });
    await world.fill('ana', { text: 'ü'.repeat(3_000) });
    expect(world.state.postmortem.sections.impact?.text).toEqual(proseOf('ü'.repeat(3_000)));
  });

  it('says what is open before a version can be final', async () => {
    await world.press('ana', 'Postmortem');
    const { errors } = await world.fill('ana', { final: ['final'] });
    expect(errors).toEqual({ final: expect.stringContaining('Checklist items are open') });
  });

  it('the checklist leads to each open item and is fresh afterwards', async () => {
    await world.press('ana', 'Checklist');
    await world.person('ana').clickInView(world.modal('ana')?.id ?? '', { blockId: 'item_eval_regression' });
    expect((await world.fill('ana', { link: 'evals', reason: 'It runs nightly.' })).errors).toHaveProperty(
      'link',
    );
    await world.fill('ana', { link: 'https://ci.example/evals/7', reason: 'It runs nightly.' });
    await world.until(
      () => world.reads('ana').includes('A second person has to attest the link.'),
      'the checklist is fresh',
    );
    await world.press('ben', 'Checklist', world.card().ts);
    await world.person('ben').clickInView(world.modal('ben')?.id ?? '', { blockId: 'item_eval_regression' });
    await world.fill('ben', { reason: 'I looked.' });
    await world.until(() => world.reads('ben').includes('✓ Proven: *Eval regression*'), 'the item is proven');
  });

  it('is reached through the checklist too, and both are fresh afterwards', async () => {
    await world.press('ana', 'Checklist');
    await world.person('ana').clickInView(world.modal('ana')?.id ?? '', { blockId: 'item_detection_gap' });
    await world.person('ana').clickInView(world.modal('ana')?.id ?? '', { blockId: 'section_impact' });
    await world.fill('ana', { text: 'Twelve applicants.' });
    await world.until(() => world.reads('ana').includes('Twelve applicants.'), 'the postmortem is fresh');
    await world.fill('ana', { gap_kind: 'anomaly_flag', gap_text: 'A flag.' });
    await world.until(() => world.reads('ana').includes('Would have caught it'), 'the checklist is fresh');
    expect(world.modal('ana')?.title?.text).toBe('Checklist');
  });

  it('answers in the channel it was opened from', async () => {
    await world.press('ana', 'Postmortem');
    await world.fill('ana', three);
    await world.hears('ana', 'Postmortem: 3 factors added.');
    expect(
      world.standIn.state.calls.filter(({ method }) => method === 'chat.postEphemeral').at(-1)?.args,
    ).toMatchObject({ channel: CHANNELS.incidents });
  });
});
