import { checklistOf } from '../../../src/domain/incident/checklist.ts';
import { ana, ben, engine, HOUR, MINUTE, prose, seal, story } from './story.ts';

describe('the seal', () => {
  it('waits for containment, but a short grace at most', () => {
    const life = story().opened().wait(19_999);
    expect(life.answer('reportSeal', engine, { seal: seal() })).toBe('grace-running');
    life.wait(1).give('reportSeal', engine, { seal: seal() });
    expect(life.state.sessions['s1']?.seal?.sealNumber).toBe(1);
  });

  it.each([
    ['before the log rotated', { sealedAtMs: 10, rotatesAtMs: 10 }, true],
    ['after it', { sealedAtMs: 11, rotatesAtMs: 10 }, false],
    ['of a source that keeps its log', { sealedAtMs: 11, rotatesAtMs: null }, true],
  ])('%s is remembered as such, and a later seal cannot change it', (_name, times, before) => {
    const life = story().opened().contained().sealed(times);
    expect(life.state.sessions['s1']?.beforeRotation).toBe(before);
    life.sealed({ sealNumber: 2, sealedAtMs: 5, rotatesAtMs: before ? 4 : 10 });
    expect(life.state.sessions['s1']).toMatchObject({ beforeRotation: before, seal: { sealNumber: 2 } });
  });

  // Temporal's clock is one source: the machine that seals may be an hour off.
  const late = -MINUTE;
  const soon = MINUTE;
  it.each([
    ['reported before, by a clock an hour ahead', { off: HOUR, sealed: 0, rotatesIn: soon }, true],
    ['reported before, by a clock an hour behind', { off: -HOUR, sealed: 0, rotatesIn: soon }, true],
    [
      'reported after, by a right clock that says before',
      { off: 0, sealed: 2 * late, rotatesIn: late },
      true,
    ],
    ['reported after, by a right clock that says after', { off: 0, sealed: 0, rotatesIn: late }, false],
    [
      'reported after, by a clock an hour behind that says before',
      { off: -HOUR, sealed: 2 * late, rotatesIn: late },
      false,
    ],
    ['reported after, by a clock an hour ahead', { off: HOUR, sealed: 2 * late, rotatesIn: late }, false],
  ])('%s: %j', (_name, { off, sealed, rotatesIn }, before) => {
    const life = story().opened().contained();
    const now = life.at + MINUTE;
    life.sealed({ sealedAtMs: now + sealed + off, clockAheadMs: off, rotatesAtMs: now + rotatesIn });
    expect(life.state.sessions['s1']?.beforeRotation).toBe(before);
    const { proof } = checklistOf(life.state).find(({ item }) => item === 'trace_exported')!;
    if (before) expect(proof).toBe('The engine has yet to hash the evidence again.');
    else expect(proof).toContain('cannot be proven');
    if (off !== 0 && !before) expect(proof).toContain(off > 0 ? '60 minutes ahead of' : '60 minutes behind');
  });

  it('says what troubles it, until it is there', () => {
    const life = story()
      .opened()
      .give('reportSealTrouble', engine, { sessionId: 's1', percentOfDeadline: 50, reason: '503' });
    expect(life.state.sessions['s1']?.trouble).toEqual({ percentOfDeadline: 50, reason: '503' });
    expect(life.contained().sealed().state.sessions['s1']?.trouble).toBeNull();
  });
});

describe('classification and origin', () => {
  it('are suggested by the engine and confirmed by a person', () => {
    const life = story().opened().contained().sealed().analysed();
    expect(life.state.mode).toEqual({
      confirmed: null,
      suggested: 'tool_misfire',
      misfit: null,
      at: life.at,
    });
    expect(life.state.firstAction?.completedAt).toBeNull();
    life.give('confirmMode', ana, { mode: 'hallucination_propagation', misfit: null });
    expect(life.events.at(-1)).toMatchObject({
      type: 'modeConfirmed',
      data: { mode: 'hallucination_propagation', suggested: 'tool_misfire' },
    });
    life.give('completeFirstAction', ben, { note: prose('Audited.') });
    expect(life.state.firstAction?.completedAt).toBe(life.at);
  });

  it('where none of four fits: the nearest, with the misfit recorded', () => {
    const life = story().opened().contained().sealed().analysed({ mode: 'unknown' });
    life.give('confirmMode', ana, {
      mode: 'tool_misfire',
      misfit: prose('The tool was right, the person was not.'),
    });
    expect(life.state.mode.misfit?.text).toContain('the person was not');
  });

  it('keeps the time of the first suggestion, which the five minutes are measured by', () => {
    const life = story().opened().contained().sealed().analysed();
    const first = life.state.mode.at;
    life
      .wait(HOUR)
      .sealed({ sealNumber: 2 })
      .analysed({ manifestSha256: seal({ sealNumber: 2 }).manifestSha256, mode: 'cost_runaway' });
    expect(life.state.mode).toMatchObject({ at: first, suggested: 'cost_runaway' });
  });

  it('a later suggestion changes nothing that a person confirmed or did', () => {
    const life = story().opened().contained().sealed().analysed();
    life
      .give('confirmMode', ana, { mode: 'tool_misfire', misfit: null })
      .give('completeFirstAction', ana, { note: prose('Audited.') });
    life.sealed({ sealNumber: 2 }).analysed({
      manifestSha256: seal({ sealNumber: 2 }).manifestSha256,
      mode: 'cost_runaway',
      firstAction: 'Kill it.',
    });
    expect(life.state.mode).toMatchObject({ confirmed: 'tool_misfire', suggested: 'tool_misfire' });
    expect(life.state.firstAction?.sentence).toBe('Audit the systems that the tools wrote to.');
  });

  it('remembers the rank of the confirmed step among the candidates, or that it was none of them', () => {
    const life = story()
      .opened()
      .contained()
      .sealed()
      .analysed()
      .give('confirmMode', ana, { mode: 'tool_misfire', misfit: null });
    life.give('confirmOrigin', ana, { sessionId: 's1', step: 3 });
    expect(life.events.at(-1)).toMatchObject({ data: { step: 3, rank: 1 } });
    life.give('confirmOrigin', ana, { sessionId: 's1', step: 1 });
    expect(life.events.at(-1)).toMatchObject({ data: { step: 1, rank: null } });
  });

  it('a corrected origin voids the cascade path', () => {
    const life = story().opened().contained().sealed().analysed().located();
    expect(life.state.cascade).toEqual([3, 5, 9]);
    expect(life.give('confirmOrigin', ana, { sessionId: 's1', step: 2 }).state.cascade).toBeNull();
  });

  it('takes any increasing path where no symptom is known, or the symptom lies before the origin', () => {
    for (const symptomStep of [null, 2]) {
      const life = story()
        .opened()
        .contained()
        .sealed()
        .analysed({ symptomStep })
        .give('confirmMode', ana, { mode: 'tool_misfire', misfit: null });
      life.give('confirmOrigin', ana, { sessionId: 's1', step: 3 });
      expect(life.answer('confirmCascade', ana, { path: [3, 4] })).toBe('ok');
    }
  });
});
