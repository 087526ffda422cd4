import { PEOPLE } from '../../src/embedded/slack/sample-workspace.ts';
import { planned, type Planned } from './support/samples.ts';
import { startWorld, type Name, type World } from './support/world.ts';

/** The ten rules of approvals (notes), each through signed clicks on the real decider. */
describe('sign-off in Slack', () => {
  let world: World;
  const letters: Planned = planned('irreversible', 2);
  const statuses: Planned = planned('reversible', 3);

  beforeEach(async () => {
    world = await startWorld();
    world.analysed();
    await world.refresh();
    await world.press('ana', 'Confirm: tool misfire, step 7');
    world.mapped([statuses, letters]);
    await world.refresh();
  });
  afterEach(async () => {
    expect(world.standIn.state.violations).toEqual([]);
    await world.close();
  });

  const reversal = () => world.signOff('Sign the reversal').ts;
  const plan = () => world.signOff('Sign the remediation plan').ts;
  const writePlan = async (name: Name = 'ana') => {
    await world.press(name, 'Write plan: send_letter', world.card().ts);
    await world.fill(name, { plan: 'Write to both applicants today.' });
    await world.refresh();
  };
  const request = (classId: string) =>
    Object.values(world.state.signOffs).find((one) => one.classId === classId && one.status !== 'void');

  it('shows the signer what the plan digest binds: target, call and what undoes it', async () => {
    await world.press('ben', 'Review & sign', reversal());
    for (const { target } of statuses.plan.actions) expect(world.reads('ben')).toContain(target);
    expect(world.reads('ben')).toContain(
      'set_application_status({\\"application\\":\\"APP-3\\",\\"status\\":\\"pending\\"})',
    );
    expect(world.reads('ben')).toContain(statuses.spec.planSha256.slice(0, 12));
  });

  it('1: a button carries ids and a digest, and the engine owns the truth', () => {
    const button = JSON.stringify(world.messages().flatMap((message) => message.blocks));
    expect(button).toContain(
      JSON.stringify(
        JSON.stringify({
          incidentId: world.incidentId,
          requestId: `${statuses.spec.classId}.1`,
          seen: statuses.spec.planSha256,
        }),
      ),
    );
  });

  it('2: checks authority when the form is sent, not when it was opened', async () => {
    await world.press('ben', 'Review & sign', reversal());
    world.approvers([PEOPLE.ana, PEOPLE.chidi]);
    const { errors } = await world.fill('ben', {});
    expect(Object.values(errors)).toEqual([expect.stringContaining('You are not an approver')]);
    expect(request(statuses.spec.classId)?.signatures).toEqual([]);
  });

  it('2: lets nobody sign while the list of approvers cannot be read', async () => {
    world.engine({ type: 'refreshApprovers', approverIds: null, because: 'Slack did not answer' });
    await world.press('ben', 'Review & sign', reversal());
    const { errors } = await world.fill('ben', {});
    expect(Object.values(errors)).toEqual([expect.stringContaining('could not be read, so nobody can sign')]);
  });

  it('2: the agent’s owner may not sign', async () => {
    world.approvers([PEOPLE.dana]);
    await world.press('dana', 'Review & sign', reversal());
    expect(Object.values((await world.fill('dana', {})).errors)).toEqual([
      expect.stringContaining("agent's owner may not sign"),
    ]);
  });

  it('2: a viewer, a guest and a stranger are told why nothing happens', async () => {
    await world.press('eve', 'Review & sign', reversal());
    expect(Object.values((await world.fill('eve', {})).errors)).toEqual([
      expect.stringContaining('not an approver'),
    ]);
    await world.press('guest', 'Review & sign', reversal());
    expect(world.reads('guest')).toContain('Guests decide nothing here.');
    await world.press('stranger', 'Review & sign', reversal());
    expect(world.reads('stranger')).toContain('belongs to another organisation');
    expect(Object.values(world.state.signOffs)).toMatchObject([{ signatures: [] }]);
  });

  it('3: the requester may not sign, and an irreversible plan needs two distinct people', async () => {
    await writePlan();
    await world.press('ana', 'Review & sign', plan());
    const own = await world.fill('ana', { count: '2', reason: 'It is mine.' });
    expect(Object.values(own.errors)).toEqual([expect.stringContaining('You asked for this')]);
    for (const times of [1, 2]) {
      await world.press('ben', 'Review & sign', plan());
      const { errors } = await world.fill('ben', { count: '2', reason: `Reading ${times}.` });
      expect(Object.keys(errors)).toHaveLength(times - 1);
    }
    expect(request(letters.spec.classId)).toMatchObject({ status: 'open', authorised: [] });
    await world.press('chidi', 'Review & sign', plan());
    await world.fill('chidi', { count: '2', reason: 'I agree.' });
    expect(request(letters.spec.classId)).toMatchObject({ status: 'decided', authorised: [[0, 1]] });
  });

  it('3: one denial with a reason ends it; without a reason it is not sent', async () => {
    await world.press('ben', 'Deny', reversal());
    expect((await world.fill('ben', {})).errors).toEqual({ reason: expect.any(String) });
    await world.fill('ben', { reason: 'They were right to be declined.' });
    expect(request(statuses.spec.classId)?.status).toBe('decided');
    await world.refresh();
    expect(JSON.stringify(world.signOff('Decided').blocks)).toContain('3 denied');
  });

  it('4: a changed plan voids the request, says so, and refuses the old form', async () => {
    await world.press('ben', 'Review & sign', reversal());
    world.joined('session-0999');
    world.mapped([planned('reversible', 5), letters]);
    const { errors } = await world.fill('ben', {});
    expect(Object.values(errors)).toEqual([expect.stringContaining('void: the plan changed')]);
    await world.refresh();
    expect(JSON.stringify(world.signOff('Void').blocks)).not.toContain('Review & sign');
    expect(JSON.stringify(world.messages().map((message) => message.blocks))).toContain(
      'Sign the reversal: set_application_status, 5 actions',
    );
  });

  it('5: expired is open again, with new signatures, never declined', async () => {
    await writePlan();
    await world.press('ben', 'Review & sign', plan());
    await world.fill('ben', { count: '2', reason: 'Read.' });
    const opened = Object.values(world.state.signOffs)[0]!.openedAt;
    for (const minutes of [10, 20, 40, 60]) {
      world.incidents.nowMs = () => opened + minutes * 60_000 + 60_000;
      world.engine({ type: 'tick' });
    }
    expect(request(letters.spec.classId)).toMatchObject({
      status: 'open',
      round: 2,
      signatures: [],
      denied: [],
    });
    await world.refresh();
    expect(JSON.stringify(world.signOff('Sign the remediation plan').blocks)).toContain('round 2');
  });

  it('7: who comes second hears that it is decided', async () => {
    await world.press('ben', 'Review & sign', reversal());
    await world.press('chidi', 'Review & sign', reversal());
    await world.fill('ben', {});
    expect(Object.values((await world.fill('chidi', {})).errors)).toEqual([
      expect.stringContaining('decided already'),
    ]);
    await world.press('ana', 'Review & sign', reversal());
    expect(world.reads('ana')).toContain('This is decided already.');
    await world.hears('ben', 'Signed.');
  });

  it('8: the command says who, how verified, on what digest, and by which click', async () => {
    await world.press('ben', 'Review & sign', reversal());
    await world.fill('ben', { reason: 'Right.' });
    expect(world.incidents.given.at(-1)).toMatchObject({
      type: 'signReversal',
      seen: statuses.spec.planSha256,
      by: {
        id: 'slack:T0HOLDPOINT:U0BENOKAFOR',
        verifiedBy: 'slack-signature',
        proof: expect.stringMatching(/^submit sign V/),
      },
    });
  });

  it('9: a broken glass is loud, and another approver countersigns it', async () => {
    await world.press('ana', 'Break glass', reversal());
    expect(world.reads('ana')).toContain('set_application_status');
    expect(world.reads('ana')).toContain(statuses.spec.planSha256.slice(0, 12));
    await world.fill('ana', { reason: 'Money leaves in two minutes.' });
    expect(request(statuses.spec.classId)?.glass).toMatchObject({ countersignedBy: null });
    const { seq } = world.state;
    await world.notify.sendNotice({ incidentId: world.incidentId, seq: seq - 2 });
    expect(world.messages().at(-1)?.text).toContain('broke the glass');
    await world.refresh();
    await world.press('ana', 'Countersign', world.card().ts);
    expect(Object.values((await world.fill('ana', { reason: 'Fine.' })).errors)).toEqual([
      expect.stringContaining('You broke the glass'),
    ]);
    await world.press('ben', 'Countersign', world.card().ts);
    await world.fill('ben', { reason: 'I read the list.' });
    expect(request(statuses.spec.classId)?.glass?.countersignedBy).toContain(PEOPLE.ben);
  });

  it('wants the exact count typed, and says it below the field', async () => {
    await writePlan();
    await world.press('ben', 'Review & sign', plan());
    const { errors } = await world.fill('ben', { count: '3', reason: 'Read.' });
    expect(errors).toEqual({ count: 'Irreversible: the number of actions must be typed. Type 2.' });
    expect((await world.fill('ben', { count: '2', reason: 'Read.' })).view).toBeNull();
  });

  it('counts a submission that Slack delivers twice once', async () => {
    await world.press('ben', 'Review & sign', reversal());
    world.standIn.faults.add({ deliver: 'duplicate' });
    await world.fill('ben', {});
    await world.until(
      () => world.incidents.given.filter(({ type }) => type === 'signReversal').length === 2,
      'two deliveries',
    );
    const ids = world.incidents.given.filter(({ type }) => type === 'signReversal').map(({ id }) => id);
    expect(new Set(ids).size).toBe(1);
    expect(request(statuses.spec.classId)?.signatures).toHaveLength(1);
  });

  it('does not offer a signature on a list that cannot be read', async () => {
    world.plans.clear();
    await world.press('ben', 'Review & sign', reversal());
    expect(world.reads('ben')).toContain('cannot be read right now');
    expect(world.modal('ben')?.submit).toBeNull();
  });
});
