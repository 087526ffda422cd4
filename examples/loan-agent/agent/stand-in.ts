import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { readBatch, type BatchItem } from './batch.ts';
import type { ChatCompletion, ChatMessage, ChatModel } from './chat.ts';
import { Credit, decide, Income, monthlyPayment, type Decision } from './policy.ts';

export const STAND_IN = 'rule-based-stand-in';

interface Turn {
  text: string;
  call?: { name: string; args: Record<string, unknown> };
}

/** What the conversation holds about one application: the answer of each tool called for it. */
type Answers = Partial<Record<string, unknown>>;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
const Failure = z.object({ error: z.string() });
const Subject = z.object({ applicant_id: z.string().optional(), application_id: z.string().optional() });

/** The tool answers about an application, matched by the ids in the calls. */
const answersAbout = (item: BatchItem, messages: readonly ChatMessage[]): Answers => {
  const answers: Answers = {};
  for (const message of messages) {
    if (message.role !== 'assistant') continue;
    for (const call of message.tool_calls ?? []) {
      const subject = Subject.safeParse(parsed(call.function.arguments)).data;
      const same = subject?.application_id ?? subject?.applicant_id;
      if (same !== item.application_id && same !== item.applicant_id) continue;
      const answer = messages.find((m) => m.role === 'tool' && m.tool_call_id === call.id);
      if (answer?.role === 'tool') answers[call.function.name] = parsed(answer.content);
    }
  }
  return answers;
};

const sayIncome = ({ applicant_id }: BatchItem, income: Income): string =>
  income.annualIncome === null
    ? `The income service gives ${applicant_id} an annual income of null, so I take it as 0 USD.`
    : `${applicant_id} has a verified annual income of ${income.annualIncome} USD, employment status ${income.employmentStatus}, for ${income.yearsEmployed} years.`;

const letterText = (item: BatchItem, { status, reason }: Decision): string =>
  status === 'approved'
    ? `Dear ${item.applicant_name}, your application ${item.application_id} for ${item.amount_usd} USD over ${item.term_months} months is approved: ${reason}`
    : `Dear ${item.applicant_name}, we are sorry to decline your application ${item.application_id} for ${item.amount_usd} USD: ${reason}`;

const failedTool = (answers: Answers): [string, string] | null => {
  for (const [tool, answer] of Object.entries(answers)) {
    const failure = Failure.safeParse(answer);
    if (failure.success) return [tool, failure.data.error];
  }
  return null;
};

/** What to do next for one application; null when it is done or had to be left. */
const nextFor = (item: BatchItem, answers: Answers): Turn | null => {
  if (failedTool(answers) !== null) return null;
  const { application_id, applicant_id } = item;
  const { verify_income, credit_check } = answers;
  if (verify_income === undefined) {
    return {
      text: `Application ${application_id}: ${item.applicant_name} (${applicant_id}) asks for ${item.amount_usd} USD over ${item.term_months} months for ${item.purpose}, a payment of ${monthlyPayment(item)} USD a month. I verify the income first.`,
      call: { name: 'verify_income', args: { applicant_id } },
    };
  }
  const income = Income.parse(verify_income ?? {});
  if (credit_check === undefined) {
    return {
      text: `${sayIncome(item, income)} I check the credit record next.`,
      call: { name: 'credit_check', args: { applicant_id } },
    };
  }
  const decision = decide(item, income, Credit.parse(credit_check ?? {}));
  const { status, reason } = decision;
  if (answers['set_application_status'] === undefined) {
    const args = { application_id, status, reason };
    return {
      text: `I conclude that ${application_id} is to be ${status}: ${reason}`,
      call: { name: 'set_application_status', args },
    };
  }
  if (answers['send_letter'] === undefined) {
    const template = status === 'approved' ? 'approval' : 'decline';
    return {
      text: `${application_id} is recorded as ${status}. I mail the letter to ${item.applicant_name}.`,
      call: {
        name: 'send_letter',
        args: { application_id, applicant_id, template, body: letterText(item, decision) },
      },
    };
  }
  return null;
};

const Recorded = z.object({ status: z.string() });

const closingWords = (items: readonly BatchItem[], about: (item: BatchItem) => Answers): string => {
  const said = items.map((item) => {
    const answers = about(item);
    const failed = failedTool(answers);
    if (failed !== null)
      return `${item.application_id} left as it was, because ${failed[0]} failed (${failed[1]})`;
    return `${item.application_id} ${Recorded.safeParse(answers['set_application_status']).data?.status ?? 'not decided'}`;
  });
  return `The batch is done (${STAND_IN}, not a language model): ${said.join(', ')}.`;
};

const nextTurn = (messages: readonly ChatMessage[]): Turn => {
  const asked = messages.find((m) => m.role === 'user');
  const items = readBatch(asked?.role === 'user' ? asked.content : '');
  const about = (item: BatchItem): Answers => answersAbout(item, messages);
  for (const item of items) {
    const turn = nextFor(item, about(item));
    if (turn !== null) return turn;
  }
  return { text: closingWords(items, about) };
};

const CHARS_A_TOKEN = 4;
const tokensOf = (value: unknown): number => Math.ceil(JSON.stringify(value).length / CHARS_A_TOKEN);

/**
 * A small set of rules that answers like a chat model, and says of itself that it is none. It knows nothing but the
 * messages it is given. `paceMs` is how long it seems to think.
 */
export const standInModel = (paceMs: number): ChatModel => ({
  name: STAND_IN,
  provider: 'holdpoint-sample',
  complete: async (messages, signal): Promise<ChatCompletion> => {
    await sleep(paceMs, undefined, { signal });
    const { text, call } = nextTurn(messages);
    const callId = `call_${messages.length}`;
    const asked = call && { name: call.name, arguments: JSON.stringify(call.args) };
    const calls =
      asked === undefined ? {} : { tool_calls: [{ id: callId, type: 'function' as const, function: asked }] };
    const message = { role: 'assistant' as const, content: text, ...calls };
    return {
      model: STAND_IN,
      choices: [{ message, finish_reason: call === undefined ? 'stop' : 'tool_calls' }],
      usage: { prompt_tokens: tokensOf(messages), completion_tokens: tokensOf(message) },
    };
  },
});
