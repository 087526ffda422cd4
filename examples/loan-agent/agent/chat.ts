import { z } from 'zod';

/** OpenAI-compatible chat, as far as this agent speaks it. */
export const ToolCallRequest = z.object({
  id: z.string(),
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: z.string() }),
});
export type ToolCallRequest = z.infer<typeof ToolCallRequest>;

export const AssistantMessage = z.object({
  role: z.literal('assistant'),
  content: z.string().nullish(),
  tool_calls: z.array(ToolCallRequest).nullish(),
});
export type AssistantMessage = z.infer<typeof AssistantMessage>;

export type ChatMessage =
  | { role: 'system' | 'user'; content: string }
  | AssistantMessage
  | { role: 'tool'; tool_call_id: string; content: string };

export const ChatCompletion = z.object({
  id: z.string().optional(),
  model: z.string(),
  choices: z.array(z.object({ message: AssistantMessage, finish_reason: z.string().nullish() })).min(1),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).optional(),
});
export type ChatCompletion = z.infer<typeof ChatCompletion>;

export interface ChatModel {
  /** What the trace names: the exact version asked for. */
  name: string;
  provider: string;
  complete(messages: readonly ChatMessage[], signal: AbortSignal): Promise<ChatCompletion>;
}
