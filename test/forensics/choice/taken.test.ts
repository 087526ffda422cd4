import type { ToolManifest } from '../../../src/domain/tools.ts';
import { analyse } from '../../../src/forensics/analyse.ts';
import { agents, stepsOf, type Joint, type Turn } from '../agents-builder.ts';

const tools: ToolManifest = {
  tools: {
    send: { effect: 'none', spawnsAgent: true },
    crews: { effect: 'read' },
    member: { effect: 'read' },
    dispatch: { effect: 'write', reversible: false, target: 'args.crew' },
  },
};
const CREWS = [
  { crew: 'CW-3301', sector: 12, skill: 'gas', minutes: 25 },
  { crew: 'CW-3302', sector: 13, skill: 'gas', minutes: 15 },
  { crew: 'CW-3303', sector: 14, skill: 'gas', minutes: 35 },
];
/** The lead has one agent look for a crew and another send it. */
const relay = (asked: string, task: string, report: string, crew: string, between: Turn[] = []): Turn[] => {
  const order = `Send ${crew} to them.`;
  return [
    { user: asked },
    {
      call: 'send',
      args: { agent: 'scout', task },
      answer: report,
      within: [
        { user: task },
        { call: 'crews', args: { skill: 'gas' }, answer: { crews: CREWS } },
        { says: report },
      ],
    },
    ...between,
    {
      call: 'send',
      args: { agent: 'radio', task: order },
      answer: 'Sent.',
      within: [
        { user: order },
        { call: 'dispatch', args: { crew }, answer: { sent: true } },
        { says: 'Sent.' },
      ],
    },
    { says: 'They are on their way.' },
  ];
};
const judge = (turns: Turn[], joint: Joint = 'link') => {
  const session = agents(turns, joint);
  const { failureMode, faultOrigin } = analyse(session, { tools });
  return {
    mode: failureMode.mode,
    origin: faultOrigin.candidates[0]?.step,
    report: stepsOf(session, 'crews').tool + 1,
    dispatch: stepsOf(session, 'dispatch').model,
    reason: faultOrigin.candidates[0]?.reason,
  };
};
const SMELL = 'It smells of gas. I live in sector 12. Send me a crew from there.';

describe('the wrong one taken by the first of several agents', () => {
  it.each<[Joint, string, string, string]>([
    ['link', SMELL, 'Which gas crew is in sector 12?', 'That is CW-3302.'],
    ['parent', SMELL, 'Which gas crew is in sector 12?', 'That is CW-3302.'],
    ['link', 'It smells of gas. Send somebody!', 'Which gas crew is in sector 12?', 'CW-3303 is there.'],
    ['link', 'Send the crew that is there in the fewest minutes.', 'Find a gas crew.', 'CW-3301 is free.'],
    ['link', 'It smells of gas.', 'Find the crew with the fewest minutes.', 'CW-3301 is free.'],
  ])('starts with its report, joined by %s: %s / %s', (joint, asked, task, report) => {
    const told = judge(relay(asked, task, report, /CW-\d+/.exec(report)?.[0] ?? ''), joint);
    expect(told.mode).toBe('tool_misfire');
    expect(told.origin).toBe(told.report);
  });

  it.each<[string, Turn[]]>([
    ['the right one', relay(SMELL, 'Which gas crew is in sector 12?', 'That is CW-3301.', 'CW-3301')],
    [
      'the one that the person chose from a report of all',
      [
        ...relay(SMELL, 'Which gas crews are there?', 'CW-3301, CW-3302 and CW-3303.', 'CW-3302', [
          { says: 'The one of your sector is far away. CW-3302 is nearer, shall it come?' },
          { user: 'Yes, please.' },
        ]),
      ],
    ],
    [
      'the one that she named, whatever the task says',
      relay('Send CW-3302 to sector 12.', 'Is there a crew?', 'There is CW-3302.', 'CW-3302'),
    ],
    ['one, where the task names none', relay('It smells of gas.', 'Find a gas crew.', 'CW-3302.', 'CW-3302')],
    [
      'one, where the number is of something else',
      relay('It smells of gas in 12 rooms.', 'Find a crew for 12 rooms.', 'CW-3302 can.', 'CW-3302'),
    ],
  ])('is not seen in %s', (_, turns) => {
    expect(judge(turns).mode).toBe('unknown');
  });

  it('is where the agent that did it settled on it, if no other did', () => {
    const order = 'Send the gas crew of sector 12.';
    const told = judge([
      { user: 'It smells of gas.' },
      {
        call: 'send',
        args: { task: order },
        answer: 'Sent.',
        within: [
          { user: order },
          { call: 'crews', args: { skill: 'gas' }, answer: { crews: CREWS } },
          { call: 'dispatch', args: { crew: 'CW-3303' }, answer: { sent: true } },
          { says: 'Sent.' },
        ],
      },
      { says: 'They are on their way.' },
    ]);
    expect(told).toMatchObject({ mode: 'tool_misfire', origin: told.dispatch });
  });

  it('stands a hostile task', () => {
    const task = `sector ${'12 sector '.repeat(5000)}${'9'.repeat(5000)}th ${'floor'.repeat(5000)}`;
    expect(judge(relay('It smells.', task, 'CW-3302.', 'CW-3302')).dispatch).toBeGreaterThan(0);
  });
});
