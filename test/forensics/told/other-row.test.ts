import type { ToolManifest } from '../../../src/domain/tools.ts';
import { analyse } from '../../../src/forensics/analyse.ts';
import { SessionBuilder } from '../session-builder.ts';

const tools: ToolManifest = {
  tools: { lamps: { effect: 'read' }, trip: { effect: 'read' }, take: { effect: 'write' } },
};
const LAMPS = {
  lamps: [
    { sku: 'LP-50112', look: { colour: 'silver', power: 'battery' }, price: 150.01 },
    { sku: 'LP-50113', look: { colour: 'silver', power: 'AC adapter' }, price: 143.02 },
    { sku: 'LP-50114', look: { colour: 'black', power: 'USB' }, price: 135.24 },
  ],
};
const TRIP = {
  tripId: 'TRP-7011',
  legs: [
    { number: 'HB-4411', origin: 'ATL', destination: 'LAS', date: '2024-05-19' },
    { number: 'HB-4412', origin: 'LAS', destination: 'ATL', date: '2024-05-29' },
  ],
};
type Then = (b: SessionBuilder) => SessionBuilder;
const same: Then = (b) => b;
const firm = (said: string, before: Then = same) =>
  analyse(
    before(
      new SessionBuilder('r')
        .user('What do you have, and when do I fly in TRP-7011?')
        .use('lamps', { kind: 'lamp' }, LAMPS)
        .use('trip', { tripId: 'TRP-7011' }, TRIP),
    )
      .model({ text: said })
      .build(),
    { tools },
  ).faultOrigin.candidates.filter((c) => c.score > 0.33);

describe('an amount or a day told of one record that the answers have for another one', () => {
  it.each([
    ['The black USB one costs $143.02.', '143.02', '135.24'],
    ['- **Silver, battery**: $135.24\n- **Silver, AC adapter**: $143.02', '135.24', '150.01'],
    ['LP-50114 is yours for 150.01 €.', '150.01', '135.24'],
    ['1. The second lamp\n   - Colour: black\n   - Power: USB\n   - Price: $143.02', '143.02', '135.24'],
    ['In TRP-7011 you fly from LAS to ATL on 2024-05-19.', '2024-05-19', '2024-05-29'],
    ['Sie fliegen von ATL nach LAS am 2024-05-29.', '2024-05-29', '2024-05-19'],
  ])('is found: %s', (said, told, right) => {
    const [found, ...more] = firm(said);
    expect(more).toEqual([]);
    expect(found?.step).toBe(5);
    expect(found?.citations[0]?.quote).toContain(told);
    expect(found?.citations.slice(1).map((c) => c.quote)).toEqual([right, told]);
  });

  it.each<[string, string, Then]>([
    ['is its own', 'The black USB one costs $135.24, and silver with an AC adapter is $143.02.', same],
    ['is told beside its own', 'The black USB one costs $143.02 instead of $135.24.', same],
    ['stands with words for both', 'From the black USB one to silver with an AC adapter: $143.02.', same],
    ['stands with words for several', 'The silver one costs $135.24.', same],
    ['stands with words for none', 'That makes $143.02.', same],
    ['stands with ids for both', 'LP-50113 instead of LP-50114 costs $143.02.', same],
    ['may have been reckoned', 'The black USB one costs $143.02, which is $7.78 more than before.', same],
    ['is in no answer', 'The black USB one costs $139.99.', same],
    [
      'was brought by the person',
      'The black USB one costs $143.02.',
      (b) => b.model({ text: 'Which one?' }).user('The black one, and I pay $143.02.'),
    ],
    [
      'belongs to what was taken',
      'Instead of the black USB one: $143.02.',
      (b) => b.use('take', { sku: 'LP-50113' }, { taken: true }),
    ],
    [
      'stands in a text of an answer',
      'The black USB one costs $143.02.',
      (b) => b.use('lamps', { kind: 'lamp' }, { note: 'Today 143.02 for any lamp.' }),
    ],
    [
      'is its own by now',
      'The black USB one costs $143.02.',
      (b) => b.use('lamps', { kind: 'lamp' }, { lamps: [{ ...LAMPS.lamps[2], price: 143.02 }] }),
    ],
    ['is said of the way back', 'You fly to ATL from LAS on 2024-05-29.', same],
    ['is one of two', 'From ATL to LAS you fly on 2024-05-19, back on 2024-05-29.', same],
  ])('is not doubted where it %s', (_, said, before) => {
    expect(firm(said, before)).toEqual([]);
  });
});
