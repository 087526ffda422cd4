import { defaultPolicy } from '../../../src/domain/policy.ts';
import { duesOf, nextDueAt } from '../../../src/domain/incident/due.ts';
import { phaseOf, phases, type Phase } from '../../../src/domain/incident/phase.ts';
import { alert, ana, ben, engine, HOUR, kim, MINUTE, prose, story, T0, type Story } from './story.ts';

const dues = (life: Story): [string, number][] =>
  duesOf(life.state).map((due) => [due.fact(life.state).type, due.at - T0]);

describe('what happens by itself', () => {
  it('is listed earliest first: pages, reminders, the 48 hours', () => {
    expect(dues(story().opened())).toEqual([
      ['pageEscalated', 5 * MINUTE],
      ['distributionReminded', 24 * HOUR],
      ['distributionBreached', 48 * HOUR],
    ]);
    expect(nextDueAt(story().opened().state)).toBe(T0 + 5 * MINUTE);
  });

  it('pages the primary again, then secondary, then the manager', () => {
    const life = story().opened();
    const paged: unknown[] = [];
    for (let i = 0; i < 3; i += 1) {
      life.wait(5 * MINUTE).give('tick', engine, {});
      paged.push(life.events.at(-1));
    }
    expect(paged).toMatchObject(
      ['primary', 'secondary', 'manager'].map((to) => ({ type: 'pageEscalated', data: { to } })),
    );
  });

  /** Pages until there is none due, each with its minute after opening. */
  const pagesOf = (life: Story): unknown[] => {
    const pages: unknown[] = [];
    for (;;) {
      const [due] = duesOf(life.state).filter((one) => one.fact(life.state).type === 'pageEscalated');
      if (!due) return pages;
      life.wait(due.at - life.at).give('tick', engine, {});
      const page = life.events.at(-1);
      pages.push([(due.at - T0) / MINUTE, page?.type === 'pageEscalated' ? page.data : page?.type]);
    }
  };

  it('begins the chain again while nobody acknowledges, and says which page is the last', () => {
    const policy = { ...defaultPolicy, pageAgainMs: 15 * MINUTE, pageRounds: 2 };
    expect(pagesOf(story().opened({ policy }))).toEqual([
      [5, { to: 'primary' }],
      [10, { to: 'secondary' }],
      [15, { to: 'manager' }],
      [30, { to: 'primary' }],
      [35, { to: 'secondary' }],
      [40, { to: 'manager', isLast: true }],
    ]);
  });

  it('pages the chain once in incidents of a release that knew no rounds', () => {
    const { pageAgainMs: _again, pageRounds: _rounds, ...policy } = defaultPolicy;
    expect(pagesOf(story().opened({ policy }))).toEqual([
      [5, { to: 'primary' }],
      [10, { to: 'secondary' }],
      [15, { to: 'manager' }],
    ]);
  });

  it('stops paging once somebody acknowledges', () => {
    expect(dues(story().opened().give('acknowledge', ana, {}))[0]?.[0]).toBe('distributionReminded');
  });

  it('a tick does everything that is due, not more', () => {
    const life = story().investigated().give('acknowledge', ana, {}).asked('r1', 'status');
    const { openedAt } = life.state.signOffs['r1']!;
    life.wait(openedAt + 9 * MINUTE - life.at);
    expect(life.answer('tick', engine, {})).toBe('no-change');
    life.wait(24 * HOUR).give('tick', engine, {});
    expect(life.lastTypes().sort()).toEqual(['distributionReminded', 'signOffReminded']);
  });

  it('a decided or void request is left alone', () => {
    const life = story().investigated().asked('r1', 'status');
    life.give('signReversal', kim, life.signing('r1'));
    expect(dues(life).map(([type]) => type)).not.toContain('signOffReminded');
  });

  it('nothing happens after the end, or after everybody has the postmortem', () => {
    expect(duesOf(story().closed().state)).toEqual([]);
    expect(nextDueAt(story().closed().state)).toBeNull();
    expect(duesOf(story().distributed().give('acknowledge', ana, {}).state)).toEqual([]);
  });
});

describe('the phase people read', () => {
  const cases: [Phase, () => Story][] = [
    ['find_session', () => story().opened({ alert: alert({ sessionId: null }) })],
    ['contain', () => story().opened()],
    ['preserve', () => story().opened().contained()],
    ['classify', () => story().opened().contained().sealed().analysed()],
    [
      'locate',
      () =>
        story()
          .opened()
          .contained()
          .sealed()
          .analysed()
          .give('confirmMode', ana, { mode: 'tool_misfire', misfit: null }),
    ],
    ['map', () => story().opened().contained().sealed().analysed().located()],
    ['sign_off', () => story().investigated()],
    ['postmortem', () => story().written()],
    ['distribute', () => story().final()],
    ['close', () => story().distributed()],
    ['ended', () => story().closed()],
  ];

  it('has an example each', () => expect(cases.map(([phase]) => phase)).toEqual([...phases]));

  it.each(cases)('%s', (phase, life) => expect(phaseOf(life().state)).toBe(phase));

  it('goes back when a session joins late', () => {
    expect(
      phaseOf(story().distributed().give('joinSession', engine, { sessionId: 's2', because: 'x' }).state),
    ).toBe('contain');
  });

  it('any ending is the end', () => {
    const ending = { kind: 'dismissed' as const, reason: prose('x'), fixUrl: null, intoIncidentId: null };
    const life = story()
      .opened()
      .contained()
      .sealed()
      .give('proposeEnding', ana, ending)
      .give('secondEnding', ben, { reason: null });
    expect(phaseOf(life.state)).toBe('ended');
  });
});
