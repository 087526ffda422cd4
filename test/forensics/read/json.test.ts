import fc from 'fast-check';
import { jsonIn, parseJson } from '../../../src/forensics/read/json.ts';

describe('JSON without loss', () => {
  it.each([
    ['9007199254740993', '9007199254740993'],
    ['[9007199254740991, 9007199254740992]', [9007199254740991, '9007199254740992']],
    ['{"id":-12345678901234567890}', { id: '-12345678901234567890' }],
    ['{"12345678901234567890":"12345678901234567890"}', { '12345678901234567890': '12345678901234567890' }],
    [
      '[0.12345678901234567890, 12345678901234567890.5, 1e30]',
      [0.12345678901234568, 12345678901234567000, 1e30],
    ],
    [
      String.raw`["\\", 99999999999999999, "\" 99999999999999999"]`,
      ['\\', '99999999999999999', '" 99999999999999999'],
    ],
  ])('keeps every digit of %s', (json, value) => {
    expect(parseJson(json)).toEqual(value);
  });

  it('reads everything else as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        fc.pre(!/(?<![.\d])\d{16,}(?![.\de])/.test(json));
        expect(parseJson(json)).toEqual(JSON.parse(json));
      }),
    );
  });

  it('gives back each integer, however large and wherever it stands', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.string(), (number, text) => {
        const read = parseJson(
          JSON.stringify({ text, inner: [{ text }] }).replace('}]}', `,"n":${number}}],"n":${number}}`),
        );
        expect(read).toMatchObject({ text, inner: [{ text }] });
        expect(String((read as { n: unknown }).n)).toBe(number.toString());
      }),
    );
  });

  it('throws for what is no JSON, and in text that holds some finds none', () => {
    expect(() => parseJson('{"a": 12345678901234567890')).toThrow(SyntaxError);
    expect(jsonIn('{"a": 12345678901234567890')).toBeUndefined();
  });
});
