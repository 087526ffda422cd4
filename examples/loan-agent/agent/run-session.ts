import { AgentStopped, type AgentSession, type Outcome } from '../../../src/instrument/index.ts';
import type { ServiceUrls } from '../services/start.ts';
import { batchMessage, SYSTEM_PROMPT, type BatchItem } from './batch.ts';
import type { ChatMessage, ChatModel, ToolCallRequest } from './chat.ts';
import { runTool } from './tools.ts';

export const TOKEN_BUDGET = 150_000;
const MOST_TURNS = 80;

export interface SessionReport {
  outcome: Outcome;
  approved: number;
  declined: number;
  letters: number;
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** Runs one call of the model; a failure of the tool is told to the model, a stop is not. */
const answerCall = async (
  session: AgentSession,
  services: ServiceUrls,
  call: ToolCallRequest,
): Promise<unknown> => {
  const { name } = call.function;
  const args = parsed(call.function.arguments);
  try {
    return await session.tracedToolCall({ name, args, callId: call.id }, async () =>
      runTool(services, name, args, `${session.sessionId}:${call.id}`),
    );
  } catch (error) {
    if (error instanceof AgentStopped) throw error;
    return { error: error instanceof Error ? error.message : String(error) };
  }
};

const isFailure = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && 'error' in answer;

const count = (report: SessionReport, call: ToolCallRequest, answer: unknown): void => {
  if (isFailure(answer)) {
    report.outcome = 'tool_error';
    return;
  }
  if (call.function.name === 'send_letter') report.letters += 1;
  if (call.function.name !== 'set_application_status') return;
  const args = parsed(call.function.arguments);
  const status = typeof args === 'object' && args !== null && 'status' in args ? args.status : null;
  if (status === 'approved') report.approved += 1;
  if (status === 'declined') report.declined += 1;
};

/** The agent's loop: model, tools, model, …, until the model calls no tool any more. */
export const runSession = async (
  session: AgentSession,
  model: ChatModel,
  services: ServiceUrls,
  batch: readonly BatchItem[],
): Promise<SessionReport> => {
  const messages: ChatMessage[] = [
    { role: 'system', content: SYSTEM_PROMPT },
    { role: 'user', content: batchMessage(batch) },
  ];
  const report: SessionReport = { outcome: 'completed', approved: 0, declined: 0, letters: 0 };
  let tokens = 0;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const answer = await session.tracedModelCall(
      { model: model.name, provider: model.provider, messages },
      (signal) => model.complete(messages, signal),
    );
    tokens += (answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0);
    const message = answer.choices[0]?.message;
    if (message === undefined) return { ...report, outcome: 'bad_output' };
    messages.push(message);
    const calls = message.tool_calls ?? [];
    if (calls.length === 0) return message.content ? report : { ...report, outcome: 'bad_output' };
    if (tokens >= TOKEN_BUDGET) return { ...report, outcome: 'budget_exceeded' };
    for (const call of calls) {
      const said = await answerCall(session, services, call);
      count(report, call, said);
      messages.push({ role: 'tool', tool_call_id: call.id, content: JSON.stringify(said) });
    }
  }
  return { ...report, outcome: 'timeout' };
};
