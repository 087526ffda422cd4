import { analyseByMeaning } from '../../../src/adapters/similarity/by-meaning.ts';
import type { Session } from '../../../src/domain/session/session.ts';
import { analyse } from '../../../src/forensics/analyse.ts';
import { sessionFromSpans } from '../../../src/forensics/read/session.ts';
import { attributes, rawSpan } from '../../forensics/session-builder.ts';

const TASK = 'Decide loan applications from verified income.';
/** A session whose model says at each call what it is after. */
const pursuing = (...objectives: string[]): Session =>
  sessionFromSpans(
    objectives.map((objective, i) =>
      rawSpan({
        spanId: (i + 1).toString(16).padStart(16, '0'),
        startNano: String((i + 1) * 1_000_000),
        endNano: String((i + 1) * 1_000_000 + 500),
        attributes: attributes({
          'gen_ai.operation.name': 'chat',
          'gen_ai.conversation.id': 'objectives',
          'gen_ai.system_instructions': JSON.stringify([{ type: 'text', content: TASK }]),
          'gen_ai.output.messages': JSON.stringify([
            { role: 'assistant', parts: [{ type: 'text', content: 'I go on.' }] },
          ]),
          'agent.objective': objective,
        }),
      }),
    ),
  );
const SAME = 'Checking how much the applicant earns before approving credit';
const OTHER = 'Booking a hotel for the conference in June';
const strayed = (findings: { flag: string; severity: string; step: number }[]): number[] =>
  findings.filter((f) => f.flag === 'CONTEXT_DRIFT' && f.severity === 'warning').map((f) => f.step);

describe('objectives by their meaning', () => {
  it('are near in other words and foreign elsewhere, without a key or a network', async () => {
    const session = pursuing('Decide loan applications', SAME, OTHER);
    expect(strayed(analyse(session).findings)).toEqual([2]);
    expect(strayed((await analyseByMeaning(session)).findings)).toEqual([3]);
  }, 60_000);

  it('are left to words where these suffice: the model is not asked', async () => {
    const session = pursuing('Decide loan applications', 'Decide applications from income');
    const answer = await analyseByMeaning(session, {}, () => {
      throw new Error('asked');
    });
    expect(answer).toEqual(analyse(session));
  });

  it('are left to words where there is no model', async () => {
    const session = pursuing('Decide loan applications', SAME, OTHER);
    const answer = await analyseByMeaning(session, {}, () => Promise.reject(new Error('no such module')));
    expect(answer).toEqual(analyse(session));
  });
});
