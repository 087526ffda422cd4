import { mapBasis } from '../../../src/domain/incident/basis.ts';
import { isSettled } from '../../../src/domain/incident/classes.ts';
import { openItems } from '../../../src/domain/incident/checklist.ts';
import {
  actionClass,
  ana,
  ben,
  engine,
  HOUR,
  kim,
  letters,
  prose,
  report,
  sha,
  story,
  type Story,
  type Words,
} from './story.ts';

const asked = (): Story => story().investigated().asked('r1', 'status');
const statusOf = (life: Story) => life.state.classes['status']!;

describe('the list of actions changes', () => {
  const moved = (
    life: Story,
    classes = [actionClass({ classId: 'newer', planSha256: sha('newer plan') })],
  ): Story => life.give('confirmOrigin', ana, { sessionId: 's1', step: 4 }).mapped(classes);

  it('voids what is open and takes back what was signed and has not run', () => {
    const life = asked();
    life
      .give('signReversal', kim, life.signing('r1'))
      .give('orderReversals', engine, { batchId: 'b1', requestId: 'r1', indices: [[0, 1]] });
    life.asked('r2', 'letters', 'Call both.', ana);
    moved(life);
    expect(life.lastTypes()).toEqual([
      'blastRadiusMapped',
      'classSuperseded',
      'classSuperseded',
      'classMapped',
      'signOffVoided',
      'courseDecided',
    ]);
    expect(life.state.signOffs['r2']?.status).toBe('void');
    expect(statusOf(life)).toMatchObject({ superseded: true, authorised: [[0, 1]] });
    expect(life.answer('orderReversals', engine, { batchId: 'b2', requestId: 'r1', indices: [[2, 3]] })).toBe(
      'class-superseded',
    );
  });

  it('a list that comes back is asked for again: an old signature does not count', () => {
    const life = asked();
    life.give('signReversal', kim, life.signing('r1'));
    moved(life, []);
    life.give('confirmOrigin', ana, { sessionId: 's1', step: 3 }).mapped();
    expect(statusOf(life)).toMatchObject({ superseded: false, authorised: [] });
    expect(life.answer('orderReversals', engine, { batchId: 'b1', requestId: 'r1', indices: [[0, 3]] })).toBe(
      'not-authorised',
    );
    expect(life.asked('r3', 'status').state.signOffs['r3']?.status).toBe('open');
    expect(openItems(life.state)).toContain('remediation_logged');
  });

  it('a list that stays keeps its signatures', () => {
    const life = asked();
    life.give('signReversal', kim, life.signing('r1'));
    moved(life, [actionClass(), letters()]);
    expect(statusOf(life)).toMatchObject({ superseded: false, authorised: [[0, 3]] });
  });

  it('a reversal that ran under a replaced list and did not happen is mapped again', () => {
    const life = asked();
    life
      .give('signReversal', kim, life.signing('r1'))
      .give('orderReversals', engine, { batchId: 'b1', requestId: 'r1', indices: [[0, 3]] });
    moved(life, []);
    const basis = mapBasis(life.state);
    life.give('reportReversals', engine, report('b1', { done: [[0, 2]], uncertain: [[3, 3]] }));
    expect(mapBasis(life.state)).toBe(basis);
    life.give('settleUncertain', ana, {
      classId: 'status',
      indices: [[3, 3]],
      outcome: 'not_done',
      reason: prose('Still declined.'),
    });
    expect(mapBasis(life.state)).not.toBe(basis);
    expect(openItems(life.state)).toContain('actions_enumerated');
    life.mapped([actionClass({ classId: 'rest', count: 1, planSha256: sha('rest') })]);
    expect(life.state.classes['rest']?.superseded).toBe(false);
    expect(openItems(life.state)).toContain('remediation_logged');
  });
});

describe('reversals', () => {
  const ordered = (): Story => {
    const life = asked();
    return life
      .give('signReversal', kim, life.signing('r1'))
      .give('orderReversals', engine, { batchId: 'b1', requestId: 'r1', indices: [[0, 3]] });
  };

  it('done, not done and uncertain are kept apart', () => {
    const life = ordered().give(
      'reportReversals',
      engine,
      report('b1', { done: [[0, 1]], notDone: [[2, 2]], uncertain: [[3, 3]] }),
    );
    expect(statusOf(life)).toMatchObject({ done: [[0, 1]], notDone: [[2, 2]], uncertain: [[3, 3]] });
    expect(isSettled(statusOf(life))).toBe(false);
  });

  it('what failed needs a new sign-off, what is uncertain a person', () => {
    const life = ordered().give(
      'reportReversals',
      engine,
      report('b1', { done: [[0, 1]], notDone: [[2, 2]], uncertain: [[3, 3]] }),
    );
    expect(life.answer('orderReversals', engine, { batchId: 'b2', requestId: 'r1', indices: [[2, 2]] })).toBe(
      'not-authorised',
    );
    expect(life.answer('orderReversals', engine, { batchId: 'b2', requestId: 'r1', indices: [[3, 3]] })).toBe(
      'already-ordered',
    );
    life.give('settleUncertain', ben, {
      classId: 'status',
      indices: [[3, 3]],
      outcome: 'done',
      reason: prose('I looked.'),
    });
    life.asked('r2', 'status', null, ana);
    expect(life.state.signOffs['r2']?.indices).toEqual([[2, 2]]);
    life
      .give('signReversal', kim, life.signing('r2'))
      .give('orderReversals', engine, { batchId: 'b2', requestId: 'r2', indices: [[2, 2]] });
    life.give('reportReversals', engine, report('b2', { done: [[2, 2]] }));
    expect(isSettled(statusOf(life))).toBe(true);
    expect(statusOf(life).notDone).toEqual([]);
  });

  it('nothing runs under an empty order', () => {
    expect(ordered().answer('orderReversals', engine, { batchId: 'b2', requestId: 'r1', indices: [] })).toBe(
      'not-authorised',
    );
  });

  it('a batch accounts for each of its actions exactly once', () => {
    for (const bad of [
      { done: [[0, 2]] },
      { done: [[0, 3]], uncertain: [[3, 3]] },
      { done: [[0, 1]], notDone: [[1, 3]] },
      { notDone: [[0, 2]], uncertain: [[2, 3]] },
    ] as Partial<Words<'reportReversals'>>[])
      expect(ordered().answer('reportReversals', engine, report('b1', bad))).toBe('outside-batch');
  });

  it('an irreversible class is settled by its signed plan and its result', () => {
    const life = story().investigated().remediated();
    expect(life.state.classes['letters']).toMatchObject({ authorised: [[0, 1]], remediated: [[0, 1]] });
    expect(isSettled(life.state.classes['letters']!)).toBe(true);
  });

  it('an unknown tool is classified by a person: irreversible, or found to have had no effect', () => {
    const odd = letters({ classId: 'odd', tool: 'mystery', unknownTool: true });
    const life = story().investigated([odd]);
    expect(openItems(life.state)).toContain('actions_enumerated');
    expect(
      life
        .give('classifyActions', ana, { classId: 'odd', as: 'irreversible', reason: prose('It mails.') })
        .mapped([odd])
        .asked('r9', 'odd', 'x', ana).state.signOffs['r9']?.quorum,
    ).toBe(2);
    life.give('classifyActions', ana, { classId: 'odd', as: 'no_effect', reason: prose('It only reads.') });
    expect(life.lastTypes()).toEqual(['actionsClassified', 'signOffVoided', 'courseDecided']);
    expect(isSettled(life.state.classes['odd']!)).toBe(true);
    expect(
      life.answer('requestSignOff', ana, {
        requestId: 'r10',
        classId: 'odd',
        planSha256: odd.planSha256,
        remediation: prose('x'),
      }),
    ).toBe('nothing-to-sign');
  });

  it('time alone settles nothing', () => {
    const life = ordered().wait(1_000 * HOUR);
    expect(isSettled(statusOf(life))).toBe(false);
  });
});
