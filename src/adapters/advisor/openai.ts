import { z } from 'zod';
import type { AdvisorConfig } from '../../config/types.ts';
import { AddressRefused, type Resolve } from '../tools/address-guard.ts';
import { guardedRequest, RequestFailed } from '../tools/guarded-request.ts';
import { AdvisorFailed, type Advisor } from './port.ts';

const MAX_TOKENS = 400;
const MAX_BYTES = 1_000_000;
const Completion = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
});

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
};

/** Any endpoint that speaks OpenAI's chat completions. The address comes from the configuration alone; no redirects. */
export const createOpenAiAdvisor = (
  { url, model, key, timeoutMs, usdPerMillionTokens: price }: AdvisorConfig,
  resolve?: Resolve,
): Advisor => ({
  model,
  ask: async ({ system, user }) => {
    const body = JSON.stringify({
      model,
      temperature: 0,
      max_tokens: MAX_TOKENS,
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: user },
      ],
    });
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(key ? { authorization: `Bearer ${key.reveal()}` } : {}),
    };
    const address = `${url.replace(/\/+$/, '')}/chat/completions`;
    const call = { url: address, method: 'POST', headers, body, timeoutMs, maxResponseBytes: MAX_BYTES };
    const answer = await guardedRequest({ ...call, resolve }).catch((cause: unknown) => {
      if (cause instanceof AddressRefused || cause instanceof RequestFailed)
        throw new AdvisorFailed(`The model was not reached: ${cause.message}`, { cause });
      throw cause;
    });
    if (answer.status !== 200) throw new AdvisorFailed(`The model answered with status ${answer.status}`);
    const completion = Completion.safeParse(parsed(answer.body));
    if (!completion.success) throw new AdvisorFailed('The model did not answer as chat completions do');
    const { choices, usage } = completion.data;
    return {
      text: choices[0]?.message.content ?? '',
      inputTokens: usage?.prompt_tokens ?? null,
      outputTokens: usage?.completion_tokens ?? null,
      costUsd:
        usage && price
          ? (usage.prompt_tokens * price.input + usage.completion_tokens * price.output) / 1e6
          : null,
    };
  },
});
