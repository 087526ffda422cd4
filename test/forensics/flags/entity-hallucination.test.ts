import { analyse } from '../../../src/forensics/analyse.ts';
import { learnProfile } from '../../../src/forensics/learned/profile.ts';
import { cleanLoans, LOAN_TOOLS, SessionBuilder } from '../session-builder.ts';

const profile = learnProfile(cleanLoans());
const base = () =>
  new SessionBuilder('s')
    .user('Decide application APP-731415 of applicant APL-492653.')
    .use(
      'find',
      { application: 'APP-731415' },
      { application: 'APP-731415', applicant: 'APL-492653', status: 'pending', amount: 12_000 },
    );
const found = (session: SessionBuilder, withProfile = true) =>
  analyse(session.build(), { tools: LOAN_TOOLS, profile: withProfile ? profile : null }).findings.filter(
    (f) => f.flag === 'ENTITY_HALLUCINATION',
  );

describe('ENTITY_HALLUCINATION', () => {
  it.each([true, false])(
    'flags an id in a changing call that nobody mentioned (profile: %s)',
    (withProfile) => {
      const [finding] = found(
        base().use('decide', { application: 'APP-739999', status: 'declined' }, { status: 'declined' }),
        withProfile,
      );
      expect(finding).toMatchObject({
        step: 3,
        severity: 'critical',
        subject: { tool: 'decide', path: 'application' },
      });
      expect(finding?.citations[0]?.quote).toBe('APP-739999');
    },
  );

  it('flags an id in text, by the form that ids of this agent have', () => {
    expect(
      found(base().model({ text: 'Your earlier application APP-700017 is still open.' }))[0],
    ).toMatchObject({ step: 3, severity: 'warning' });
  });

  describe('ids that are plain numbers', () => {
    const claims = (n: number) =>
      new SessionBuilder(`n-${n}`)
        .user(`Where is claim ${604_000 + n}?`)
        .use('find', { claim_number: `${604_000 + n}` }, { state: 'open', amount: 120_000 })
        .model({ text: 'It is open.' })
        .build();
    const learned = learnProfile(Array.from({ length: 12 }, (_, i) => claims(i)));
    const told = (text: string) =>
      analyse(
        new SessionBuilder('told')
          .user('Where is claim 604500?')
          .use('find', { claim_number: '604500' }, { state: 'open', amount: 120_000 })
          .model({ text })
          .build(),
        { tools: LOAN_TOOLS, profile: learned },
      ).findings.filter((f) => f.flag === 'ENTITY_HALLUCINATION');

    it.each([
      'There is also claim 618273 from May.',
      'See **Claim #618273** too.',
      'Both belong to Claim No. 618273.',
    ])('are found where they are called by their name: %s', (text) => {
      expect(told(text)).toMatchObject([{ step: 3, severity: 'warning' }]);
    });

    it.each([
      ['the claim that was asked for', 'Claim 604500 is open.'],
      ['an amount', 'It would pay 618273 at most.'],
      ['a number of another length', 'Claim 61827 and claim 6182734 are others.'],
      ['another kind of thing', 'Call extension 618273.'],
    ])('are none in %s', (_, text) => {
      expect(told(text)).toEqual([]);
    });
  });

  it.each(['app-731415', '#APP-731415', 'APP_731415'])('knows an id in another writing: %s', (id) => {
    expect(
      found(base().use('decide', { application: id, status: 'approved' }, { status: 'approved' })),
    ).toEqual([]);
  });

  it('knows no id of the letters of one and the digits of another, but one whose parts a person said apart', () => {
    expect(
      found(
        base().use('decide', { application: 'APL-731415', status: 'approved' }, { status: 'approved' }),
      )[0],
    ).toMatchObject({ step: 3, severity: 'critical' });
    expect(
      found(
        base()
          .user('It is the other one, APP with 733333.')
          .use('decide', { application: 'APP-733333', status: 'approved' }, { status: 'approved' }),
      ),
    ).toEqual([]);
  });

  it('knows an id that a person read out digit by digit', () => {
    expect(
      found(
        base()
          .user('The number is APP-7 3 2 2 2 2, please.')
          .use('decide', { application: 'APP-732222', status: 'approved' }, { status: 'approved' }),
      ),
    ).toEqual([]);
  });

  it('knows an account number that a person wrote in groups', () => {
    expect(
      found(
        base()
          .user('From there to AT21 0246 4049 3833 4477, please.')
          .use('decide', { application: 'AT210246404938334477', status: 'approved' }, { status: 'approved' }),
      ),
    ).toEqual([]);
  });

  describe('e-mail addresses', () => {
    const sent = (said: string, args: { [key: string]: string }) =>
      found(
        base()
          .user(said)
          .use('send_letter', { ...args, about: 'the decision' }, { queued: true }),
      );

    it('flags one that was made of a name', () => {
      expect(sent('Tell my adviser Clara Rossi.', { to: 'clara.rossi@mailhub.net' })).toMatchObject([
        { severity: 'critical', subject: { tool: 'send_letter', path: 'to' } },
      ]);
    });

    it('is silent about one that a tool answered, though the model used a word of it before', () => {
      expect(
        found(
          base()
            .model({ text: 'I ask the firm.' })
            .use('look_up', { name: 'Karl' }, { contacts: [{ name: 'Karl', mail: 'Karl.Vogt@firm.net' }] })
            .use('send_letter', { to: 'karl.vogt@firm.net', about: 'the decision' }, { queued: true }),
        ),
      ).toEqual([]);
    });

    it.each<[string, string, { [key: string]: string }]>([
      ['was given', 'Tell clara.rossi@mailhub.net.', { to: 'clara.rossi@mailhub.net' }],
      ['was spelled out', 'Tell clara dot rossi at mailhub dot net.', { to: 'clara.rossi@mailhub.net' }],
      ["is the agent's own", 'Tell Clara.', { from: 'desk@lender.net' }],
    ])('is silent about one that %s', (_, said, args) => {
      expect(sent(said, args)).toEqual([]);
    });
  });

  it('records a placeholder and raises nothing', () => {
    expect(
      found(base().model({ text: 'Please give me the number, for example APP-000000.' })).every(
        (f) => f.severity === 'info',
      ),
    ).toBe(true);
  });

  it('names the step that wrote the id first, though later steps repeat it and a tool accepts it', () => {
    const session = base()
      .model({ text: 'I will use APP-755555.' })
      .use(
        'decide',
        { application: 'APP-755555', status: 'approved' },
        { application: 'APP-755555', status: 'approved' },
      )
      .model({ text: 'APP-755555 is approved.' });
    expect(found(session).map((f) => f.step)).toEqual([3]);
  });

  it('learns what things are called from the list of a tool that no profile knows', () => {
    const listed = (...ids: string[]) =>
      base().use('list_crates', {}, { crates: ids.map((crate) => ({ crate, full: true })) });
    const [finding] = found(
      listed('CRT-20417', 'CRT-20418').model({ text: 'Full are CRT-20417, CRT-20418 and CRT-20419.' }),
    );
    expect(finding).toMatchObject({ step: 5, severity: 'warning' });
    expect(found(listed('CRT-20417', 'a pallet').model({ text: 'Perhaps CRT-20419 is full too.' }))).toEqual(
      [],
    );
  });

  it('names the agent that wrote it first, whichever agent acted on it', () => {
    const session = base()
      .model({ text: 'The vault to open is VLT-51907.' })
      .use('unlock', { vault_id: 'VLT-51907' }, { open: true });
    expect(found(session)).toMatchObject([{ step: 3, severity: 'critical', subject: { tool: 'unlock' } }]);
  });

  it('leaves alone what the agent always makes up itself', () => {
    const keyed = (n: number) =>
      new SessionBuilder(`k-${n}`)
        .user('go')
        .use('find', { application: `APP-${800_000 + n}`, request_id: `req-${n * 7919}` }, { ok: true })
        .build();
    const learned = learnProfile(Array.from({ length: 10 }, (_, i) => keyed(i + 1)));
    expect(
      analyse(keyed(99), { profile: learned }).findings.filter((f) => f.subject?.path === 'request_id'),
    ).toEqual([]);
  });
});
