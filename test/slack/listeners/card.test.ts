import { PEOPLE } from '../../../src/embedded/slack/sample-workspace.ts';
import * as samples from '../support/samples.ts';
import { actor, startWorld, type World } from '../support/world.ts';

describe('the buttons of the card', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(async () => {
    expect(world.standIn.state.violations).toEqual([]);
    await world.close();
  });
  const analysed = async (analysis: Partial<samples.AnalysisWords> = {}) => {
    world.analysed(analysis);
    await world.refresh();
  };
  const labels = (): string[] =>
    world
      .card()
      .blocks.flatMap((block) =>
        block.type === 'actions'
          ? block.elements.flatMap((one) => (one.type === 'button' ? [one.text.text] : []))
          : [],
      );

  it('are those of the phase, the wanted one first', async () => {
    await analysed();
    expect(labels()).toEqual([
      'Acknowledge',
      'First action done',
      'Confirm: tool misfire, step 7',
      'Choose the mode',
      'Checklist',
      'More',
    ]);
    await world.press('ana', 'Confirm: tool misfire, step 7');
    await world.press('ana', 'Acknowledge');
    await world.refresh();
    expect(labels()).toEqual(['First action done', 'Checklist', 'More']);
  });

  it('acknowledge once, and say so the second time', async () => {
    await analysed();
    await world.press('ana', 'Acknowledge');
    await world.hears('ana', 'nobody else is paged');
    await world.press('ben', 'Acknowledge');
    await world.hears('ben', 'Already acknowledged.');
    await world.press('eve', 'Acknowledge');
    await world.hears('eve', 'Your account may look but not act.');
  });

  it('one tap confirms mode, origin and path, each on record', async () => {
    await analysed();
    await world.press('ana', 'Confirm: tool misfire, step 7');
    await world.hears('ana', 'Acknowledged. Confirmed: tool misfire; fault origin step 7; path 7 → 9 → 12.');
    expect(world.incidents.given.map(({ type }) => type)).toEqual(['confirmAnalysis']);
    const events = await world.store.audit.events(world.incidentId);
    expect(events.slice(-4).map(({ type }) => type)).toEqual([
      'acknowledged',
      'modeConfirmed',
      'originConfirmed',
      'cascadeConfirmed',
    ]);
    await world.press('ben', 'Confirm: tool misfire, step 7');
    await world.hears('ben', 'Confirmed already.');
  });

  it('one tap is not offered when the engine is not sure', async () => {
    await analysed({ margin: 0.05 });
    expect(labels().filter((label) => label.startsWith('Confirm'))).toEqual([]);
  });

  it('one tap is not offered when two origins are near each other, or the analysis is provisional', async () => {
    await analysed({
      candidates: [
        { step: 7, score: 0.9, reason: 'a' },
        { step: 8, score: 0.89, reason: 'b' },
      ],
    });
    expect(labels()).toContain('Choose the mode');
    expect(labels().filter((label) => label.startsWith('Confirm'))).toEqual([]);
  });

  it('one tap confirms what the person saw, not what the engine has found since', async () => {
    await analysed();
    const { seal } = world.state.sessions[samples.SESSION]!;
    world.engine({
      type: 'reportSeal',
      seal: { ...seal!, sealNumber: 2, manifestSha256: samples.sha('second') },
    });
    world.engine({
      type: 'suggestAnalysis',
      ...samples.analysis(),
      manifestSha256: samples.sha('second'),
      analysisSha256: samples.sha('second analysis'),
      candidates: [{ step: 3, score: 0.9, reason: 'the plan' }],
    });
    await world.press('ana', 'Confirm: tool misfire, step 7');
    await world.hears('ana', 'The suggestion has changed since you saw it');
    expect(world.state).toMatchObject({ origin: null, mode: { confirmed: null } });
  });

  it('one tap that is refused confirms nothing', async () => {
    await analysed({ symptomStep: 60 });
    await world.press('ana', 'Confirm: tool misfire, step 7');
    await world.hears('ana', '*Not done.* The session has no such step.');
    expect(world.state).toMatchObject({ acknowledgedAt: null, mode: { confirmed: null }, origin: null });
  });

  it('one tap confirms what is left when somebody chose the mode already', async () => {
    await analysed();
    await world.press('ben', 'Choose the mode');
    await world.fill('ben', {});
    await world.press('ana', 'Confirm: tool misfire, step 7');
    await world.hears('ana', 'Acknowledged. Confirmed: fault origin step 7; path 7 → 9 → 12.');
    expect(world.state).toMatchObject({ origin: { step: 7 }, cascade: [7, 9, 12] });
  });

  it('the mode can be corrected, and where none fits a sentence says what does not', async () => {
    await analysed({ mode: 'unknown', nearest: 'context_poisoning' });
    await world.press('ana', 'Choose the mode');
    expect((await world.fill('ana', {})).errors).toEqual({ misfit: 'Please complete this required field.' });
    await world.fill('ana', { misfit: 'Two agents disagreed.' });
    expect(world.state.mode).toMatchObject({
      confirmed: 'context_poisoning',
      misfit: { text: 'Two agents disagreed.' },
    });
  });

  it('the origin takes an exact step only, and goes on to the path', async () => {
    await analysed({ margin: 0.05 });
    await world.press('ana', 'Choose the mode');
    await world.fill('ana', {});
    await world.refresh();
    await world.press('ana', 'Choose the origin');
    expect(world.reads('ana')).toContain('gross_income_v2');
    expect(world.reads('ana')).toContain('user: Decide application APP-1');
    expect((await world.fill('ana', { candidate: 'other' })).errors).toEqual({
      step: 'An exact step is needed. Type its number.',
    });
    expect((await world.fill('ana', { candidate: '7', step: '9' })).errors).toHaveProperty('step');
    const { view } = await world.fill('ana', { candidate: 'other', step: '9' });
    expect(view?.title?.text).toBe('Cascade path');
    expect((await world.fill('ana', { path: 'around ten' })).errors).toHaveProperty('path');
    expect((await world.fill('ana', { path: '9, 11' })).errors).toEqual({
      path: expect.stringContaining('End it with step 12.'),
    });
    await world.fill('ana', { path: '9 → 11 → 12' });
    expect(world.state).toMatchObject({ origin: { step: 9 }, cascade: [9, 11, 12] });
  });

  it('the origin shows the context window at the step that is looked at', async () => {
    await analysed({ margin: 0.05 });
    await world.press('ana', 'Choose the mode');
    await world.fill('ana', {});
    await world.refresh();
    await world.press('ana', 'Choose the origin');
    expect(world.reads('ana')).toContain('Context window at step 7');
    const look = async (blockId: string, input: string) =>
      await world.person('ana').enter(world.modal('ana')!.id, { blockId }, input);
    await look('candidate', 'Step 3 (0.30)');
    await world.until(() => world.reads('ana').includes('Context window at step 3'), 'its context');
    await look('candidate', 'Another step, typed below');
    await look('step', '12');
    await world.until(() => world.reads('ana').includes('Context window at step 12'), 'its context');
    await world.fill('ana', {});
    expect(world.state.origin?.step).toBe(12);
  });

  it('the origin comes after the mode', async () => {
    await analysed();
    await world.press('ana', 'Checklist');
    expect(world.reads('ana')).not.toContain('Choose the origin');
    expect(world.reads('ana')).toContain('Choose the mode');
  });

  it('the first action is done with a note', async () => {
    await analysed();
    await world.press('ana', 'First action done');
    expect(world.reads('ana')).toContain('Audit the downstream system now');
    await world.fill('ana', { note: 'The store holds 12 wrong decisions.' });
    expect(world.state.firstAction?.completedAt).not.toBeNull();
    await world.refresh();
    expect(labels()).not.toContain('First action done');
  });

  it('close answers with what is open and the way to it', async () => {
    await analysed();
    await world.press('ana', 'Confirm: tool misfire, step 7');
    world.mapped([]);
    world.drafted();
    await world.refresh();
    await world.press('ana', 'Request close');
    await world.hears(
      'ana',
      /Not closed: items are open\.\*\n[^]*Detection gap\*: Describe what would have caught this earlier\./,
    );
    expect(world.state.status).toBe('open');
  });

  it('of an incident that has ended say so', async () => {
    await analysed();
    await world.more('ana', 'Dismiss: false alarm');
    await world.fill('ana', { reason: 'A test.' });
    await world.refresh();
    await world.press('ben', 'Agree to the ending');
    await world.fill('ben', {});
    expect(world.state.status).toBe('dismissed');
    await world.press('ana', 'Acknowledge');
    await world.hears('ana', 'This incident has ended.');
    await world.press('ana', 'First action done');
    expect(world.reads('ana')).toContain('This incident has ended.');
  });

  it('of an unknown incident say so', async () => {
    await analysed();
    const block = world.card().blocks.find((one) => one.type === 'actions');
    if (block?.type !== 'actions' || block.elements[0]?.type !== 'button') throw new Error('no button');
    block.elements[0].value = JSON.stringify({ incidentId: 'loan-agent-0-1' });
    await world.press('ana', 'Acknowledge');
    await world.hears('ana', 'There is no such incident any more.');
    block.elements[0].value = 'not ours';
    await world.press('ben', 'Acknowledge');
    await world.hears('ben', 'belongs to an older version');
  });

  it('the menu takes a note, severity, ownership, and hands over to members only', async () => {
    await analysed();
    await world.more('ana', 'Add a note');
    await world.fill('ana', { text: 'The provider is called.' });
    await world.more('ana', 'Set the severity');
    await world.fill('ana', { severity: 'SEV1' });
    await world.more('ana', 'Take ownership');
    await world.hears('ana', 'You own this incident now.');
    expect(world.state).toMatchObject({ notes: 1, severity: 'sev1', ownerId: actor(PEOPLE.ana) });
    await world.more('ana', 'Hand over');
    expect((await world.fill('ana', { to: PEOPLE.guest })).errors).toEqual({
      to: expect.stringContaining('Guests'),
    });
    await world.fill('ana', { to: PEOPLE.ben });
    expect(world.state.ownerId).toBe(actor(PEOPLE.ben));
  });
});

describe('an agent that is not known to be stopped', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
    world.incidents.open(samples.INCIDENT, samples.AGENT, samples.alert(Date.now()));
    const targetId = `session:${samples.SESSION}`;
    world.engine({ type: 'orderContainment', targetId, action: 'pause', adapter: 'webhook' });
    world.engine({
      type: 'reportContainment',
      targetId,
      status: 'unconfirmed',
      evidence: 'No answer in 10 s.',
    });
    await world.refresh();
  });
  afterEach(async () => await world.close());

  it('leads the card, and is taken over by a person who says how they know', async () => {
    expect(JSON.stringify(world.card().blocks)).toContain('NOT known to be stopped');
    await world.press('ana', 'Take it over');
    expect((await world.fill('ana', {})).errors).toHaveProperty('reason');
    await world.fill('ana', { reason: 'I pulled the plug.' });
    expect(Object.values(world.state.targets)).toMatchObject([{ status: 'taken_over' }]);
    await world.press('ana', 'Take it over');
    expect(world.reads('ana')).toContain('It is contained already.');
  });

  it('is tried again at a tap', async () => {
    await world.press('ana', 'Retry the stop');
    await world.hears('ana', 'The stop of 1 session is tried again.');
    expect(Object.values(world.state.targets)).toMatchObject([{ status: 'pending' }]);
    await world.press('ana', 'Retry the stop');
    await world.hears('ana', 'Nothing waits for another try.');
  });
});

describe('an alert without a session', () => {
  it('asks which one, from the candidates or typed', async () => {
    const world = await startWorld();
    world.incidents.open(samples.INCIDENT, samples.AGENT, { ...samples.alert(Date.now()), sessionId: null });
    world.engine({
      type: 'offerSessions',
      candidates: [
        { sessionId: 's-1', because: 'in the window' },
        { sessionId: 's-2', because: 'the entity' },
      ],
    });
    await world.refresh();
    await world.press('ana', 'Name the session');
    await world.fill('ana', { pick: '2. s-2' });
    expect(Object.keys(world.state.sessions)).toEqual(['s-2']);
    await world.press('ana', 'Name the session');
    expect(world.reads('ana')).toContain('The session of this incident is known already.');
    await world.close();
  });
});
