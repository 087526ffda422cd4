import type { ToolManifest } from '../../../src/domain/tools.ts';
import { analyse } from '../../../src/forensics/analyse.ts';
import { learnProfile } from '../../../src/forensics/learned/profile.ts';
import { agents, type Turn } from '../agents-builder.ts';

const tools: ToolManifest = {
  tools: {
    send: { effect: 'none', spawnsAgent: true },
    invoice: { effect: 'read' },
    browse: { effect: 'read' },
    remind: { effect: 'write', reversible: false, target: 'args.invoice' },
    publish_review: { effect: 'write', reversible: true },
  },
};
const ask: Turn = { user: 'Has invoice IV-7731 been paid? If not, remind the customer.' };
const look = (n = 7731): Turn => ({
  call: 'invoice',
  args: { invoice: `IV-${n}` },
  answer: { invoice: `IV-${n}`, customer: 'Osk Ltd', paid: false },
});
const end: Turn[] = [
  { call: 'remind', args: { invoice: 'IV-7731' }, answer: { sent: true } },
  { says: 'A reminder is out.' },
];
const browse = (about: string, says: string, answer: unknown = { hits: 3 }): Turn => ({
  call: 'browse',
  args: { about },
  answer,
  says,
});
const publish = (title: string, says = ''): Turn => ({
  call: 'publish_review',
  args: { title },
  answer: { id: 4 },
  says,
});
const CHEESE: Turn[] = [
  browse('cheese shops', 'By the way I look at cheese shops.'),
  browse('cheese from goats', 'My aim now is to learn about cheese from goats.'),
  publish('Goat cheese at its best'),
];
const said = (turns: Turn[], profile = null as ReturnType<typeof learnProfile> | null) => {
  const session = agents(turns);
  const { findings, failureMode, faultOrigin } = analyse(session, { tools, profile });
  return {
    mode: failureMode.mode,
    flags: findings.filter((f) => f.severity !== 'info').map((f) => [f.flag, f.step]),
    origin: faultOrigin.candidates[0]?.step,
    quotes: faultOrigin.candidates[0]?.citations.map((c) => c.quote),
  };
};

describe('an aim that wanders', () => {
  it('starts where the first call about it is made, and is told with what the agent said', () => {
    expect(said([ask, look(), ...CHEESE, ...end])).toEqual({
      mode: 'context_poisoning',
      flags: [['CONTEXT_DRIFT', 4]],
      origin: 4,
      quotes: [
        'By the way I look at cheese shops.',
        'My aim now is to learn about cheese from goats.',
        'publish_review {"title":"Goat cheese at its best"}',
      ],
    });
  });

  const profile = learnProfile(Array.from({ length: 12 }, () => agents([ask, look(), ...CHEESE, ...end])));
  it.each<[string, Turn[], typeof profile | null]>([
    ['good sessions use these tools', [ask, look(), ...CHEESE, ...end], profile],
    ['nothing is changed', [ask, look(), ...CHEESE.slice(0, 2), ...end], null],
    [
      'the agent never says what it is after',
      [ask, look(), ...CHEESE.map((t) => ({ ...t, says: '' })), ...end],
      null,
    ],
    [
      'a person named the matter',
      [ask, { says: 'Yes?' }, { user: 'I like cheese, by the way.' }, look(), ...CHEESE],
      null,
    ],
    [
      'a person asked for the deed',
      [{ user: 'Publish something nice, then remind IV-7731.' }, look(), ...CHEESE, ...end],
      null,
    ],
    [
      'she agreed to it',
      [
        ask,
        look(),
        ...CHEESE.slice(0, 2),
        { says: 'Shall I publish it?' },
        { user: 'Yes.' },
        ...CHEESE.slice(2),
      ],
      null,
    ],
    [
      'an answer of the task brought it',
      [ask, { ...look(), answer: { paid: false, note: 'cheese shops, goats' } } as Turn, ...CHEESE, ...end],
      null,
    ],
    [
      'answers lead from one thing to the next',
      [
        ask,
        look(),
        browse('cheese shops', 'I look around.', { hits: ['Hollerbach', 'Ostwind'] }),
        browse('Hollerbach beginnings', 'I want to know how Hollerbach began.', { by: 'a guild in Ulm' }),
        browse('guild of Ulm', 'My focus is the guild.'),
        publish('Hollerbach and its guild'),
      ],
      null,
    ],
    [
      'it works with one tool over and over',
      [
        ask,
        look(),
        ...['pytest parser', 'sed parser', 'pytest parser again'].map((title, i): Turn =>
          publish(title, i === 0 ? 'My aim now is to run pytest on the parser.' : ''),
        ),
      ],
      null,
    ],
    ['it is all there is to the session', [{ user: 'Do as you like.' }, ...CHEESE], null],
    [
      'a subagent was sent for it',
      [
        ask,
        look(),
        {
          call: 'send',
          args: { task: 'Look for cheese from goats in shops.' },
          answer: 'Done.',
          within: [{ user: 'Look for cheese from goats in shops.' }, ...CHEESE, { says: 'Done.' }],
        },
        ...end,
      ],
      null,
    ],
    [
      'each call carries something of the task',
      [
        ask,
        look(),
        browse('solvency of Osk', 'My aim now is the solvency of Osk.'),
        browse('Osk balance sheet', 'I want the balance sheet.'),
        publish('Osk solvency sheet'),
      ],
      null,
    ],
  ])('is not seen where %s', (_, turns, known) => {
    expect(said(turns, known)).toMatchObject({ mode: 'unknown', flags: [] });
  });

  it('stands hostile words', () => {
    const long = `${'my new aim plan I want also now '.repeat(4000)}${'I'.repeat(20_000)}${' now'.repeat(20_000)}`;
    const turns = [ask, look(), ...CHEESE.map((t) => ({ ...t, says: long })), publish(long, long)];
    expect(said(turns).origin).toBeGreaterThan(0);
  });
});
