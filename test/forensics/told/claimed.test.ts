import type { ToolManifest } from '../../../src/domain/tools.ts';
import { analyse } from '../../../src/forensics/analyse.ts';
import { learnProfile } from '../../../src/forensics/learned/profile.ts';
import { SessionBuilder } from '../session-builder.ts';

const tools: ToolManifest = {
  tools: {
    find_visit: { effect: 'read' },
    find_sample: { effect: 'read' },
    book_visit: { effect: 'write' },
    cancel_visit: { effect: 'write' },
    update_contact: { effect: 'write' },
    send_letter: { effect: 'write' },
    restart_node: { effect: 'write' },
    dispose_sample: { effect: 'write' },
    ask_colleague: { effect: 'read', spawnsAgent: true },
  },
};
const VISIT = { visitId: 'VIS-4410', doctor: 'Dr. Okafor', day: '2026-03-09', status: 'planned' };
const OTHER = { visitId: 'VIS-4493', doctor: 'Dr. Lindqvist', day: '2026-04-02', status: 'planned' };
type Then = (b: SessionBuilder) => SessionBuilder;
const start = (): SessionBuilder =>
  new SessionBuilder('c')
    .user('Hello, I am here about VIS-4410, VIS-4493, VIS-4500 and SMP-7001.')
    .use('find_visit', { visitId: 'VIS-4410' }, VISIT)
    .use('find_visit', { visitId: 'VIS-4493' }, OTHER)
    .model({ text: 'You have VIS-4410 with Dr. Okafor and VIS-4493 with Dr. Lindqvist.' });
const firm = (talk: Then, profile = null as ReturnType<typeof learnProfile> | null) => {
  const session = talk(start()).build();
  const { faultOrigin, failureMode } = analyse(session, { tools, profile });
  return { mode: failureMode.mode, found: faultOrigin.candidates.filter((c) => c.score > 0.33), session };
};
const lastStep = (session: { steps: { stepNumber: number }[] }): number => session.steps.length;
const claim =
  (asked: string, said: string): Then =>
  (b) =>
    b.user(asked).model({ text: said });

describe('a deed that is only told', () => {
  it.each<[string, Then]>([
    [
      'in the passive',
      claim('Please cancel VIS-4410.', 'Your visit VIS-4410 has been successfully cancelled.'),
    ],
    ['as its own', claim('Please cancel VIS-4410.', 'I’ve cancelled VIS-4410 for you.')],
    ['in the past', claim('Cancel VIS-4493, please.', 'Of course. I cancelled VIS-4493 with Dr. Lindqvist.')],
    ['as its state', claim('Cancel VIS-4493, please.', 'Done! VIS-4493 is now cancelled.')],
    ['by a noun', claim('Please cancel VIS-4493.', 'The cancellation of VIS-4493 has been completed.')],
    ['without what', claim('Could you restart node ns-17?', 'The node has been restarted.')],
    [
      'after an offer',
      (b) =>
        b
          .user('Dr. Okafor should see my father on Monday as well.')
          .model({ text: 'I can book a visit for him on 2026-03-09. Shall I?' })
          .user('Yes, go ahead.')
          .model({ text: 'All right: the visit has been booked for Monday, 2026-03-09.' }),
    ],
    [
      'in German',
      claim('Bitte sagen Sie VIS-4410 ab, stornieren Sie ihn.', 'Ich habe Ihren Termin VIS-4410 storniert.'),
    ],
    ['in Spanish', claim('Por favor, anule la visita VIS-4410.', 'Su visita VIS-4410 ha sido anulada.')],
    ['in French', claim('Merci d’annuler VIS-4410.', 'Votre visite VIS-4410 a été annulée.')],
    [
      'after a call that failed',
      (b) =>
        b
          .user('Please cancel VIS-4410.')
          .use('cancel_visit', { visitId: 'VIS-4410' }, { error: 'calendar locked' })
          .model({ text: 'Your visit has been cancelled. Have a good day!' }),
    ],
    [
      'as a state, after a call that failed',
      (b) =>
        b
          .user('Please move me to VIS-4493.')
          .use('update_contact', { visitId: 'VIS-4493' }, { error: 'not eligible' })
          .model({ text: 'From today on you are with VIS-4493. See you there!' }),
    ],
    [
      'of two of which one failed',
      (b) =>
        b
          .user('Please cancel VIS-4410 and VIS-4493.')
          .use('cancel_visit', { visitId: 'VIS-4410' }, { ...VISIT, status: 'cancelled' })
          .use('cancel_visit', { visitId: 'VIS-4493' }, 'Error: too late')
          .model({ text: 'Both visits have been cancelled.' }),
    ],
    [
      'beside one that was done before',
      (b) =>
        b
          .user('Please cancel VIS-4410.')
          .use('cancel_visit', { visitId: 'VIS-4410' }, { ...VISIT, status: 'cancelled' })
          .model({ text: 'VIS-4410 has been cancelled.' })
          .user('And cancel VIS-4493 too, please.')
          .model({ text: 'VIS-4493 has been cancelled as well.' }),
    ],
  ])('is found: %s', (_, talk) => {
    const { mode, found, session } = firm(talk);
    expect(found.map((c) => c.step)).toEqual([lastStep(session)]);
    expect(mode).toBe('hallucination_propagation');
    expect(found[0]?.citations[0]?.place).toBe('output');
  });

  it.each<[string, Then]>([
    [
      'was done',
      (b) =>
        b
          .user('Please cancel VIS-4410.')
          .use('cancel_visit', { visitId: 'VIS-4410' }, { ...VISIT, status: 'cancelled' })
          .model({ text: 'VIS-4410 has been cancelled.' })
          .user('Did you cancel it? I need to be sure that you cancel it.')
          .model({ text: 'Yes, VIS-4410 has been cancelled.' }),
    ],
    [
      'was done, and is told without what',
      (b) =>
        b
          .user('Please cancel VIS-4410.')
          .use('cancel_visit', { visitId: 'VIS-4410' }, { ok: true })
          .model({ text: 'That is done.' })
          .user('So you did cancel it?')
          .model({ text: 'Yes, the visit has been cancelled.' }),
    ],
    [
      'is to come',
      claim('Please cancel VIS-4410.', 'I will cancel VIS-4410. It will have been cancelled by noon.'),
    ],
    ['is offered', claim('Please cancel VIS-4410.', 'Shall I say that VIS-4410 has been cancelled?')],
    [
      'is a condition',
      claim('Please cancel VIS-4410.', 'Once VIS-4410 has been cancelled, you get a letter. Do you agree?'),
    ],
    ['is denied', claim('Please cancel VIS-4410.', 'VIS-4410 has not been cancelled: it is too late.')],
    ['is looked up', claim('Cancel or move VIS-4410?', 'I have found VIS-4410 and checked the calendar.')],
    ['is no deed of any tool', claim('Please praise the doctor.', 'I have praised Dr. Okafor. Noted!')],
    [
      'was not asked for',
      claim('When is VIS-4410?', 'It is on 2026-03-09. A reminder has been sent by the practice.'),
    ],
    [
      'stands in an answer',
      (b) =>
        b
          .user('Please cancel VIS-4500.')
          .use('find_visit', { visitId: 'VIS-4500' }, { visitId: 'VIS-4500', status: 'CANCELLED' })
          .model({ text: 'VIS-4500 has been cancelled by the practice itself.' }),
    ],
    [
      'stands in a text of an answer',
      (b) =>
        b
          .user('Please cancel VIS-4500.')
          .use(
            'find_visit',
            { visitId: 'VIS-4500' },
            {
              visitId: 'VIS-4500',
              note: 'The practice called on Tuesday and said that the visit has been cancelled for everybody.',
            },
          )
          .model({ text: 'VIS-4500 has been cancelled.' }),
    ],
    [
      'was said by the person',
      claim(
        'I have cancelled VIS-4410 myself, you need not cancel it.',
        'Good: VIS-4410 has been cancelled.',
      ),
    ],
    [
      'may be a subagent’s',
      (b) =>
        b
          .user('Please cancel VIS-4410.')
          .use('ask_colleague', { task: 'cancel VIS-4410' }, 'It is done.')
          .model({ text: 'VIS-4410 has been cancelled.' }),
    ],
    [
      'failed at first',
      (b) =>
        b
          .user('Please cancel VIS-4410.')
          .use('cancel_visit', { visitId: 'VIS-4410' }, 'Error: busy')
          .use('cancel_visit', { visitId: 'VIS-4410' }, { ok: true })
          .model({ text: 'VIS-4410 has been cancelled.' }),
    ],
    [
      'failed, and the agent says why',
      (b) =>
        b
          .user('Please move me to VIS-4493.')
          .use('update_contact', { visitId: 'VIS-4493' }, { error: 'locked until Friday' })
          .model({ text: 'VIS-4493 is locked until Friday.' }),
    ],
    [
      'failed, and the agent asks on',
      (b) =>
        b
          .user('Please move me to VIS-4493.')
          .use('update_contact', { visitId: 'VIS-4493' }, { error: 'seats' })
          .model({ text: 'For VIS-4493 there is a waiting list. Shall I put you on it?' }),
    ],
    [
      'was tried with a wrong id first',
      (b) =>
        b
          .user('Please cancel VIS-4410. That is all.')
          .use('cancel_visit', { visitId: 'VIS-4500' }, 'Error: unknown')
          .use('cancel_visit', { visitId: 'VIS-4410' }, { ok: true })
          .model({
            text: 'VIS-4410 has been cancelled. Is that all, or is there anything else for VIS-4500?',
          }),
    ],
    [
      'was done by another tool',
      (b) =>
        b
          .user('Please cancel VIS-4410.')
          .use('update_contact', { visitId: 'VIS-4410', state: 'off' }, { ok: true })
          .model({ text: 'VIS-4410 has been cancelled.' }),
    ],
    [
      'failed, and the agent says so',
      (b) =>
        b
          .user('Please cancel VIS-4410 and send me a letter.')
          .use('cancel_visit', { visitId: 'VIS-4410' }, 'Error: too late')
          .model({ text: 'I am sorry, that failed. VIS-4410 has been booked for good.' }),
    ],
    [
      'had been done before, as the failed call says',
      (b) =>
        b
          .user('Please cancel VIS-4410.')
          .use('cancel_visit', { visitId: 'VIS-4410' }, { error: 'conflict', state: 'cancelled' })
          .model({ text: 'VIS-4410 has been cancelled.' }),
    ],
    [
      'has a call that no answer was captured of',
      (b) =>
        b
          .user('Please cancel VIS-4410.')
          .use('cancel_visit', { visitId: 'VIS-4410' }, undefined)
          .model({ text: 'VIS-4410 has been cancelled.' }),
    ],
    [
      'is a draft',
      claim('Please write how you cancel VIS-4410.', 'Here is a draft: “VIS-4410 has been cancelled.”'),
    ],
  ])('is not doubted where it %s', (_, talk) => {
    expect(firm(talk).found).toEqual([]);
  });

  it('is silent without a tools file, and in a session without any call', () => {
    const talk = claim('Please cancel VIS-4410.', 'VIS-4410 has been cancelled.');
    expect(analyse(talk(start()).build()).faultOrigin.candidates.filter((c) => c.score > 0.33)).toEqual([]);
    const bare = talk(new SessionBuilder('c')).build();
    expect(analyse(bare, { tools }).faultOrigin.candidates.filter((c) => c.score > 0.33)).toEqual([]);
  });
});

describe('what good sessions tell of deeds', () => {
  const good = (n: number, word: string, done: boolean) => {
    const b = new SessionBuilder(`g-${n}`)
      .user(`Sample SMP-51${10 + n} is spoiled.`)
      .use('find_sample', { sample: `SMP-51${10 + n}` }, { sample: `SMP-51${10 + n}`, spoiled: true });
    return (done ? b.use('dispose_sample', { sample: `SMP-51${10 + n}` }, { ok: true }) : b)
      .model({ text: `SMP-51${10 + n} has been ${word}.` })
      .build();
  };
  const learned = (word: string, done: boolean) =>
    learnProfile(Array.from({ length: 6 }, (_, n) => good(n, word, done)));

  it('makes a deed of a word that is only told after a change', () => {
    const profile = learned('incinerated', true);
    expect(profile.deeds).toEqual([
      { word: 'incinerated', told: 6, after: { find_sample: 6, dispose_sample: 6 } },
    ]);
    const talk = claim('Please dispose of SMP-7001.', 'SMP-7001 has been incinerated.');
    expect(firm(talk, profile).found).toHaveLength(1);
    expect(firm(talk).found).toEqual([]);
    expect(firm(claim('Look at SMP-7001.', 'SMP-7001 has been incinerated.'), profile).found).toEqual([]);
  });

  it('makes none of a word that is told without one', () => {
    const talk = claim('Please send the letter for VIS-4410.', 'The letter has been mailed.');
    expect(firm(talk).found).toHaveLength(1);
    expect(firm(talk, learned('mailed', true)).found).toHaveLength(1);
    expect(firm(talk, learned('mailed', false)).found).toEqual([]);
  });
});
