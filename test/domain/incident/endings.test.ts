import { courseOf } from '../../../src/domain/incident/course.ts';
import { actionClass, ana, ben, engine, kim, letters, prose, story, type Story } from './story.ts';

describe('the other endings', () => {
  const ending = {
    kind: 'dismissed' as const,
    reason: prose('A drill.'),
    fixUrl: null,
    intoIncidentId: null,
  };
  const fix = { ...ending, kind: 'resolved_as_bug' as const, fixUrl: 'https://git.example.org/1' };
  const bug = (): Story => story().investigated([actionClass()]).reversed().proven();

  it('dismissed: a false alarm, by two people, its evidence kept, the hold ended', () => {
    const life = story()
      .opened()
      .contained()
      .sealed()
      .give('proposeEnding', ana, ending)
      .give('secondEnding', ben, { reason: null });
    expect(life.lastTypes()).toEqual(['agentReleased', 'incidentEnded']);
    expect(life.state).toMatchObject({ status: 'dismissed', held: false });
  });

  it('merged: the other incident goes on holding the agent', () => {
    const life = story()
      .opened()
      .contained()
      .sealed()
      .give('proposeEnding', ana, { ...ending, kind: 'merged', intoIncidentId: 'inc-loan-0' });
    life.give('secondEnding', ben, { reason: prose('Same thing.') });
    expect(life.lastTypes()).toEqual(['incidentEnded']);
    expect(life.state).toMatchObject({ status: 'merged', held: true });
  });

  it('resolved as bug: by the rule, with a fix, everything reversed, by two people', () => {
    const life = bug()
      .give('releaseAgent', ana, { reason: prose('Fixed.') })
      .give('proposeEnding', ana, fix)
      .give('secondEnding', kim, { reason: null });
    expect(life.state.status).toBe('resolved_as_bug');
  });

  it('a proposal can be withdrawn, and another made', () => {
    const life = story()
      .opened()
      .contained()
      .sealed()
      .give('proposeEnding', ana, ending)
      .give('withdrawEnding', ben, {});
    expect(life.state.ending).toBeNull();
    expect(life.answer('proposeEnding', ben, ending)).toBe('ok');
  });

  it('a bug is none while the map may miss an action', () => {
    const life = bug()
      .give('releaseAgent', ana, { reason: prose('Fixed.') })
      .give('proposeEnding', ana, fix)
      .sealed({ sealNumber: 2 });
    const verdict = life.ask('secondEnding', ben, { reason: null });
    expect(!verdict.ok && verdict.refusal.sentence).toContain('actions_enumerated');
  });
});

describe('bug or postmortem', () => {
  const course = (life: Story) => courseOf(life.state)?.course;

  it('is not known before the blast radius is', () => {
    expect(courseOf(story().opened().contained().sealed().analysed().state)).toBeNull();
  });

  it('one session, reversible actions, usual cost, a prompt to change: a bug', () => {
    const life = story().investigated([actionClass()]);
    expect(course(life)).toBe('bug');
    expect(course(life.give('describeGap', ana, { kind: 'prompt_only', text: prose('x') }))).toBe('bug');
  });

  const lived = (over: Parameters<Story['sealed']>[0]): Story =>
    story().opened().contained().sealed(over).analysed().located().mapped([actionClass()]);
  const second = (failurePattern: string): Story => {
    const life = story()
      .opened()
      .give('joinSession', engine, { sessionId: 's2', because: 'x' })
      .contained()
      .contained('s2');
    life
      .sealed()
      .sealed({ sessionId: 's2' })
      .analysed({ failurePattern: 'renamed field' })
      .analysed({ sessionId: 's2', failurePattern });
    return life.located().mapped([actionClass()]);
  };

  it.each([
    ['an irreversible action', 'postmortem', () => story().investigated([letters()])],
    ['exactly five times the baseline', 'bug', () => lived({ tokens: 20_000, baselineTokens: 4_000 })],
    ['more than five times', 'postmortem', () => lived({ tokens: 20_001, baselineTokens: 4_000 })],
    ['no baseline known', 'postmortem', () => lived({ baselineTokens: null })],
    ['the same pattern in two sessions', 'postmortem', () => second('renamed field')],
    ['two sessions, two patterns', 'bug', () => second('another')],
    ['a gap that needs infrastructure', 'postmortem', () => lived({}).gap()],
  ])('%s: %s', (_name, expected, life) => {
    expect(course(life())).toBe(expected);
  });

  it('shows the rule that decided, and records each change of course', () => {
    const life = story().investigated([actionClass()]).gap();
    expect(life.lastTypes()).toEqual(['gapDescribed', 'courseDecided']);
    expect(life.state.course?.rule).toBe('The detection gap needs a change of the infrastructure.');
    expect(life.give('addNote', ana, { text: prose('x') }).lastTypes()).toEqual(['noteAdded']);
  });

  it('an unknown tool that a person found to have had no effect does not count', () => {
    const odd = letters({ classId: 'odd', tool: 'mystery', unknownTool: true });
    const life = story().investigated([odd]);
    expect(course(life)).toBe('postmortem');
    expect(
      course(life.give('classifyActions', ana, { classId: 'odd', as: 'no_effect', reason: prose('x') })),
    ).toBe('bug');
  });
});
