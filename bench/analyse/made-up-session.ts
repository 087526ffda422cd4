import type { ToolManifest } from '../../src/domain/tools.ts';
import { generator } from '../../src/forensics/eval/variants.ts';

export const TOOLS: ToolManifest = {
  tools: {
    find_case: { effect: 'read', target: 'args.case_id' },
    list_parts: { effect: 'read' },
    book_part: { effect: 'write', reversible: false, target: 'args.part_id' },
  },
};
const WORDS =
  'north south valve pump seal motor shaft panel blue steel brass long short narrow wide spare used worn checked sealed open closed early late first second third rear front upper lower inner outer'.split(
    ' ',
  );
/** Messages that the model reads again at each call. */
const WINDOW = 12;
const MS = 1_000_000;

const text = (key: string, value: string): unknown => ({ key, value: { stringValue: value } });
const number = (key: string, value: number): unknown => ({ key, value: { intValue: String(value) } });

/** A session of so many steps as JSON lines, one span a line, made as they are asked for; every third call changes something. */
export function* madeUpSession(steps: number, seed: string): Generator<string> {
  const next = generator(seed);
  const word = (): string => WORDS[next(WORDS.length)] ?? 'part';
  const sentence = (n: number): string => Array.from({ length: n }, word).join(' ');
  const digits = (n: number): string => Array.from({ length: n }, () => next(10)).join('');
  const traceId = digits(32);
  const history: unknown[] = [];
  let step = 0;
  const span = (name: string, attributes: unknown[]): string => {
    step += 1;
    const start = BigInt(1_700_000_000_000 + step * 50) * BigInt(MS);
    return JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: [text('service.name', 'workshop')] },
          scopeSpans: [
            {
              scope: { name: 'made-up' },
              spans: [
                {
                  traceId,
                  spanId: step.toString(16).padStart(16, '0'),
                  name,
                  startTimeUnixNano: String(start),
                  endTimeUnixNano: String(start + 30n * BigInt(MS)),
                  attributes,
                },
              ],
            },
          ],
        },
      ],
    });
  };
  while (step < steps) {
    const caseId = `CASE-${digits(6)}`;
    history.push({
      role: 'user',
      parts: [{ type: 'text', content: `Please see to ${caseId}: ${sentence(14)}.` }],
    });
    const parts = Array.from({ length: 8 }, () => ({
      part_id: `PRT-${digits(7)}`,
      name: sentence(3),
      price: next(90_000) / 100,
      in_stock: next(2) === 0,
      place: { hall: word(), shelf: next(400) },
    }));
    const chosen = parts[next(parts.length)] ?? parts[0];
    for (const [name, args, result] of [
      [
        'find_case',
        { case_id: caseId },
        {
          case_id: caseId,
          status: 'open',
          opened_at: '2025-02-03',
          summary: sentence(18),
          owner: { name: word(), team: word() },
        },
      ],
      ['list_parts', { case_id: caseId, limit: 8 }, { parts, total: parts.length }],
      [
        'book_part',
        { case_id: caseId, part_id: chosen?.part_id },
        { booked: chosen?.part_id, case_id: caseId },
      ],
    ] as const) {
      if (step >= steps) return;
      const id = `call-${step}`;
      const said = {
        role: 'assistant',
        parts: [
          { type: 'text', content: name === 'book_part' ? `I book the ${chosen?.name}.` : '' },
          { type: 'tool_call', id, name, arguments: args },
        ],
      };
      const input = JSON.stringify(history.slice(-WINDOW));
      yield span('chat', [
        text('gen_ai.operation.name', 'chat'),
        text('gen_ai.conversation.id', seed),
        text('gen_ai.request.model', 'm'),
        text('gen_ai.agent.name', 'workshop'),
        number('gen_ai.usage.input_tokens', Math.ceil(input.length / 4)),
        number('gen_ai.usage.output_tokens', 40),
        text(
          'gen_ai.system_instructions',
          JSON.stringify([
            { type: 'text', content: 'You see to the cases of a workshop and book what they need.' },
          ]),
        ),
        text('gen_ai.input.messages', input),
        text('gen_ai.output.messages', JSON.stringify([said])),
      ]);
      if (step >= steps) return;
      yield span(`execute_tool ${name}`, [
        text('gen_ai.operation.name', 'execute_tool'),
        text('gen_ai.tool.name', name),
        text('gen_ai.tool.call.id', id),
        text('gen_ai.tool.call.arguments', JSON.stringify(args)),
        text('gen_ai.tool.call.result', JSON.stringify(result)),
      ]);
      history.push(said, {
        role: 'tool',
        parts: [{ type: 'tool_call_response', id, response: JSON.stringify(result) }],
      });
      if (history.length > 4 * WINDOW) history.splice(0, history.length - WINDOW);
    }
  }
}
