import type { ToolManifest } from '../../../src/domain/tools.ts';
import { analyse } from '../../../src/forensics/analyse.ts';
import { learnProfile, Profile } from '../../../src/forensics/learned/profile.ts';
import { SessionBuilder } from '../session-builder.ts';

const tools: ToolManifest = {
  tools: { check_cover: { effect: 'read' }, pay: { effect: 'write', reversible: false } },
};
const claim = (n: number, answer: unknown, ask = 'Look at it, then pay') =>
  new SessionBuilder(`s${n}`)
    .user(`${ask} claim CL-70${n}.`)
    .use('check_cover', { claim: `CL-70${n}` }, answer)
    .use('pay', { claim: `CL-70${n}` }, { paid: true })
    .build();
const good = Array.from({ length: 8 }, (_, i) => claim(100 + i, { covered: true, rush: i % 2 === 0 }));
const profile = learnProfile(good);
const doubted = (answer: unknown, given: Profile = profile) =>
  analyse(claim(500, answer), { tools, profile: given }).faultOrigin.candidates.filter((c) =>
    c.reason.includes('although the answer of check_cover'),
  );

describe('a changing call that good sessions make only after a check', () => {
  it.each<[string, unknown, string]>([
    ['said no', { covered: false, rush: true }, 'says that covered is false'],
    ['failed', 'Error: timed out', 'failed'],
    ['was empty', {}, 'was empty'],
    ['said nothing that can be read', 'null', 'says nothing of it'],
  ])('is doubted where the check %s', (_, answer, why) => {
    const [found] = doubted(answer);
    expect(found?.reason).toContain(why);
    expect(found?.citations.map((c) => c.place)).toEqual(['result', 'call pay']);
  });

  it.each<[string, unknown]>([
    ['the check let it pass', { covered: true, rush: true }],
    ['only what changes anyway is otherwise', { covered: true, rush: false }],
    ['more is said than before', { covered: true, rush: false, urgent: true }],
  ])('is not doubted where %s', (_, answer) => {
    expect(doubted(answer)).toEqual([]);
  });

  it('is not doubted after a few good sessions, or by a profile that learned no checks', () => {
    const refused = { covered: false, rush: true };
    expect(doubted(refused, learnProfile(good.slice(0, 4)))).toEqual([]);
    const { checks: _, ...old } = profile;
    expect(doubted(refused, Profile.parse(old))).toEqual([]);
  });

  it('is not asked for where good sessions often go without it', () => {
    const without = Array.from({ length: 4 }, (_, i) =>
      new SessionBuilder(`w${i}`).user('Pay CL-900.').use('pay', { claim: 'CL-900' }, { paid: true }).build(),
    );
    expect(learnProfile([...good, ...without]).checks).toEqual([]);
  });

  const decided = (n: number, decision: string, ask?: string) =>
    claim(n, { review: { decision, by: `desk ${n}` } }, ask);
  it('is doubted where the word of a decision is another than it always was', () => {
    const many = Array.from({ length: 14 }, (_, i) => decided(200 + i, 'APPROVED'));
    const found = (word: string, from = many, ask?: string) =>
      analyse(decided(600, word, ask), { tools, profile: learnProfile(from) }).faultOrigin.candidates.filter(
        (c) => c.reason.includes('although the answer of check_cover'),
      );
    expect(found('REJECTED')[0]?.reason).toContain('says that review.decision is rejected');
    expect(found('approved')).toEqual([]);
    // One word out of few is chance, and so is one where others were as good.
    expect(found('REJECTED', many.slice(0, 8))).toEqual([]);
    expect(found('REJECTED', [...many.slice(1), decided(300, 'WAIVED')])).toEqual([]);
    // Few are enough where it is the same word denied, or where the person made it depend on something.
    expect(found('NOT_APPROVED', many.slice(0, 8))).toHaveLength(1);
    for (const ask of ['If it is approved, pay', 'Falls genehmigt, zahlen Sie', 'Dès que possible, payez'])
      expect(found('REJECTED', many.slice(0, 8), ask)).toHaveLength(1);
  });
});
