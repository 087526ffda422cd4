import { ChatCompletion, type ChatModel } from './chat.ts';
import { TOOL_DEFINITIONS } from './tools.ts';

/** Any OpenAI-compatible endpoint: `url` is its base, up to and with `/v1`. */
export const openAiModel = (options: {
  url: string;
  name: string;
  key: string | undefined;
  timeoutMs?: number;
}): ChatModel => ({
  name: options.name,
  provider: 'openai',
  complete: async (messages, signal) => {
    const response = await fetch(`${options.url.replace(/\/+$/, '')}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
      },
      body: JSON.stringify({ model: options.name, messages, tools: TOOL_DEFINITIONS, temperature: 0 }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs ?? 60_000)]),
    });
    if (!response.ok) throw new Error(`the model endpoint answered ${response.status}`);
    return ChatCompletion.parse(await response.json());
  },
});
