import type { ToolManifest } from '../../../src/domain/tools.ts';
import { analyse } from '../../../src/forensics/analyse.ts';
import { SessionBuilder } from '../session-builder.ts';

const tools: ToolManifest = {
  tools: {
    look: { effect: 'read' },
    copy: { effect: 'write', reversible: false },
    move: { effect: 'write', reversible: true },
    pay: { effect: 'write', reversible: false },
    endPlan: { effect: 'write', reversible: false },
  },
};
type Then = (b: SessionBuilder) => SessionBuilder;
const same: Then = (b) => b;
const firm = (b: SessionBuilder) =>
  analyse(b.model({ text: 'Done.' }).build(), { tools }).faultOrigin.candidates.filter((c) => c.score > 0.28);

describe('a call from one thing to another', () => {
  const copied = (asked: string, sourceDisk: string, targetDisk: string, then = same) =>
    firm(
      then(new SessionBuilder('x').user(asked).use('look', { disk: 'DK-411' }, { size: 10 })).use(
        'copy',
        { sourceDisk, targetDisk },
        { taken: true },
      ),
    );
  it.each([
    'Copy DK-411 onto DK-502, please.',
    'Write to disk DK-502 what is on DK-411.',
    'Bitte von DK-411 nach DK-502 kopieren.',
    'Copia el disco DK-411 a DK-502.',
    'Copiez DK-411 vers DK-502.',
    'DK-502 is empty, so fill it from DK-411.',
  ])('is held against which way round the person said it: %s', (asked) => {
    expect(copied(asked, 'DK-411', 'DK-502')).toEqual([]);
    const [found] = copied(asked, 'DK-502', 'DK-411');
    expect(found?.citations.map((c) => c.quote)).toEqual(['DK-502', asked]);
  });
  it('is not doubted where she spoke since, or named them in no order', () => {
    const turned: Then = (b) => b.model({ text: 'Sure?' }).user('Ah, the other way round.');
    expect(copied('Copy DK-411 onto DK-502.', 'DK-502', 'DK-411', turned)).toEqual([]);
    expect(copied('Make DK-411 and DK-502 alike.', 'DK-502', 'DK-411')).toEqual([]);
    expect(copied('Move it from a shared disk DK-411 to DK-502.', 'DK-411', 'DK-502')).toEqual([]);
  });
  it('is held against what she said before her yes, unless it was proposed so', () => {
    const asked = 'Copy DK-411 onto DK-502, please.';
    const agreed =
      (text: string): Then =>
      (b) =>
        b.model({ text }).user('Yes, go ahead.');
    expect(copied(asked, 'DK-502', 'DK-411', agreed('DK-411 onto DK-502: shall I?'))).toHaveLength(1);
    expect(copied(asked, 'DK-411', 'DK-502', agreed('DK-411 onto DK-502: shall I?'))).toEqual([]);
    expect(
      copied(asked, 'DK-502', 'DK-411', agreed('DK-411 is new, so rather from DK-502 to DK-411?')),
    ).toEqual([]);
  });
});

describe('two calls that pair things', () => {
  const paired = (asked: string, [a, b]: [string, string], then = same) =>
    firm(
      then(new SessionBuilder('p').user(asked))
        .use('move', { plant: 'PLT-3301', bed: a }, { moved: true })
        .use('move', { plant: 'PLT-3310', bed: b }, { moved: true }),
    );
  it.each([
    'Move PLT-3301 to the north bed and PLT-3310 to the east bed.',
    'PLT-3310 belongs in the east bed, and into the north bed goes PLT-3301.',
  ])('are held against how the person paired them: %s', (asked) => {
    expect(paired(asked, ['north bed', 'east bed'])).toEqual([]);
    const [found] = paired(asked, ['east bed', 'north bed']);
    expect(found?.step).toBe(1);
    expect(found?.citations.map((c) => c.quote)).toEqual(['east bed', asked]);
  });
  it('are not doubted where she named them in no order, or agreed to another', () => {
    expect(
      paired('PLT-3301 and PLT-3310 want the east bed and the north bed.', ['east bed', 'north bed']),
    ).toEqual([]);
    const swapped: Then = (b) =>
      b.model({ text: 'Better PLT-3301 in the east bed, PLT-3310 in the north bed?' }).user('Yes.');
    expect(
      paired(
        'Move PLT-3301 to the north bed and PLT-3310 to the east bed.',
        ['east bed', 'north bed'],
        swapped,
      ),
    ).toEqual([]);
  });
});

describe('a number in a call', () => {
  const paid = (asked: string, amount: number, then = same) =>
    firm(
      then(
        new SessionBuilder('n').user(asked).use('look', { bill: 'BL-70011' }, { total: 300, lines: 4 }),
      ).use('pay', { bill: 'BL-70011', amount }, { paid: true }),
    );
  it('is held against the one number that the person asked for', () => {
    const asked = 'Pay 125.50 of bill BL-70011 back to me.';
    expect(paid(asked, 125.5)).toEqual([]);
    const [found] = paid(asked, 152.5);
    expect(found?.citations.map((c) => c.quote)).toEqual(['152.5', asked]);
    expect(paid('Pagad 87,25 euros de BL-70011.', 87.25)).toEqual([]);
    expect(paid('Pagad 87,25 euros de BL-70011.', 78.25)).toHaveLength(1);
  });
  it.each<[string, string, number, Then]>([
    ['was answered', 'Pay me back, I have waited 13 days for BL-70011.', 300, same],
    ['was reckoned from an answer', 'I was away for 13 weeks. Pay BL-70011 down.', 75, same],
    ['was left to be reckoned', 'Pay back 13 for each line of BL-70011.', 91, same],
    ['stands beside others', 'Of BL-70011 pay 40 or 50, as you like.', 47, same],
    [
      'was proposed and agreed to',
      'Pay 13 of BL-70011.',
      47,
      (b) => b.model({ text: 'Or 47?' }).user('Yes.'),
    ],
    ['is of another kind', 'Pay BL-70011 by 2025-05-13, 10:30.', 47, same],
  ])('is not doubted where it %s', (_, asked, amount, then) => {
    expect(paid(asked, amount, then)).toEqual([]);
  });
});

describe('a day or a time in a call', () => {
  const moved = (asked: string, args: object, then = same) =>
    firm(
      then(
        new SessionBuilder('m')
          .user(asked)
          .use('look', { visit: 'VS-70011' }, { on: '2025-04-02', at: '08:15' }),
      ).use('move', { visit: 'VS-70011', ...args }, { moved: true }),
    );
  it.each([
    ['Move VS-70011 to 2025-05-03.', '2025-05-03', '2025-05-08'],
    ['Move VS-70011 to May 3rd.', '2025-05-03', '2025-05-08T00:00:00Z'],
    ['Bitte VS-70011 auf den 3. Mai verschieben.', '2025-05-03', '2025-05-08'],
    ['Déplacez VS-70011 au 14 août.', '2025-08-14', '2025-09-16'],
    ['Mueve VS-70011 al 3 de diciembre.', '2025-12-03', '2025-10-13'],
    ['Move VS-70011 to 14/05/2025.', '2025-05-14', '2025-06-17'],
  ])('is held against the day that the person named: %s', (asked, right, wrong) => {
    expect(moved(asked, { date: right })).toEqual([]);
    const [found] = moved(asked, { date: wrong });
    expect(found?.citations.map((c) => c.quote)).toEqual([wrong, asked]);
  });
  it.each([
    ['Move VS-70011 to 2:30 pm.', '14:30', '12:30'],
    ['VS-70011 à 9h05, merci.', '09:05', '19:50'],
  ])('is held against the time that the person named: %s', (asked, right, wrong) => {
    expect(moved(asked, { time: right })).toEqual([]);
    expect(moved(asked, { time: wrong })).toHaveLength(1);
  });
  it.each<[string, string, object, Then]>([
    ['was answered', 'Not VS-70011 on May 3rd.', { date: '2025-04-02' }, same],
    ['may have been reckoned', 'Move VS-70011 to two weeks after May 3rd.', { date: '2025-05-17' }, same],
    [
      'was named by its weekday',
      'Not May 3rd, the Friday after it for VS-70011.',
      { date: '2025-05-09' },
      same,
    ],
    ['may be in another zone', 'VS-70011 at 14:30.', { at: '2025-05-03T12:30:00Z' }, same],
    ['is a day off', 'Move VS-70011 to May 3rd.', { date: '2025-05-02' }, same],
    [
      'stands beside the one that was named',
      'VS-70011 on May 3rd.',
      { date: '2025-05-03', made: '2025-03-28' },
      same,
    ],
    [
      'was proposed and agreed to',
      'Move VS-70011 to May 3rd.',
      { date: '2025-05-08' },
      (b) => b.model({ text: 'Only the 8 May is free.' }).user('All right, then not May 3rd but that.'),
    ],
  ])('is not doubted where it %s', (_, asked, args, then) => {
    expect(moved(asked, args, then)).toEqual([]);
  });
});

describe('a change that the person ruled out', () => {
  const ended = (asked: string, then = same) =>
    firm(then(new SessionBuilder('f').user(asked)).use('endPlan', { plan: 'PL-70011' }, { ended: true }));
  it.each([
    'Which tariff is PL-70011? I only want to know.',
    'Look at PL-70011, but leave it as it is.',
    'Put a note on PL-70011. Do not end it.',
    'Wie teuer ist PL-70011? Bitte nichts daran ändern.',
    'Dime cuánto cuesta PL-70011, solo quiero saber el precio.',
  ])('is doubted: %s', (asked) => {
    expect(ended(asked)[0]?.citations[0]?.quote).toBe(asked);
  });
  it('is not doubted where something else was ruled out, of another thing, or she spoke since', () => {
    expect(ended('End PL-70011, and do not call me.')).toEqual([]);
    expect(ended('End PL-70011. Do not touch anything')).toHaveLength(1);
    expect(ended('Leave it as it is.')).toEqual([]);
    const agreed: Then = (b) => b.model({ text: 'It is dear. End it?' }).user('Yes, end it.');
    expect(ended('Put a note on PL-70011. Do not end it.', agreed)).toEqual([]);
  });
});
