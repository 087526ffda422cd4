import fc from 'fast-check';
import { hasDigit, matchesOf } from '../../../src/forensics/text/matches.ts';

const FORMS = [/\d+/g, /(a)(b)?/g, /b*/g, /(?<=a)b|\p{L}\d/gu];

describe('the matches of an expression', () => {
  test('are those that matchAll finds, groups and places included', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FORMS),
        fc.string({ unit: fc.constantFrom('a', 'b', '1', ' ', 'é') }),
        (form, text) => {
          const plain = (found: Iterable<RegExpExecArray>): unknown[] =>
            [...found].map((m) => ({ index: m.index, groups: [...m] }));
          expect(plain(matchesOf(form, text))).toEqual(plain(text.matchAll(form)));
        },
      ),
    );
  });

  test('begin anew with each text', () => {
    expect(matchesOf(/x/g, 'axbx').map((m) => m.index)).toEqual([1, 3]);
    const form = /x/g;
    matchesOf(form, 'xx');
    expect(matchesOf(form, 'x')).toHaveLength(1);
  });
});

test('a digit is one of the ten', () => {
  expect(['', 'ab', 'a1', '٣', '9'].map(hasDigit)).toEqual([false, false, true, false, true]);
});
