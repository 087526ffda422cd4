import type { ToolManifest } from '../../../src/domain/tools.ts';
import { analyse } from '../../../src/forensics/analyse.ts';
import { learnProfile, Profile } from '../../../src/forensics/learned/profile.ts';
import { SessionBuilder } from '../session-builder.ts';

const tools: ToolManifest = {
  tools: { bill: { effect: 'read' }, refund: { effect: 'write', reversible: false } },
};
type Then = (b: SessionBuilder) => SessionBuilder;
const same: Then = (b) => b;
/** A fee is paid back: the fee of the bill, to the town that the person names. */
const refunded = (n: number, over: { amount?: number; town?: string } = {}, then = same) => {
  const [fee, town] = [20 + n * 3, ['Calder', 'Velden', 'Harwick', 'Norby', 'Tarn'][n % 5] as string];
  return then(
    new SessionBuilder(`r${n}`)
      .user(`The fee of bill BL-70${100 + n} was wrong, pay it back to our office in ${town}.`)
      .use(
        'bill',
        { bill: `BL-70${100 + n}` },
        { fee, total: 400 + n * 7, tax: 5 + n, towns: ['Calder', 'Lisse'] },
      ),
  )
    .use('refund', { bill: `BL-70${100 + n}`, amount: fee, town, ...over }, { done: true })
    .model({ text: 'Paid.' })
    .build();
};
const good = Array.from({ length: 8 }, (_, i) => refunded(i));
const profile = learnProfile(good);
const doubted = (over: Parameters<typeof refunded>[1], then = same, given = profile) =>
  analyse(refunded(40, over, then), { tools, profile: given }).faultOrigin.candidates.filter(
    (c) => c.score > 0.28,
  );

describe('where the arguments of a call come from', () => {
  it('is learned from good sessions', () => {
    expect(profile.sources).toEqual([
      { tool: 'refund', path: 'amount', calls: 8, said: false, fields: [{ tool: 'bill', path: 'fee' }] },
      { tool: 'refund', path: 'town', calls: 8, said: true, fields: [] },
    ]);
    expect(learnProfile(good.slice(0, 5)).sources).toEqual([]);
    expect(learnProfile([...good, refunded(9, { amount: 7, town: 'Oslo' })]).sources).toEqual([]);
  });

  it('is another field of the answer than in all good calls', () => {
    const [found] = doubted({ amount: 680 });
    expect(found?.reason).toContain('in 8 good calls it was fee of bill, which is 140');
    expect(found?.citations.map((c) => c.quote)).toEqual(['680', '140']);
    expect(doubted({ amount: 141 })).toHaveLength(1);
  });

  it('is nobody, where the person had said it in all good calls', () => {
    expect(doubted({ town: 'Ostermouth' })[0]?.reason).toContain('the person had said it');
  });

  it.each<[string, Parameters<typeof refunded>[1], Then]>([
    ['is as it always was', {}, same],
    ['was said by the person', { amount: 90 }, (b) => b.model({ text: 'All?' }).user('Only 90 of it.')],
    ['was proposed by the agent', { amount: 90 }, (b) => b.model({ text: 'I pay 90. OK?' }).user('Yes.')],
    ['was answered, and the person named none', { town: 'Lisse' }, same],
  ])('is not doubted where it %s', (_, over, then) => {
    expect(doubted(over, then)).toEqual([]);
  });

  it('is not doubted by a profile that did not learn it', () => {
    const { sources: _, ...old } = profile;
    expect(doubted({ amount: 680 }, same, Profile.parse(old))).toEqual([]);
  });
});
