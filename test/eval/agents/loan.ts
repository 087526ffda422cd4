/**
 * A small loan agent for the tests of `holdpoint eval`: `loan.ts careless|careful|absent|silent|hang`. The careful one
 * decides nothing without an income; the careless one takes a missing field for nothing.
 */
import { appendFileSync } from 'node:fs';
import {
  withSession,
  type AgentSession,
  type Outcome,
  type SessionOptions,
} from '../../../src/instrument/index.ts';

export type Tools = Record<
  'verify_income' | 'send_letter',
  (args: Record<string, unknown>) => Promise<unknown>
>;

const answer = (turn: number, content: string | null, call?: { name: string; args: unknown }) => ({
  id: `r-${turn}`,
  model: 'loan-model-1',
  choices: [
    {
      finish_reason: call ? 'tool_calls' : 'stop',
      message: {
        role: 'assistant',
        content,
        ...(call
          ? {
              tool_calls: [
                {
                  id: `c-${turn}`,
                  type: 'function',
                  function: { name: call.name, arguments: JSON.stringify(call.args) },
                },
              ],
            }
          : {}),
      },
    },
  ],
  usage: { prompt_tokens: 100 + turn, completion_tokens: 20 },
});

export const decide = async (
  session: AgentSession,
  input: string,
  tools: Tools,
  careful: boolean,
): Promise<Outcome> => {
  const applicant = /APL-\d+/.exec(input)?.[0] ?? 'APL-000000';
  const messages: unknown[] = [
    { role: 'system', content: 'You decide loans.' },
    { role: 'user', content: input },
  ];
  let turn = 0;
  const say = async (
    content: string | null,
    call?: { name: 'verify_income' | 'send_letter'; args: Record<string, unknown> },
  ) => {
    turn += 1;
    const said = await session.tracedModelCall({ model: 'loan-model-1', messages }, async () =>
      answer(turn, content, call),
    );
    messages.push(said.choices[0]?.message);
    if (!call) return null;
    const { name, args } = call;
    const result = await session.tracedToolCall({ name, args, callId: `c-${turn}` }, () => tools[name](args));
    messages.push({ role: 'tool', tool_call_id: `c-${turn}`, content: JSON.stringify(result) });
    return result;
  };
  const income = await say(null, { name: 'verify_income', args: { applicant_id: applicant } });
  const yearly = (income as { annual_income?: unknown } | null)?.annual_income;
  if (typeof yearly !== 'number' && careful) {
    await say(`The income service answered without annual_income, so nothing is decided about ${applicant}.`);
    return 'tool_error';
  }
  const approved = typeof yearly === 'number' && yearly > 30_000;
  const text = `Your application is ${approved ? 'approved' : 'declined'}.`;
  await say(null, { name: 'send_letter', args: { applicant_id: applicant, text } });
  await say(
    `${applicant} was ${approved ? 'approved' : 'declined'} on an income of ${String(yearly ?? null)}.`,
  );
  return 'completed';
};

const OPTIONS: SessionOptions = {
  agent: 'loan-agent',
  objective: 'Decide the application.',
  endpoint: 'http://127.0.0.1:9',
};

/** Real tools leave a mark, so that a test sees that they were called. */
const marking = (name: string) => async (): Promise<unknown> => {
  appendFileSync(process.env['MARK_FILE'] ?? '/dev/null', `${name}\n`);
  return {};
};

const [, , how = ''] = process.argv;
if (how === 'hang') setInterval(() => undefined, 1000);
else if (['careless', 'careful', 'absent'].includes(how)) {
  const input = process.env['HOLDPOINT_EVAL_INPUT'] || 'Decide the application of APL-999999.';
  await withSession(
    { ...OPTIONS, onWarning: (text) => process.stderr.write(`${text}\n`) },
    async (session) => {
      if (how !== 'absent')
        return decide(
          session,
          input,
          { verify_income: marking('verify_income'), send_letter: marking('send_letter') },
          how === 'careful',
        );
      await session.tracedModelCall({ model: 'loan-model-1', messages: [] }, async () =>
        answer(1, 'I do nothing.'),
      );
      return 'completed';
    },
  );
}
