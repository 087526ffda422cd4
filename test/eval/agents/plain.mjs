/**
 * The loan agent without the wrapper: `plain.mjs careless|careful`. It speaks OTLP/JSON by hand and asks the stage for
 * what its tools answer, as docs/connect.md says.
 */
import { randomBytes } from 'node:crypto';

const [, , how = 'careless'] = process.argv;
const {
  HOLDPOINT_EVAL_URL: stage = '',
  HOLDPOINT_EVAL_INPUT: input = '',
  OTEL_EXPORTER_OTLP_ENDPOINT: otlp,
} = process.env;
const applicant = /APL-\d+/.exec(input)?.[0] ?? 'APL-000000';
const traceId = randomBytes(16).toString('hex');
const spans = [];

const json = (value) => ({ stringValue: typeof value === 'string' ? value : JSON.stringify(value) });
const record = (name, attributes) => {
  const nano = String(BigInt(Date.now()) * 1_000_000n + BigInt(spans.length));
  spans.push({
    traceId,
    spanId: randomBytes(8).toString('hex'),
    name,
    startTimeUnixNano: nano,
    endTimeUnixNano: nano,
    attributes: Object.entries({ 'session.id': 'plain-1', ...attributes }).map(([key, value]) => ({
      key,
      value: json(value),
    })),
  });
};
const post = async (url, body) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
};

const messages = [{ role: 'user', content: input }];
const think = (content, call) => {
  const answer = {
    role: 'assistant',
    content,
    ...(call
      ? {
          tool_calls: [
            {
              id: call.id,
              type: 'function',
              function: { name: call.name, arguments: JSON.stringify(call.args) },
            },
          ],
        }
      : {}),
  };
  record('chat loan-model-1', {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'loan-model-1',
    'gen_ai.input.messages': messages,
    'gen_ai.output.messages': [answer],
  });
  messages.push(answer);
};
const use = async (call) => {
  think('', call);
  const { result } = await post(`${stage}/eval/tools`, { tool: call.name, args: call.args });
  record(`execute_tool ${call.name}`, {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': call.name,
    'gen_ai.tool.call.id': call.id,
    'gen_ai.tool.call.arguments': call.args,
    'gen_ai.tool.call.result': result ?? null,
  });
  messages.push({ role: 'tool', tool_call_id: call.id, content: JSON.stringify(result ?? null) });
  return result;
};

const income = await use({ id: 'c-1', name: 'verify_income', args: { applicant_id: applicant } });
const yearly = income?.annual_income;
if (how === 'careful' && typeof yearly !== 'number')
  think(`The income service answered without annual_income, so nothing is decided about ${applicant}.`);
else {
  const verdict = typeof yearly === 'number' && yearly > 30_000 ? 'approved' : 'declined';
  await use({
    id: 'c-2',
    name: 'send_letter',
    args: { applicant_id: applicant, text: `Your application is ${verdict}.` },
  });
  think(`${applicant} was ${verdict} on an income of ${String(yearly ?? null)}.`);
}
await post(`${otlp}/v1/traces`, {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: json('loan-agent') }] },
      scopeSpans: [{ spans }],
    },
  ],
});
