import fc from 'fast-check';
import { createMessageLists } from '../../../src/forensics/read/message-lists.ts';
import { indexedMessages, messagesFrom } from '../../../src/forensics/read/messages.ts';
import { emptyAttributes, type Attributes } from '../../../src/forensics/read/raw-span.ts';

const said = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });
const element = fc.oneof(
  fc.record({ role: fc.constantFrom('user', 'assistant', 'system'), content: fc.string() }),
  fc.record({ content: fc.string() }),
  fc.constantFrom<unknown>(
    'plain',
    12,
    null,
    [],
    said('user', 'a, b] "c"'),
    { role: 'tool', tool_call_id: 'c-1', content: '{"id": 12345678901234567890}' },
    {
      role: 'assistant',
      parts: [{ type: 'tool_call', id: 'c-1', name: 'f', arguments: { a: [1, { b: 2 }] } }],
    },
  ),
);
/** A history as it grows, slides and is begun anew, as text. */
const history = fc
  .array(fc.record({ fresh: fc.array(element, { maxLength: 3 }), dropped: fc.nat(3), isNew: fc.boolean() }), {
    maxLength: 12,
  })
  .map((turns) => {
    let list: unknown[] = [];
    return turns.map(({ fresh, dropped, isNew }) => {
      list = [...(isNew && dropped === 3 ? [] : list.slice(dropped)), ...fresh];
      return list;
    });
  });

describe('lists of messages', () => {
  it('read as they would be without what was read before', () => {
    fc.assert(
      fc.property(history, fc.constantFrom(0, 2), (lists, indent) => {
        const known = createMessageLists();
        for (const list of lists)
          for (const side of ['heard', 'said'] as const) {
            const text = JSON.stringify(list, null, indent);
            expect(messagesFrom(text, side, known)).toEqual(messagesFrom(text, side));
          }
      }),
      { numRuns: 300 },
    );
  });

  it('give the same object for a message that is repeated, also where the first are dropped', () => {
    const known = createMessageLists();
    const all = [said('user', 'one'), said('assistant', 'two'), said('user', 'three')];
    const read = (list: unknown[]) => messagesFrom(JSON.stringify(list), 'heard', known) ?? [];
    const [one, two] = read(all.slice(0, 2));
    expect(read(all)[0]).toBe(one);
    expect(read(all.slice(1))[0]).toBe(two);
  });

  it('give what a model answered back where it is heard', () => {
    const known = createMessageLists();
    const answer = said('assistant', 'I book it.');
    const [out] = messagesFrom(JSON.stringify([answer]), 'said', known) ?? [];
    const heard = messagesFrom(JSON.stringify([said('user', 'Book it.'), answer]), 'heard', known);
    expect(heard?.[1]).toBe(out);
  });

  it.each(['[', '[1', '[1,]', '[,1]', '[1 2]', '[}', '[{]}', '["a]', '[1]x', ' [1]', '[]', '[[],[]', '[01]'])(
    'are left to others where they are none: %s',
    (text) => {
      const known = createMessageLists();
      messagesFrom('[1,{"role":"user","content":"x"}]', 'heard', known);
      expect(messagesFrom(text, 'heard', known)).toEqual(messagesFrom(text, 'heard'));
      expect(messagesFrom(text, 'said', known)).toEqual(messagesFrom(text, 'said'));
    },
  );

  it('laid flat read as they would be alone, and what stands where it stood is the same object', () => {
    const row = fc.record({
      role: fc.constantFrom('user', 'assistant', 'tool', 'system'),
      content: fc.string(),
      tool_call_id: fc.constantFrom('c-1', 'c-2'),
    });
    const flat = (rows: object[]): Attributes =>
      Object.assign(
        emptyAttributes(),
        ...rows.map((one, i) =>
          Object.fromEntries(
            Object.entries(one).map(([name, v]) => [`llm.input_messages.${i}.message.${name}`, v]),
          ),
        ),
      ) as Attributes;
    fc.assert(
      fc.property(fc.array(fc.array(row, { minLength: 1, maxLength: 5 }), { maxLength: 8 }), (histories) => {
        const known = createMessageLists();
        for (const history of histories) {
          const read = indexedMessages(flat(history), 'llm.input_messages', known);
          expect(read).toEqual(indexedMessages(flat(history), 'llm.input_messages'));
          const again = indexedMessages(flat(history), 'llm.input_messages', known);
          again?.forEach((message, n) => expect(message).toBe(read?.[n]));
        }
      }),
    );
  });
});
