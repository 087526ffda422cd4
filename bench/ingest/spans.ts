import { randomBytes } from 'node:crypto';

const SENTENCE = 'The applicant asks for a loan of eighteen thousand euro. ';

const attribute = (key: string, value: string | number): object => ({
  key,
  value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
});
const list = (attributes: Record<string, string | number>): object[] =>
  Object.entries(attributes).map(([key, value]) => attribute(key, value));

/** Makes requests of model and tool calls, turn by turn, of about 1.3 kB a span in JSON and 0.9 kB in protobuf. */
export const createSpanMaker = ({
  perSession,
  textBytes = 600,
}: {
  perSession: number;
  textBytes?: number;
}) => {
  const run = randomBytes(4).toString('hex');
  const text = SENTENCE.repeat(Math.ceil(textBytes / SENTENCE.length)).slice(0, textBytes);
  let made = 0;
  let traceId = '';
  let rootId = '';
  return (count: number): object => {
    const now = BigInt(Date.now()) * 1_000_000n;
    const spans = Array.from({ length: count }, () => {
      const number = made % perSession;
      const spanId = randomBytes(8).toString('hex');
      if (number === 0) [traceId, rootId] = [randomBytes(16).toString('hex'), spanId];
      const session = `load-${run}-${Math.floor(made / perSession)}`;
      const isTool = number % 2 === 1;
      made += 1;
      return {
        traceId,
        spanId,
        ...(number === 0 ? {} : { parentSpanId: rootId }),
        flags: 257,
        name: isTool ? 'execute_tool get_income' : 'chat gpt-4.1',
        kind: isTool ? 1 : 3,
        startTimeUnixNano: String(now - 900_000_000n + BigInt(number)),
        endTimeUnixNano: String(now),
        status: {},
        attributes: isTool
          ? list({
              'gen_ai.operation.name': 'execute_tool',
              'gen_ai.tool.name': 'get_income',
              'gen_ai.tool.call.id': `call_${made}`,
              'gen_ai.tool.call.arguments': '{"applicant":"cus_5521"}',
              'gen_ai.tool.call.result': text,
            })
          : list({
              'gen_ai.operation.name': 'chat',
              'gen_ai.provider.name': 'openai',
              'gen_ai.request.model': 'gpt-4.1',
              'gen_ai.conversation.id': session,
              'session.id': session,
              'gen_ai.usage.input_tokens': 500,
              'gen_ai.usage.output_tokens': 40,
              'gen_ai.input.messages': text,
            }),
      };
    });
    return {
      resourceSpans: [
        {
          resource: { attributes: list({ 'service.name': 'ingest-load' }) },
          scopeSpans: [{ scope: { name: 'ingest-load', version: '1' }, spans }],
        },
      ],
    };
  };
};
