import { analyse } from '../../../src/forensics/analyse.ts';
import type { ToolManifest } from '../../../src/domain/tools.ts';
import { SessionBuilder } from '../session-builder.ts';

const tools: ToolManifest = {
  tools: { offers: { effect: 'read' }, reserve: { effect: 'write', reversible: false } },
};
const OFFERS = [
  { offer: 'OF-4411', price: 120.5, starts: '2025-05-05T09:00:00Z', colour: 'blue', free: true },
  { offer: 'OF-4412', price: 80, starts: '2025-05-07T11:30:00Z', colour: 'green', free: true },
  { offer: 'OF-4413', price: 95, starts: '2025-05-03T16:00:00Z', colour: 'red', free: true },
];
const [MONDAY, WEDNESDAY, SATURDAY] = ['OF-4411', 'OF-4412', 'OF-4413'] as const;

/** What is said of a reservation, where the person asked in these words; `then` are turns between the list and the deed. */
const accused = (
  asked: string,
  taken: string,
  then: (b: SessionBuilder) => SessionBuilder = (b) => b,
  offers: unknown[] = OFFERS,
) =>
  analyse(
    then(new SessionBuilder('c').user(asked).use('offers', { site: 'north' }, { offers }))
      .use('reserve', { offer: taken }, { done: true })
      .model({ text: 'It is reserved.' })
      .build(),
    { tools },
  ).faultOrigin.candidates.filter((c) => c.reason.startsWith('reserve was called on'));

describe('one of several things that an answer offered', () => {
  it.each([
    ['the cheapest', 'Reserve the cheapest one for me.', WEDNESDAY, [MONDAY, SATURDAY]],
    ['the one that costs least, in other words', 'Take whichever costs the least.', WEDNESDAY, [MONDAY]],
    ['the dearest', 'The most expensive one, please.', MONDAY, [WEDNESDAY, SATURDAY]],
    ['the earliest', 'I need the earliest slot you have.', SATURDAY, [MONDAY, WEDNESDAY]],
    ['the latest', 'Please give me the latest of them.', WEDNESDAY, [MONDAY, SATURDAY]],
    ['a weekday', 'I can only come on Monday, reserve that.', MONDAY, [WEDNESDAY, SATURDAY]],
    ['a day of the month', 'Reserve the one on May 7th.', WEDNESDAY, [MONDAY, SATURDAY]],
    ['a value', 'Reserve the red one.', SATURDAY, [MONDAY, WEDNESDAY]],
    ['all but one', 'Any but the blue one.', SATURDAY, [MONDAY]],
    ['the cheapest, in German', 'Nehmen Sie bitte den günstigsten Termin.', WEDNESDAY, [MONDAY, SATURDAY]],
    ['the earliest, in German', 'Ich brauche den frühesten Termin.', SATURDAY, [MONDAY, WEDNESDAY]],
    ['what follows a no, in German', 'Nicht den teuersten, sondern den günstigsten.', WEDNESDAY, [MONDAY]],
    ['a weekday, in German', 'Ich kann nur am Montag kommen.', MONDAY, [WEDNESDAY, SATURDAY]],
    ['the cheapest, in Spanish', 'Quiero la más barata, por favor.', WEDNESDAY, [MONDAY, SATURDAY]],
    ['what follows a no, in Spanish', 'No la más barata, sino la más cara.', MONDAY, [WEDNESDAY]],
    ['a day of the month, in Spanish', 'Resérveme la del 7 de mayo.', WEDNESDAY, [MONDAY, SATURDAY]],
    ['the cheapest, in French', 'La moins chère, s’il vous plaît.', WEDNESDAY, [MONDAY, SATURDAY]],
    ['the earliest, in French', 'Il me faut la plus tôt possible.', SATURDAY, [MONDAY, WEDNESDAY]],
    ['a weekday, in French', 'Je ne suis libre que lundi.', MONDAY, [WEDNESDAY]],
    ['a day of the month, in French', 'Celle du 7 mai.', WEDNESDAY, [MONDAY, SATURDAY]],
    ['what follows a no, in French', 'Pas la plus chère, mais la moins chère.', WEDNESDAY, [MONDAY]],
    ['a price at most', 'One for 90 euros at most.', WEDNESDAY, [MONDAY, SATURDAY]],
    ['a price at least', 'It has to be over 100 dollars.', MONDAY, [WEDNESDAY, SATURDAY]],
    ['a price at most, in German', 'Höchstens 90 Euro darf es kosten.', WEDNESDAY, [MONDAY, SATURDAY]],
    ['a price at most, in Spanish', 'No más de 90 euros.', WEDNESDAY, [MONDAY, SATURDAY]],
    ['a price at most, in French', 'Pas plus de 90 euros.', WEDNESDAY, [MONDAY, SATURDAY]],
    ['a time at least', 'Nothing before 14:00, I work.', SATURDAY, [MONDAY, WEDNESDAY]],
    ['a price at most, by a no', 'I will not pay over 90.', WEDNESDAY, [MONDAY, SATURDAY]],
    ['a time at most', 'It must start before noon.', MONDAY, [SATURDAY]],
    ['a day at most', 'I need it before May 4th.', SATURDAY, [MONDAY, WEDNESDAY]],
    ['the earliest under a price', 'The earliest one under 90.', WEDNESDAY, [MONDAY, SATURDAY]],
    ['one of two extremes', 'The cheapest or the most expensive, as you like.', MONDAY, [SATURDAY]],
  ])('is held against %s', (_, asked, right, wrong) => {
    expect(accused(asked, right)).toEqual([]);
    for (const id of wrong) {
      const [found] = accused(asked, id);
      expect(found?.citations.map((c) => c.quote)).toEqual([id, asked]);
    }
  });

  const HEATED = OFFERS.map((o) => ({ ...o, heated: o.offer !== WEDNESDAY }));
  it('is held against an extreme among those that have what was asked for', () => {
    for (const asked of ['The cheapest one that is heated.', 'The cheapest with heated floors.']) {
      expect(accused(asked, SATURDAY, (b) => b, HEATED)).toEqual([]);
      expect(accused(asked, MONDAY, (b) => b, HEATED)).toHaveLength(1);
      expect(accused(asked, WEDNESDAY, (b) => b, HEATED)).toHaveLength(1);
    }
    expect(accused('The cheapest one, non-heated.', WEDNESDAY, (b) => b, HEATED)).toEqual([]);
    expect(accused('The cheapest heated one that is near.', MONDAY, (b) => b, HEATED)).toHaveLength(1);
  });

  it('is held against the place in the list that the agent showed, not in the answer', () => {
    const shown = (b: SessionBuilder) =>
      b
        .model({ text: 'By price:\n1. green, 80\n2. red, 95\n3. blue, 120.5' })
        .user('The second one, please.');
    expect(accused('What is there?', SATURDAY, shown)).toEqual([]);
    expect(accused('What is there?', WEDNESDAY, shown)).toHaveLength(1);
  });

  it.each<[string, string, (b: SessionBuilder) => SessionBuilder]>([
    ['she agreed to another', 'The cheapest.', (b) => b.model({ text: 'The red one?' }).user('Yes, that.')],
    [
      'she changed her mind',
      'The cheapest.',
      (b) => b.model({ text: '80.' }).user('Then rather the earliest.'),
    ],
    ['not the end itself is wanted', 'The second cheapest.', (b) => b],
    ['conditions cannot be weighed', 'The cheapest that has a window.', (b) => b],
    ['conditions are said in German', 'Den günstigsten, der ein Fenster hat.', (b) => b],
    ['conditions are said in Spanish', 'La más barata que tenga ventana.', (b) => b],
    ['one of the ends is wanted, in German', 'Einen der günstigsten.', (b) => b],
    ['she agreed in Spanish', 'La más barata.', (b) => b.model({ text: '¿La roja?' }).user('Sí, esa.')],
    ['it was only a question', 'What does the cheapest cost? I like red.', (b) => b],
    ['she names it', 'The cheapest would be nice, but take OF-4413.', (b) => b],
  ])('is not doubted where %s', (_, asked, then) => {
    expect(accused(asked, SATURDAY, then)).toEqual([]);
  });

  it('is not doubted where the better one could not be had', () => {
    const gone = OFFERS.map((o) => (o.offer === WEDNESDAY ? { ...o, free: false } : o));
    expect(accused('Reserve the cheapest one for me.', SATURDAY, (b) => b, gone)).toEqual([]);
    expect(accused('Reserve the cheapest one for me.', MONDAY, (b) => b, gone)).toHaveLength(1);
  });

  it('stands hostile words and lists', () => {
    const long = `the cheapest ${'not the '.repeat(20_000)}`;
    expect(() => accused(long, MONDAY)).not.toThrow();
    const odd = [{ offer: 'OF-4411', price: null }, null, 7, { offer: 'OF-4412', price: { deep: [] } }];
    expect(accused('The cheapest.', MONDAY, (b) => b, odd)).toEqual([]);
  });
});
