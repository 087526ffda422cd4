import fc from 'fast-check';
import { coded } from '../../../src/slack/blocks/rich.ts';
import { cut, escape, outside, safe } from '../../../src/slack/blocks/text.ts';
import { hostile } from './hostile.ts';

/** Half of a surrogate pair. */
const HALF = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

describe('words from outside', () => {
  it('are cut to the limit, never in the middle of a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 40 }), (text, max) => {
        const short = cut(text, max);
        expect(short.length).toBeLessThanOrEqual(Math.max(max, 1));
        if (!HALF.test(text)) expect(short).not.toMatch(HALF);
      }),
    );
  });

  it('stay on one line and hide nothing', () => {
    expect(outside('a\r\nb\tc', 50)).toBe('a ⏎ b c');
    expect(outside('\u202Egnp.exe', 50)).toBe('⟨U+202E⟩gnp.exe');
    expect(outside('pay\u200Bpal', 50)).toBe('pay⟨U+200B⟩pal');
    expect(outside('', 50)).toBe('(empty)');
  });

  it('in a sentence of the engine are told apart by code letters, and nothing of them is lost', () => {
    const code = { style: { code: true } };
    expect(coded('the field `a_b` of `c` was renamed')).toEqual([
      { type: 'text', text: 'the field ' },
      { type: 'text', text: 'a_b', ...code },
      { type: 'text', text: ' of ' },
      { type: 'text', text: 'c', ...code },
      { type: 'text', text: ' was renamed' },
    ]);
    for (const text of hostile) {
      const words = coded(text).map((piece) => (piece.type === 'text' ? piece.text : 'NOT TEXT'));
      expect(words.join('')).toBe(outside(text, 300).replaceAll('`', ''));
    }
  });

  it('are isolated when they read from right to left, so that ours keep their order', () => {
    expect(outside('שלום', 50)).toBe('\u2068שלום\u2069');
  });

  it('keep an emoji of several parts whole', () => {
    expect(outside('👩‍👩‍👧', 50)).toBe('👩‍👩‍👧');
  });

  it('page nobody, link nowhere, and are neither bold nor an emoji', () => {
    for (const text of hostile) {
      const shown = safe(text, 500);
      expect(shown).not.toMatch(/[<>]/);
      expect(shown).not.toMatch(/[*~`]/);
      expect(shown).not.toMatch(/:[a-z_]+:/);
    }
    expect(safe('set_application_status', 60)).toBe('set_application_status');
    expect(escape('<!channel>')).toBe('&lt;!channel&gt;');
  });
});
