import { analyse } from '../../../src/forensics/analyse.ts';
import type { ToolManifest } from '../../../src/domain/tools.ts';
import { SessionBuilder } from '../session-builder.ts';

const tools: ToolManifest = {
  tools: {
    account: { effect: 'read' },
    parcel: { effect: 'read' },
    charge: { effect: 'write', reversible: false },
    take_back: { effect: 'write', reversible: false },
  },
};
const ACCOUNT = {
  holder: 'Ines',
  means: {
    card_4410227: { brand: 'visa', ending: '8902' },
    card_5520338: { brand: 'mastercard', ending: '4336' },
    wallet_661044: { brand: 'paypal' },
  },
};
const accused = (b: SessionBuilder) =>
  analyse(b.build(), { tools }).faultOrigin.candidates.filter((c) =>
    /speaks of|as the person asked/.test(c.reason),
  );
const pays = (talk: (b: SessionBuilder) => SessionBuilder, means: string) =>
  accused(
    talk(new SessionBuilder('w').user('I am Ines.').use('account', { holder: 'Ines' }, ACCOUNT)).use(
      'charge',
      { holder: 'Ines', means_id: means },
      { charged: true },
    ),
  );

describe('the second of two deeds that a person asks for at once', () => {
  const second = (asked: string, means: string, tool = 'take_back') =>
    accused(
      new SessionBuilder('two')
        .user('I am Ines.')
        .use('account', { holder: 'Ines' }, ACCOUNT)
        .model({ text: 'You have card_4410227, card_5520338 and wallet_661044. What may I do?' })
        .user(asked)
        .use('charge', { means_id: 'wallet_661044' }, { charged: true })
        .use(tool, { means_id: means }, { done: true }),
    );

  it('is held against the thing that both were asked for', () => {
    const [found] = second('Charge wallet_661044 and take the money back right after.', 'card_4410227');
    expect(found?.reason).toContain('the conversation speaks of wallet_661044');
  });

  it.each([
    [
      'it is done to that thing',
      'Charge wallet_661044 and take the money back right after.',
      'wallet_661044',
    ],
    ['another was named for it', 'Charge wallet_661044, and take back card_4410227.', 'card_4410227'],
    ['another was described for it', 'Charge wallet_661044, and take back my Visa.', 'card_4410227'],
    ['the first was all that was asked of that thing', 'Charge wallet_661044.', 'card_4410227'],
  ])('is fine where %s', (_, asked, means) => {
    expect(second(asked, means)).toEqual([]);
  });
});

describe('a call on an entity that the conversation does not speak of', () => {
  it.each<[string, (b: SessionBuilder) => SessionBuilder]>([
    ['the person names another', (b) => b.model({ text: 'How will you pay?' }).user('With PayPal, please.')],
    [
      'the agent announced another and the person agreed',
      (b) => b.model({ text: 'I will charge your PayPal account. All right?' }).user('Yes.'),
    ],
    [
      'the person turns away from the one that was used',
      (b) => b.model({ text: 'Your Visa?' }).user('Please switch it from my Visa to PayPal.'),
    ],
    [
      '"current" is said of something else',
      (b) => b.model({ text: 'Your current camera stays; I charge your PayPal account.' }).user('Yes.'),
    ],
  ])('is found where %s', (_, talk) => {
    const [found] = pays(talk, 'card_4410227');
    expect(found).toMatchObject({
      step: expect.any(Number),
      reason: expect.stringContaining('wallet_661044'),
    });
    expect(pays(talk, 'wallet_661044')).toEqual([]);
  });

  it('is not seen in a menu, or where nothing was said', () => {
    const menu = (b: SessionBuilder) =>
      b.model({ text: 'You have a Visa, a Mastercard and PayPal.' }).user('Take whichever you like.');
    for (const id of ['card_4410227', 'card_5520338', 'wallet_661044']) expect(pays(menu, id)).toEqual([]);
  });

  it('looks for the right one in the record that the call names, not only in the list the wrong one stands in', () => {
    const talk = (item: string) =>
      new SessionBuilder('p')
        .user('The kettle of parcel PRC-70022 is broken.')
        .use(
          'parcel',
          { parcel: 'PRC-70011' },
          {
            parcel: 'PRC-70011',
            rows: [
              { row_id: 'ROW-400101', name: 'blue kettle' },
              { row_id: 'ROW-400102', name: 'tin mug' },
            ],
          },
        )
        .use(
          'parcel',
          { parcel: 'PRC-70022' },
          {
            parcel: 'PRC-70022',
            rows: [
              { row_id: 'ROW-400201', name: 'steel kettle' },
              { row_id: 'ROW-400202', name: 'oak tray' },
            ],
          },
        )
        .model({ text: 'Shall I take back the steel kettle of PRC-70022?' })
        .user('Yes.')
        .use('take_back', { parcel: 'PRC-70022', row_ids: [item] }, { done: true })
        .model({ text: 'The steel kettle will be fetched.' });
    expect(accused(talk('ROW-400201'))).toEqual([]);
    expect(accused(talk('ROW-400102'))[0]?.reason).toContain('ROW-400201');
  });

  it('is not seen where the rest of the call belongs to the used one and not to the one spoken of', () => {
    const parcel = (n: number, name: string) => ({
      parcel: `PRC-7002${n}`,
      rows: [{ row_id: `ROW-40020${n}`, name }],
    });
    const call = (row: string) =>
      accused(
        new SessionBuilder('q')
          .user('The mug is broken. Take it back.')
          .use('parcel', { parcel: 'PRC-70021' }, parcel(1, 'tin mug'))
          .use('parcel', { parcel: 'PRC-70022' }, parcel(2, 'oak tray'))
          .model({ text: 'I take the mug back. Anything else?' })
          .user('Yes, what is in PRC-70022?')
          .use('take_back', { parcel: 'PRC-70021', row_id: row }, { done: true }),
      ).map((c) => c.reason);
    expect(call('ROW-400201')).toEqual([]);
    expect(call('ROW-400202')).not.toEqual([]);
  });

  it('is not seen on the one whose id the person named last, whatever was spoken of before', () => {
    const parcel = (n: number, name: string) => ({
      parcel: `PRC-7002${n}`,
      rows: [{ row_id: `ROW-40020${n}`, name }],
    });
    const call = (words: string) =>
      accused(
        new SessionBuilder('n')
          .user('The tin mug of PRC-70021 is broken.')
          .use('parcel', { parcel: 'PRC-70021' }, parcel(1, 'tin mug'))
          .use('parcel', { parcel: 'PRC-70022' }, parcel(2, 'oak tray'))
          .model({
            text: 'The tin mug of PRC-70021 can be taken back. Shall I take the tin mug of PRC-70021?',
          })
          .user('Wait: is the tin mug of PRC-70021 worth it?')
          .model({ text: 'The tin mug of PRC-70021 is worth 4 dollars. Shall I take back PRC-70021?' })
          .user(words)
          .use('take_back', { parcel: 'PRC-70022' }, 'Error: too late'),
      ).map((c) => c.reason);
    expect(call('No, take back PRC-70022.')).toEqual([]);
    expect(call('Yes, take it back.')).toHaveLength(1);
  });
});
