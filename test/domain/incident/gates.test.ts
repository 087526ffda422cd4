import type { Actor } from '../../../src/domain/incident/actor.ts';
import { decide, decisions } from '../../../src/domain/incident/decide.ts';
import type { CommandType } from '../../../src/domain/incident/command.ts';
import { evolve } from '../../../src/domain/incident/evolve.ts';
import { DECIDED_KEPT } from '../../../src/domain/incident/state.ts';
import {
  ana,
  ben,
  engine,
  HOUR,
  kim,
  looker,
  person,
  prose,
  receiveAlert,
  report,
  seal,
  source,
  story,
  type Story,
} from './story.ts';
import { wordsOf } from './words.ts';

const types = Object.keys(decisions) as CommandType[];
const givenBy = (...givers: string[]): CommandType[] =>
  types.filter((type) => givers.includes(decisions[type].by));

/** The code of the gate for a command whose words do not matter, or what the rules say. */
const answer = (life: Story, type: CommandType, by: Actor): string => {
  const verdict = decide(life.state, { ...wordsOf(type), type, id: 'gate', at: life.at, by } as never);
  return verdict.ok ? 'ok' : verdict.refusal.code;
};

describe('who may give a command', () => {
  it.each(givenBy('engine'))('%s: only the engine', (type) => {
    for (const by of [ana, kim, source]) expect(answer(story().investigated(), type, by)).toBe('engine-only');
  });

  it.each(givenBy('responder'))('%s: only a person who is a responder', (type) => {
    const life = story().investigated();
    expect(answer(life, type, engine)).toBe('person-only');
    expect(answer(life, type, source)).toBe('person-only');
    expect(answer(life, type, looker)).toBe('not-a-responder');
    expect(answer(life, type, person('slack:UAUD', ['auditor']))).toBe('not-a-responder');
    expect(answer(life, type, person('slack:UNONE', []))).toBe('not-a-responder');
    expect(answer(life, type, person('slack:UAPP', ['approver']))).not.toBe('not-a-responder');
  });

  it.each(givenBy('engine-or-responder'))('%s: the engine, or a responder', (type) => {
    const life = story().investigated();
    expect(answer(life, type, looker)).toBe('not-a-responder');
    expect(answer(life, type, source)).toBe('person-only');
    expect(['engine-only', 'person-only']).not.toContain(answer(life, type, engine));
  });

  it.each(givenBy('approver'))(
    '%s: a person on a fresh list of approvers, whatever roles they claim',
    (type) => {
      const life = story().investigated();
      expect(answer(life, type, engine)).toBe('person-only');
      expect(answer(life, type, person('slack:UFAKE', ['approver', 'responder']))).toBe('not-an-approver');
      expect(answer(life, type, person(kim.id, []))).not.toBe('not-an-approver');
      expect(answer(story().opened(), type, kim)).toBe('approvers-unknown');
      expect(answer(story().investigated().approvers(null), type, kim)).toBe('approvers-unknown');
      const exactly = story()
        .investigated()
        .wait(24 * HOUR);
      expect(answer(exactly, type, kim)).not.toBe('approvers-unknown');
      expect(answer(exactly.wait(1), type, kim)).toBe('approvers-unknown');
      expect(answer(exactly.approvers(), type, kim)).not.toBe('approvers-unknown');
    },
  );

  it('an alert may come from anybody that the intake let through', () => {
    for (const by of [source, ana, engine])
      expect(story().answer('receiveAlert', by, receiveAlert())).toBe('ok');
  });

  it('leaves no command without a giver', () => {
    expect(givenBy('engine', 'responder', 'approver', 'source', 'engine-or-responder')).toEqual(types);
  });
});

describe('when', () => {
  it.each(types.filter((type) => type !== 'receiveAlert'))(
    '%s: not before an alert opened the incident',
    (type) => {
      for (const by of [ana, engine]) expect(answer(story(), type, by)).toBe('not-open');
    },
  );

  it.each(types)('%s: not after the end', (type) => {
    for (const by of [ana, kim, engine, source])
      expect(answer(story().closed(), type, by)).toBe('already-ended');
  });

  it('counts every ending as the end', () => {
    const ending = { kind: 'dismissed' as const, reason: prose('x'), fixUrl: null, intoIncidentId: null };
    const life = story()
      .opened()
      .contained()
      .sealed()
      .give('proposeEnding', ana, ending)
      .give('secondEnding', ben, { reason: null });
    expect(life.state.status).toBe('dismissed');
    expect(answer(life, 'acknowledge', ana)).toBe('already-ended');
  });
});

describe('a command that comes twice', () => {
  it('changes nothing the second time, though its rules would refuse it now', () => {
    const life = story().opened().give('acknowledge', ana, {}, 'click-1');
    const again = decide(life.state, life.command('acknowledge', ana, {}, 'click-1'));
    expect(again).toEqual({ ok: true, events: [] });
    expect(life.answer('acknowledge', ana, {})).toBe('already-acknowledged');
  });

  it('is accepted again after the end, too', () => {
    const life = story()
      .distributed()
      .give('releaseAgent', ana, { reason: prose('x') })
      .give('requestClose', ana, {}, 'close-1');
    expect(decide(life.state, life.command('requestClose', ana, {}, 'close-1'))).toEqual({
      ok: true,
      events: [],
    });
  });

  it('was refused the first time: may be given again under the same id', () => {
    const life = story().opened();
    const early = decide(
      life.state,
      life.command('confirmMode', ana, { mode: 'tool_misfire', misfit: null }, 'click-1'),
    );
    expect(early.ok).toBe(false);
    life
      .contained()
      .sealed()
      .analysed()
      .give('confirmMode', ana, { mode: 'tool_misfire', misfit: null }, 'click-1');
    expect(life.state.mode.confirmed).toBe('tool_misfire');
  });

  it('cannot be used by a person to swallow what the engine reports', () => {
    const life = story()
      .opened()
      .contained()
      .give('addNote', ana, { text: prose('x') }, 'seal-1');
    life.give('reportSeal', engine, { seal: seal() }, 'seal-1');
    expect(life.state.sessions['s1']?.seal?.sealNumber).toBe(1);
  });

  it('remembers the newest ids only, so that the state stays small', () => {
    const life = story().opened();
    for (let i = 0; i < DECIDED_KEPT + 20; i += 1)
      life.give('addNote', ana, { text: prose(`note ${i}`) }, `note-${i}`);
    expect(life.state.decided).toHaveLength(DECIDED_KEPT);
    expect(life.state.decided.at(-1)).toBe(`note-${DECIDED_KEPT + 19}`);
    const notes = life.events.length;
    life.give('addNote', ana, { text: prose('again') }, `note-${DECIDED_KEPT + 19}`);
    expect(life.events).toHaveLength(notes);
  });

  it('is remembered once, however many events it made', () => {
    const life = story().opened();
    expect(life.state.decided).toEqual(['c1']);
    expect(life.events.length).toBeGreaterThan(3);
  });
});

describe('an accepted command', () => {
  it('numbers its events without a gap and stamps who, when and which command', () => {
    const life = story().opened();
    expect(life.events.map((event) => event.seq)).toEqual([1, 2, 3, 4, 5]);
    for (const event of life.events)
      expect(event).toMatchObject({ at: life.at, by: source, commandId: 'c1' });
  });

  it('leaves the state it was decided on as it was', () => {
    const life = story().investigated().asked('r1', 'status');
    const before = JSON.stringify(life.state);
    const verdict = life.ask('signReversal', kim, life.signing('r1'));
    expect(verdict.ok && verdict.events.length).toBeGreaterThan(0);
    if (verdict.ok) verdict.events.reduce(evolve, life.state);
    expect(JSON.stringify(life.state)).toBe(before);
  });

  it('keeps ids that look like parts of objects apart', () => {
    const life = story().opened({ alert: { ...receiveAlert().alert, sessionId: '__proto__' } });
    expect(Object.keys(life.state.sessions)).toEqual(['__proto__']);
    expect(Object.keys(JSON.parse(JSON.stringify(life.state)).sessions)).toEqual(['__proto__']);
    expect(life.answer('joinSession', engine, { sessionId: 'constructor', because: 'x' })).toBe('ok');
    expect(life.answer('reportReversals', engine, report('toString'))).toBe('unknown-batch');
    expect(life.answer('signReversal', kim, life.signing('valueOf'))).toBe('approvers-unknown');
  });
});
