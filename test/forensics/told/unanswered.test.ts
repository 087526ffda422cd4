import type { ToolManifest } from '../../../src/domain/tools.ts';
import { analyse } from '../../../src/forensics/analyse.ts';
import { SessionBuilder } from '../session-builder.ts';

const tools: ToolManifest = {
  tools: {
    parcel: { effect: 'read' },
    boats: { effect: 'read' },
    reckon: { effect: 'read' },
    pay: { effect: 'write' },
  },
};
type Then = (b: SessionBuilder) => SessionBuilder;
const firm = (talk: Then) => {
  const session = talk(
    new SessionBuilder('u').user('Where is PKG-77120, and is there a boat to Visby?'),
  ).build();
  return {
    last: session.steps.length,
    found: analyse(session, { tools }).faultOrigin.candidates.filter((c) => c.score > 0.33),
  };
};
const asked =
  (answer: unknown, said: string): Then =>
  (b) =>
    b.use('parcel', { id: 'PKG-77120' }, answer).model({ text: said });
const TOLD = 'PKG-77120 weighs 12.40 kg and was handed over on Thursday.';

describe('something told though nothing was answered', () => {
  it.each<[string, Then]>([
    ['an empty text', asked('', TOLD)],
    ['an empty record', asked({}, TOLD)],
    ['null in an envelope', asked({ status: 'ok', data: null }, TOLD)],
    ['an envelope in an envelope', asked({ data: { phase: 'ok', data: {} } }, TOLD)],
    ['a warning', asked({ status: 'ok', data: {}, warnings: ['no body'] }, TOLD)],
    ['an error', asked({ error: 'timeout', code: 504 }, TOLD)],
    [
      'a page of the gateway',
      asked('<html><head><title>502 Bad Gateway</title></head></html>', 'PKG-77120 cost you $18.75 in all.'),
    ],
    ['a page in an envelope', asked({ body: '<html><title>503 Service Unavailable</title></html>' }, TOLD)],
    [
      'an empty list, with rows told',
      (b) =>
        b.use('boats', { to: 'Visby' }, { results: [] }).model({
          text: 'To Visby there are two boats, one at 09:40 for $61.00 and one at 17:15 for $48.50.',
        }),
    ],
  ])('is found after %s', (_, talk) => {
    const { found, last } = firm(talk);
    expect(found.map((c) => c.step)).toEqual([last]);
    expect(found[0]?.citations.map((c) => c.step)).toEqual([last, last - 1]);
  });

  it.each<[string, Then]>([
    [
      'the agent owns it',
      asked({}, 'I am sorry, I have nothing on PKG-77120. Our office is open from 08:30.'),
    ],
    ['the agent says what is usual', asked({}, 'PKG-77120 usually takes 120 hours.')],
    ['it asks again', asked({}, 'Could you check the number PKG-77120 again? Ours have 11 characters.')],
    ['a person had said it', asked({}, 'PKG-77120 it is.')],
    [
      'another call was answered',
      (b) =>
        b
          .use('parcel', { id: 'PKG-77120' }, 'Error: busy')
          .use('parcel', { id: 'PKG-77120' }, { grams: 12_400, day: 'Thu' })
          .model({ text: TOLD }),
    ],
    [
      'it is about something else that was answered',
      (b) =>
        b
          .use('parcel', { id: 'PKG-77120' }, {})
          .use('boats', { to: 'Visby' }, { boats: [{ at: '09:40', minutes: 195 }] })
          .model({ text: 'The boat leaves at 09:40 and arrives at 12:55, $0.00 for children.' }),
    ],
    [
      'it is reckoned',
      (b) =>
        b
          .use('reckon', { expression: '345.50 * 2 + 100' }, 'Error: syntax')
          .model({ text: 'Two of them are 691.00 and with the fee of 100 that makes 791.00.' }),
    ],
    [
      'what was done answers nothing',
      (b) => b.use('pay', { parcel: 'PKG-77120' }, {}).model({ text: 'PKG-77120 is paid: $18.75.' }),
    ],
    ['the answer was not captured', asked(undefined, TOLD)],
    ['zero or no is the answer', asked({ weight: 0, handedOver: false }, TOLD)],
  ])('is not doubted where %s', (_, talk) => {
    expect(firm(talk).found).toEqual([]);
  });
});
