import type { Session } from '../../src/domain/session/session.ts';
import { analyse, contextOf } from '../../src/forensics/analyse.ts';
import { observe } from '../../src/forensics/observe.ts';
import { isDirected, premisesOf } from '../../src/forensics/premises.ts';
import { sessionFromSpans } from '../../src/forensics/read/session.ts';
import { FIRM } from '../../src/forensics/weak-origins.ts';
import { attributes, rawSpan } from './session-builder.ts';

/** A log of a team: who says what, a tool's answer where the agent is `terminal`. */
const team = (...lines: [agent: string, text: string][]): Session =>
  sessionFromSpans(
    lines.map(([agent, text], i) =>
      rawSpan({
        spanId: (i + 1).toString(16).padStart(16, '0'),
        startNano: String((i + 1) * 1_000_000),
        endNano: String((i + 1) * 1_000_000 + 500),
        attributes: attributes({
          'gen_ai.conversation.id': 'team-1',
          'gen_ai.agent.name': agent,
          ...(agent === 'terminal'
            ? {
                'gen_ai.operation.name': 'execute_tool',
                'gen_ai.tool.name': 'run',
                'gen_ai.tool.call.arguments': '{}',
                'gen_ai.tool.call.result': text,
              }
            : {
                'gen_ai.operation.name': 'chat',
                'gen_ai.output.messages': JSON.stringify([
                  { role: 'assistant', parts: [{ type: 'text', content: text }] },
                ]),
              }),
        }),
      }),
    ),
  );
const observed = (session: Session) => observe(session, contextOf(session, {}));

const PEERS = team(
  ['planner', 'The question: how many blocks are there on the way, and how long does it take?'],
  ['surveyor', 'We can assume about 4711 blocks, which is likely enough to go on with.'],
  ['terminal', 'nothing to run'],
  ['checker', 'Thank you, let us go on with the computation of the time.'],
  ['planner', 'The answer is 4711 blocks.'],
);
const DIRECTED = team(
  ['lead', 'We are to find the price of the house. The plan is to search for it.'],
  ['lead', 'Please search for the price.'],
  ['searcher', 'The page lists 812000 and 913500 and 100400 dollars for houses nearby.'],
  ['lead', 'This is not yet the price. Please look again.'],
  ['searcher', 'The page says nothing.'],
  ['lead', 'We give up here.'],
);

describe('where to read first in a team', () => {
  it('is the step that assumes what the end relies on, and says so as a place to read, not as a claim', () => {
    const { faultOrigin, failureMode } = analyse(PEERS);
    expect(faultOrigin.candidates[0]).toMatchObject({ step: 2 });
    expect(faultOrigin.candidates[0]?.reason).toContain('4711');
    expect(faultOrigin.candidates.every((c) => c.score < FIRM)).toBe(true);
    expect(failureMode.mode).toBe('unknown');
  });

  it('counts a word as brought in where it was said first, not where it is repeated', () => {
    const kept = premisesOf(observed(PEERS)).map((p) => p.kept);
    expect(kept[1]).toContain('4711');
    expect(kept[3]).not.toContain('4711');
  });

  it('is directed where one agent speaks between all turns of the others, who do the work', () => {
    expect(isDirected(observed(DIRECTED))).toBe(true);
    expect(isDirected(observed(PEERS))).toBe(false);
  });

  it('is not directed where one agent only calls tools more often than others speak', () => {
    const busy = team(
      ['solver', 'I run it.'],
      ['terminal', 'failed'],
      ['solver', 'Again.'],
      ['terminal', 'failed'],
      ['solver', 'Again.'],
      ['checker', 'This does not work.'],
      ['solver', 'It does not.'],
    );
    expect(isDirected(observed(busy))).toBe(false);
  });

  it('prefers the report that brings numbers in where a team is directed, and the end where it broke off', () => {
    expect(
      analyse(DIRECTED)
        .faultOrigin.candidates.slice(0, 2)
        .map((c) => c.step),
    ).toEqual([6, 3]);
  });

  it('is offered for a single agent without a tools file too, and for a session without a word nothing is', () => {
    const single = team(['solver', 'The task.'], ['solver', 'It is 4711, I assume.'], ['solver', 'So 4711.']);
    expect(analyse(single).faultOrigin.candidates[0]?.step).toBe(2);
    expect(analyse(team(['terminal', 'x'])).faultOrigin.candidates).toEqual([]);
  });
});
