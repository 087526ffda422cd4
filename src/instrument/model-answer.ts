import { toParts, type PartsMessage } from './messages.ts';

/** What a span says of a model's answer; whatever is absent is left out of the span, never guessed. */
export interface ModelAnswer {
  model?: string | undefined;
  output?: PartsMessage[] | undefined;
  finishReasons?: string[] | undefined;
  inputTokens?: number | undefined;
  outputTokens?: number | undefined;
  cachedInputTokens?: number | undefined;
  responseId?: string | undefined;
  /** One plain sentence: what the model concluded. Default: taken from the answer's own words. */
  summary?: string | undefined;
  /** One of the five flags, where the agent itself noticed it; empty when clean. */
  anomaly?: string | undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const num = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const str = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const nested = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((v, key) => (isRecord(v) ? v[key] : undefined), value);

const fromOpenAi = (answer: Record<string, unknown>, choices: readonly unknown[]): ModelAnswer => ({
  model: str(answer['model']),
  responseId: str(answer['id']),
  output: choices.flatMap((choice) => {
    const message = nested(choice, 'message');
    const finish = str(nested(choice, 'finish_reason'));
    return toParts([message]).messages.map((m) => ({
      ...m,
      ...(finish === undefined ? {} : { finish_reason: finish }),
    }));
  }),
  finishReasons: choices.flatMap((choice) => str(nested(choice, 'finish_reason')) ?? []),
  inputTokens: num(nested(answer, 'usage', 'prompt_tokens')),
  outputTokens: num(nested(answer, 'usage', 'completion_tokens')),
  cachedInputTokens: num(nested(answer, 'usage', 'prompt_tokens_details', 'cached_tokens')),
});

/** Anthropic counts cached input apart; the semantic conventions include it in the input. */
const fromAnthropic = (answer: Record<string, unknown>): ModelAnswer => {
  const usage = answer['usage'];
  const cached = num(nested(usage, 'cache_read_input_tokens'));
  const written = num(nested(usage, 'cache_creation_input_tokens'));
  const input = num(nested(usage, 'input_tokens'));
  const stop = str(answer['stop_reason']);
  return {
    model: str(answer['model']),
    responseId: str(answer['id']),
    output: toParts([{ role: 'assistant', content: answer['content'] }]).messages,
    finishReasons: stop === undefined ? [] : [stop],
    inputTokens: input === undefined ? undefined : input + (cached ?? 0) + (written ?? 0),
    outputTokens: num(nested(usage, 'output_tokens')),
    cachedInputTokens: cached,
  };
};

/** Reads the answers of OpenAI-compatible chat completions and of Anthropic messages; others give their own reader. */
export const readModelAnswer = (answer: unknown): ModelAnswer => {
  if (typeof answer === 'string')
    return { output: toParts([{ role: 'assistant', content: answer }]).messages };
  if (!isRecord(answer)) return {};
  if (Array.isArray(answer['choices'])) return fromOpenAi(answer, answer['choices']);
  if (Array.isArray(answer['content'])) return fromAnthropic(answer);
  return {};
};

const MAX_SUMMARY_CHARS = 400;

/** The first sentence or two of the answer, or which tools it calls. Runbook, `step_summary`. */
export const summaryOf = (answer: ModelAnswer): string => {
  if (answer.summary !== undefined) return answer.summary;
  const parts = (answer.output ?? []).flatMap((m) => m.parts);
  const words = parts
    .flatMap((p) => (p.type === 'text' && typeof p.content === 'string' ? [p.content] : []))
    .join(' ');
  if (words.trim() !== '') return words.trim().replaceAll(/\s+/g, ' ').slice(0, MAX_SUMMARY_CHARS);
  const calls = parts.flatMap((p) => (p.type === 'tool_call' ? [p.name ?? '?'] : []));
  return calls.length > 0 ? `Calls ${calls.join(', ')}.` : 'The model answered with nothing.';
};
