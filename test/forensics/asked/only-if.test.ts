import type { ToolManifest } from '../../../src/domain/tools.ts';
import { analyse } from '../../../src/forensics/analyse.ts';
import { learnProfile } from '../../../src/forensics/learned/profile.ts';
import { SessionBuilder } from '../session-builder.ts';

const tools: ToolManifest = {
  tools: {
    ticket: { effect: 'read', target: 'args.ticket' },
    cancel_ticket: { effect: 'write', reversible: false, target: 'args.ticket' },
    move_seat: { effect: 'write', reversible: true, target: 'args.ticket' },
  },
};
const TICKET = {
  ticket: 'TK-70122',
  refundable: false,
  status: 'issued',
  price: 120.5,
  fee: 15,
  seat: { row: 12, is_aisle: true },
  lounge: 'no',
};
const session = (asked: string, call = 'cancel_ticket', over: object = {}, more = (b: SessionBuilder) => b) =>
  more(
    new SessionBuilder('t')
      .user(`It is about TK-70122. ${asked}`)
      .use('ticket', { ticket: 'TK-70122' }, { ...TICKET, ...over }),
  )
    .use(call, { ticket: 'TK-70122' }, { done: true })
    .model({ text: 'Done.' })
    .build();
const STATES = ['issued', 'used', 'void', 'refunded'];
const profile = learnProfile(
  Array.from({ length: 24 }, (_, i) =>
    new SessionBuilder(`p-${i}`)
      .user('How is my ticket?')
      .use(
        'ticket',
        { ticket: `TK-8${1000 + i}` },
        { ...TICKET, ticket: `TK-8${1000 + i}`, status: STATES[i % 4] },
      )
      .model({ text: 'Fine.' })
      .build(),
  ),
);
const reasons = (s: ReturnType<typeof session>): string[] =>
  analyse(s, { tools, profile }).faultOrigin.candidates.flatMap(({ reason }) =>
    reason.includes('asked for only with a condition') ? [reason] : [],
  );

describe('a deed that was asked for with a condition', () => {
  it.each([
    ['Cancel it only if it is refundable.', { refundable: true }],
    ['If it is refundable, cancel it.', { refundable: true }],
    ['Please cancel it, as long as it is refundable.', { refundable: true }],
    ['Cancel it unless it is non-refundable.', { refundable: true }],
    ["Don't cancel it unless it is refundable.", { refundable: true }],
    ["If it isn't refundable, leave it as it is; I only wanted to cancel.", { refundable: true }],
    ['Cancel it if it is not issued yet.', { status: 'void' }],
    ['If the ticket TK-70122 has not been issued, cancel it.', { status: 'void' }],
    ['Cancel it once it is refundable.', { refundable: true }],
    ['If it is refundable, cancel it, otherwise just tell me.', { refundable: true }],
    ['Cancel the ticket if it is still void.', { status: 'void' }],
    ['Cancel it if the fee is under 10.', { fee: 5 }],
    ['Cancel it provided it costs more than 200.', { price: 300 }],
    ['Cancel it if it has no aisle.', { seat: { row: 12, is_aisle: false } }],
    ['Cancel it if it comes with the lounge.', { lounge: 'yes' }],
    ['Stornieren Sie es nur, wenn es refundable ist.', { refundable: true }],
    ['Anúlelo solo si es refundable.', { refundable: true }],
    ["Annulez-le à condition qu'il soit refundable.", { refundable: true }],
  ])('is held against the answer: %s', (asked, kept) => {
    expect(reasons(session(asked))).toHaveLength(1);
    expect(reasons(session(asked, 'cancel_ticket', kept))).toEqual([]);
  });

  it('is named with her words, the answer and the call, and counts as an answer misread', () => {
    const { failureMode, faultOrigin } = analyse(session('Cancel it only if it is refundable.'), {
      tools,
    });
    expect(failureMode.mode).toBe('hallucination_propagation');
    expect(faultOrigin.candidates[0]).toMatchObject({
      step: 3,
      citations: [
        { step: 1, quote: 'It is about TK-70122. Cancel it only if it is refundable.' },
        { step: 2, place: 'result refundable', quote: 'false' },
        { step: 3, place: 'call cancel_ticket' },
      ],
    });
  });

  it.each([
    ['a question', 'Tell me if it is refundable, and cancel it.'],
    ['something to be looked up', 'Check if it is refundable. Then cancel it.'],
    ['what does not matter', 'Cancel it, even if it is not refundable.'],
    ['what does not matter, said behind', 'If it is refundable, fine; cancel it anyway.'],
    ['a condition that the answer does not speak of', 'Cancel it if the weather is bad.'],
    ['one that cannot be told', 'Cancel it if possible.'],
    ['one of two', 'Cancel it if it is refundable or issued.'],
    ['two conditions', 'If it is refundable, cancel it. If it is issued, move me.'],
    ['a word that is no value of the place', 'Cancel it if it is still open.'],
    ['a limit that may be of several things', 'Cancel it if it is under 10.'],
    ['no condition', 'Cancel it.'],
  ])('is none in %s', (_, asked) => {
    expect(reasons(session(asked))).toEqual([]);
  });

  it.each<[string, string, (b: SessionBuilder) => SessionBuilder]>([
    [
      'it is something else that was asked for besides',
      'Move my seat. Cancel it only if it is refundable.',
      (b) => b,
    ],
    [
      'it is what was asked for otherwise',
      'If it is refundable, cancel it, otherwise move my seat.',
      (b) => b,
    ],
    [
      'the person was told and spoke again',
      'Cancel it only if it is refundable.',
      (b) => b.model({ text: 'It is not refundable.' }).user('Then move my seat.'),
    ],
  ])('binds no other call: %s', (_, asked, more) => {
    expect(reasons(session(asked, 'move_seat', {}, more))).toEqual([]);
  });

  it('is taken from the newest answer about the thing', () => {
    const again = (refundable: boolean) => (b: SessionBuilder) =>
      b.use('ticket', { ticket: 'TK-70122' }, { ...TICKET, refundable });
    const asked = 'Cancel it only if it is refundable.';
    expect(reasons(session(asked, 'cancel_ticket', {}, again(true)))).toEqual([]);
    expect(reasons(session(asked, 'cancel_ticket', { refundable: true }, again(false)))).toHaveLength(1);
  });

  it('stands hostile words', () => {
    for (const word of ['if ', 'unless it ', 'if, ', 'only if not ', '. if', 'à condition qu', 's’', '10 '])
      expect(reasons(session(`Cancel it ${word.repeat(5000)}`)).length).toBeLessThan(2);
  });
});
