import { foldedFor, literalsOf, sieveFor, sievesFor } from '../../../src/forensics/text/literals.ts';
import * as tongues from '../../../src/forensics/choice/tongues.ts';

describe('what an expression cannot match without', () => {
  it.each([
    [/\b(?:original|originally|same|currently?)\s+(\w+)/gi, ['original', 'same', 'currentl']],
    [/costs? (?:the )?least|lowest[- ](?:price|fare)/iu, ['least', 'lowest']],
    [/(?<!\p{L})(?:next|first) (?:free|open)/iu, ['next', 'first']],
    [/an+(?:other)?x{2,3}/, ['an']],
    [/s[áa]bados?/iu, ['bado']],
    [/any\.thing(?=more)/, ['any.thing']],
  ])('is taken out of %p', (form, literals) => {
    expect(literalsOf(form)).toEqual(literals);
  });

  it.each([/[ab]+/, /\d{4}-?/, /one|\w+/, /(?:one)?/, /(?:two)*x?/])('is nothing for %p', (form) => {
    expect(literalsOf(form)).toBeNull();
    expect(sieveFor(form)('')).toBe(true);
  });

  it('is found whatever the case, and in letters that only ignoring case makes equal', () => {
    const mayMatch = sieveFor(/(?<!\p{L})most(?!\p{L})/iu);
    for (const text of ['the MOST', 'the moſt']) expect(mayMatch(foldedFor(text))).toBe(true);
    expect(/most/iu.test('moſt')).toBe(true);
    expect(mayMatch(foldedFor('the least'))).toBe(false);
  });

  const forms = Object.values(tongues)
    .flat(2)
    .filter((form) => form instanceof RegExp);
  const WORDS =
    'the one that costs least most cheapest lowest fare two second option 3 for me please not on sundays but any of them der früheste freie am Dienstag nicht el más barato la última con menos le plus tôt sans lundi SECOND MOST FIRST'.split(
      ' ',
    );
  it('stands in all that the forms of the tongues match', () => {
    expect(forms.length).toBeGreaterThan(50);
    const [together, single] = [sievesFor(forms), forms.map(sieveFor)];
    let matches = 0;
    for (let at = 0; at < 4000; at += 1) {
      const text = Array.from(
        { length: 6 },
        (_, i) => WORDS[(at * (7 + i) + i * i * 13) % WORDS.length],
      ).join(' ');
      const folded = foldedFor(text);
      expect(together(folded).join()).toBe(single.map((mayMatch) => Number(mayMatch(folded))).join());
      for (const form of forms) {
        if (text.search(form) < 0) continue;
        matches += 1;
        expect({ form, text, is: sieveFor(form)(folded) }).toEqual({ form, text, is: true });
      }
    }
    expect(matches).toBeGreaterThan(1000);
  });
});
