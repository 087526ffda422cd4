import { isGlassOpen, isSettled } from '../../../src/domain/incident/classes.ts';
import { openItems } from '../../../src/domain/incident/checklist.ts';
import {
  ana,
  ben,
  engine,
  kim,
  lee,
  mia,
  MINUTE,
  owner,
  prose,
  report,
  sha,
  story,
  type Story,
  type Words,
} from './story.ts';

const typed = { typedCount: 2, reason: prose('It makes it good.') };
const deny = (
  life: Story,
  requestId: string,
  indices: 'all' | [number, number][] = 'all',
): Words<'denyReversal'> => ({
  requestId,
  seen: life.seen(requestId),
  indices,
  reason: prose('Because.'),
});
const asked = (): Story => story().investigated().asked('r1', 'status');
const askedLetters = (): Story => story().investigated().asked('r2', 'letters', 'Call both.', ana);
const statusOf = (life: Story) => life.state.classes['status']!;

describe('a sign-off', () => {
  it('binds the digest of the plan, and of the remediation plan behind a dot', () => {
    expect(asked().state.signOffs['r1']).toMatchObject({
      seen: sha('plan status'),
      quorum: 1,
      status: 'open',
      indices: [[0, 3]],
    });
    expect(askedLetters().state.signOffs['r2']).toMatchObject({
      seen: `${sha('plan letters')}.${sha('Call both.')}`,
      quorum: 2,
    });
  });

  it('one approver signs a reversal: authorised and decided in the same breath', () => {
    const life = asked();
    life.give('signReversal', kim, life.signing('r1'));
    expect(life.lastTypes()).toEqual(['reversalSigned', 'reversalsAuthorised', 'signOffDecided']);
    expect(statusOf(life).authorised).toEqual([[0, 3]]);
  });

  it('irreversible: two distinct people, who type the count and say why', () => {
    const life = askedLetters();
    life.give('signReversal', kim, life.signing('r2', typed));
    expect(life.lastTypes()).toEqual(['reversalSigned']);
    expect(life.state.classes['letters']?.authorised).toEqual([]);
    life.give('signReversal', lee, life.signing('r2', typed));
    expect(life.lastTypes()).toEqual(['reversalSigned', 'reversalsAuthorised', 'signOffDecided']);
    expect(life.state.classes['letters']).toMatchObject({
      authorised: [[0, 1]],
      plan: { text: 'Call both.' },
    });
  });

  it('counts people action by action, where they sign parts', () => {
    const life = askedLetters();
    life.give('signReversal', kim, life.signing('r2', { ...typed, typedCount: 1, indices: [[0, 0]] }));
    life.give('signReversal', lee, life.signing('r2', { ...typed, typedCount: 1, indices: [[1, 1]] }));
    expect(life.state.classes['letters']?.authorised).toEqual([]);
    life.give('signReversal', mia, life.signing('r2', { ...typed, typedCount: 1, indices: [[1, 1]] }));
    expect(life.state.classes['letters']?.authorised).toEqual([[1, 1]]);
    expect(life.state.signOffs['r2']?.status).toBe('open');
    life.give('signReversal', lee, life.signing('r2', { ...typed, typedCount: 1, indices: [[0, 0]] }));
    expect(life.state.classes['letters']?.authorised).toEqual([[0, 1]]);
  });

  it('the same person twice is one person', () => {
    const life = askedLetters();
    life.give('signReversal', kim, life.signing('r2', { ...typed, typedCount: 1, indices: [[0, 0]] }));
    life.give('signReversal', kim, life.signing('r2', typed));
    expect(life.state.classes['letters']?.authorised).toEqual([]);
  });

  it('single actions are denied with a reason, the rest signed', () => {
    const life = asked();
    life.give('denyReversal', kim, deny(life, 'r1', [[1, 1]]));
    expect(life.state.signOffs['r1']?.status).toBe('open');
    life.give('signReversal', lee, life.signing('r1'));
    expect(statusOf(life)).toMatchObject({
      authorised: [
        [0, 0],
        [2, 3],
      ],
      declined: [[1, 1]],
    });
    expect(life.state.signOffs['r1']?.status).toBe('decided');
  });

  it('a denied remediation plan declines nothing: another plan is needed', () => {
    const life = askedLetters();
    life.give('denyReversal', kim, deny(life, 'r2'));
    expect(life.lastTypes()).toEqual(['reversalDenied', 'signOffDecided']);
    expect(life.state.classes['letters']?.declined).toEqual([]);
    expect(isSettled(life.state.classes['letters']!)).toBe(false);
    expect(life.asked('r3', 'letters', 'Visit both.', ben).state.signOffs['r3']?.indices).toEqual([[0, 1]]);
  });

  it('a person may ask again for what was declined; the engine may not', () => {
    const life = asked();
    life.give('denyReversal', kim, deny(life, 'r1'));
    expect(
      life.answer('requestSignOff', engine, {
        requestId: 'r3',
        classId: 'status',
        planSha256: sha('plan status'),
        remediation: null,
      }),
    ).toBe('nothing-to-sign');
    life.asked('r3', 'status', null, ana);
    expect(statusOf(life).declined).toEqual([]);
    expect(isSettled(statusOf(life))).toBe(false);
  });

  it('warns when nobody is left to sign: owners and the asker do not count', () => {
    const few = story()
      .opened()
      .contained()
      .sealed()
      .analysed()
      .located()
      .mapped()
      .approvers([kim.id, owner.id]);
    expect(few.lastTypes()).toContain('quorumUnreachable');
    few.asked('r1', 'status');
    expect(few.lastTypes()).toEqual(['signOffRequested']);
    const own = story()
      .investigated()
      .approvers([kim.id, lee.id])
      .asked('r1', 'status', null, kim)
      .asked('r2', 'letters', 'x', kim);
    expect(own.events.filter((event) => event.type === 'quorumUnreachable').at(-1)).toMatchObject({
      data: { kind: 'irreversible', needed: 2, available: 1 },
    });
  });
});

describe('nobody answers', () => {
  it('reminds, escalates twice, expires, and is open again: never declined', () => {
    const life = asked();
    const tick = (ms: number): string[] => life.wait(ms).give('tick', engine, {}).lastTypes();
    life.give('acknowledge', ana, {});
    expect(tick(10 * MINUTE)).toEqual(['signOffReminded']);
    expect(tick(10 * MINUTE)).toEqual(['signOffEscalated']);
    expect(tick(20 * MINUTE)).toEqual(['signOffEscalated']);
    expect(tick(20 * MINUTE)).toEqual(['signOffExpired']);
    expect(life.state.signOffs['r1']).toMatchObject({
      status: 'open',
      round: 2,
      stage: 0,
      openedAt: life.at,
    });
    expect(statusOf(life).declined).toEqual([]);
    expect(life.answer('signReversal', kim, life.signing('r1'))).toBe('ok');
  });

  it('an expired round forgets its signatures: two people within one round', () => {
    const life = askedLetters();
    life.give('acknowledge', ana, {}).give('signReversal', kim, life.signing('r2', typed));
    for (const ms of [10, 10, 20, 20]) life.wait(ms * MINUTE).give('tick', engine, {});
    life.give('signReversal', lee, life.signing('r2', typed));
    expect(life.state.classes['letters']?.authorised).toEqual([]);
    life.give('signReversal', kim, life.signing('r2', typed));
    expect(life.state.classes['letters']?.authorised).toEqual([[0, 1]]);
  });
});

describe('break-glass', () => {
  const broken = (by = ana): Story => {
    const life = asked();
    return life.give('breakGlass', by, deny(life, 'r1', [[0, 1]]));
  };
  const countersigning = { requestId: 'r1', reason: prose('I would have signed.') };

  it('one person, at once, and open until another approver countersigns', () => {
    const life = broken();
    expect(life.lastTypes()).toEqual(['glassBroken', 'reversalsAuthorised']);
    expect(statusOf(life).authorised).toEqual([[0, 1]]);
    expect(isGlassOpen(life.state)).toBe(true);
    life.give('countersign', kim, countersigning);
    expect(isGlassOpen(life.state)).toBe(false);
  });

  it('blocks the closing item until then', () => {
    const life = broken();
    life
      .give('signReversal', kim, life.signing('r1'))
      .give('orderReversals', engine, { batchId: 'b1', requestId: 'r1', indices: [[0, 3]] });
    life.give('reportReversals', engine, report('b1', { done: [[0, 3]] })).remediated();
    expect(openItems(life.state)).toContain('remediation_logged');
    life.give('countersign', lee, countersigning);
    expect(openItems(life.state)).not.toContain('remediation_logged');
  });

  it('nobody who broke it on this request countersigns, though another broke it later', () => {
    const life = broken(kim);
    life.give('breakGlass', ana, deny(life, 'r1', [[2, 3]]));
    expect(life.answer('countersign', kim, countersigning)).toBe('own-break-glass');
    expect(life.answer('countersign', lee, countersigning)).toBe('ok');
  });

  it('broken again after the countersignature, it is open again', () => {
    const life = broken().give('countersign', kim, countersigning);
    life.give('breakGlass', ana, deny(life, 'r1', [[2, 3]]));
    expect(isGlassOpen(life.state)).toBe(true);
  });

  it('does not expire with the round', () => {
    const life = broken().give('acknowledge', ana, {});
    for (const ms of [10, 10, 20, 20]) life.wait(ms * MINUTE).give('tick', engine, {});
    expect(life.state.signOffs['r1']?.signatures).toHaveLength(1);
    expect(isGlassOpen(life.state)).toBe(true);
  });
});
