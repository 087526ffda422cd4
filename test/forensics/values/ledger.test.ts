import fc from 'fast-check';
import type { Session } from '../../../src/domain/session/session.ts';
import { createLedger, type Ledger } from '../../../src/forensics/values/ledger.ts';
import { createReader } from '../../../src/forensics/narrative.ts';
import { createWordTable, hashA, hashB, joinA, joinB } from '../../../src/forensics/text/word-table.ts';
import { SessionBuilder } from '../session-builder.ts';

/** Reads steps into a ledger as a session is watched: what is heard first, then what is said. */
const ledgerOf = ({ steps }: Session): Ledger => {
  const [read, ledger] = [createReader(), createLedger()];
  for (const step of steps) {
    const reading = read(step);
    ledger.hear(reading);
    ledger.say(reading);
  }
  return ledger;
};

const TOKEN = /#?[\p{L}\p{N}]+(?:[-_][\p{L}\p{N}]+)*/gu;
/** Every key that a text enters, cut out of it: slow, and plain to read. */
const keysOf = (text: string): Set<string> => {
  const keys = new Set<string>();
  let [last, lastEnd, lastDigits] = ['', -9, false];
  for (const match of text.toLowerCase().matchAll(TOKEN)) {
    const token = match[0].replace('#', '');
    const digits = /[0-9]/.test(token);
    const parts = token.split(/[-_]/);
    for (const key of [token, parts.join(''), ...parts]) keys.add(key);
    const near = (digits || lastDigits) && match.index - lastEnd <= 2 && last.length + token.length < 24;
    if (near) keys.add(last + token);
    const isReadOut = near && digits && token.length <= 2 && parts.length === 1;
    [last, lastEnd, lastDigits] = [isReadOut ? last + token : token, match.index + match[0].length, digits];
  }
  return keys;
};

describe('who brought a word first', () => {
  const ledger = ledgerOf(
    new SessionBuilder()
      .user('Please see to order #W4812 for Zoë, seat 4WQ 150, code K 7 3 1.')
      .model({ text: 'I look up W4812 and w9999.', calls: [{ name: 'find', args: { id: 'card_312' } }] })
      .tool({ note: 'sent to ÉCLAIR-55 and W9999', 'other key': 7 })
      .model({ text: 'Done: macaron.' })
      .build(),
  );

  it('knows what people and tools brought, however it is written', () => {
    for (const id of ['#W4812', 'w4812', '4WQ150', 'K731', 'zoë', 'éclair-55', 'Éclair55'])
      expect({ id, known: ledger.knows(id) }).toEqual({ id, known: true });
  });

  it('leaves to the model what it wrote first, whoever repeats it', () => {
    for (const id of ['w9999', 'card_312', 'card', 'macaron'])
      expect({ id, known: ledger.knows(id) }).toEqual({ id, known: false });
    expect(ledger.first('W9999')).toMatchObject({ source: 'model', step: 1 });
  });

  it('says where in an answer a word stood, and whether in a longer text', () => {
    expect(ledger.first('sent')).toMatchObject({ source: 'tool', step: 2, path: 'note', embedded: true });
    expect(ledger.first('55')).toMatchObject({ source: 'tool', step: 2, piece: true });
    expect(ledger.first('other')).toMatchObject({ source: 'tool', path: 'other key' });
    expect(ledger.first('never')).toBeUndefined();
  });

  it('makes no id of the letters of one and the digits of another', () => {
    expect(ledger.knows('éclair-312')).toBe(false);
    expect(ledger.knows('zoë-sent')).toBe(true);
  });

  it('lists what a step brought that has a digit or is long', () => {
    expect(ledger.broughtBy(1)).toEqual(['w9999']);
    expect(ledger.broughtBy(3)).toEqual(['macaron']);
    expect(ledger.broughtBy(2)).toEqual([]);
  });

  it('keeps the first mention of a value that comes again, as a name, a number or an argument', () => {
    const again = ledgerOf(
      new SessionBuilder()
        .user('Which are open?')
        .model({ calls: [{ name: 'find', args: { state: 'open', shelf: 481516 } }] })
        .tool({ state: 'closed', closed: 'state', shelf: 481516, hall: 2342 })
        .model({ calls: [{ name: 'find', args: { state: 'closed', shelf: 2342 } }] })
        .tool({ state: 'closed', hall: 2342 })
        .build(),
    );
    expect(again.first('open')).toMatchObject({ source: 'user', step: 1 });
    expect(again.first('481516')).toMatchObject({ source: 'model', step: 1 });
    expect(again.first('state')).toMatchObject({ source: 'tool', step: 2, path: 'state' });
    expect(again.first('closed')).toMatchObject({ source: 'tool', step: 2, path: 'closed' });
    expect(again.first('2342')).toMatchObject({ source: 'tool', step: 2, path: 'hall', embedded: false });
  });

  it('enters of any text what stands in it, and nothing else', () => {
    const piece = fc.constantFrom(
      'a',
      'B2',
      'order',
      '#',
      '-',
      '_',
      ' ',
      '  ',
      '9',
      '77',
      'ß',
      'É',
      'ǅ',
      '٣',
      '😀',
      '𝒜',
      '.',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const one = ledgerOf(new SessionBuilder().user(text).model({}).build());
        const keys = keysOf(text);
        for (const key of keys)
          expect({ text, key, known: one.first(key) !== undefined }).toEqual({ text, key, known: true });
        for (const key of ['a', '9', 'b2', 'order', '77', 'aorder', '977', 'ß', 'é', 'a9'])
          expect({ text, key, known: one.first(key) !== undefined }).toEqual({
            text,
            key,
            known: keys.has(key),
          });
      }),
      { numRuns: 500 },
    );
  });
});

describe('words by their hashes', () => {
  it('keeps what was entered first, through every growth', () => {
    const table = createWordTable();
    const words = Array.from({ length: 5_000 }, (_, i) => `word-${i * 7}`);
    words.forEach((word, i) => expect(table.enter(hashA(word), hashB(word), i)).toBe(i));
    words.forEach((word, i) => {
      expect(table.enter(hashA(word), hashB(word), 1)).toBe(i);
      expect(table.find(hashA(word), hashB(word))).toBe(i);
    });
    expect(table.find(hashA('other'), hashB('other'))).toBe(-1);
  });

  it('makes the hashes of two words side by side, of any length', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ maxLength: 200 }), (left, right) => {
        expect(joinA(hashA(left), hashA(right), right.length)).toBe(hashA(left + right));
        expect(joinB(hashB(left), hashB(right), right.length)).toBe(hashB(left + right));
      }),
    );
  });
});
