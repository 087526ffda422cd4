import { markdownIn } from '../../../src/forensics/read/markdown.ts';
import { leavesOf } from '../../../src/forensics/values/values.ts';

const ROWS = [
  { Berth: 'B-14', Boat: 'Petrel', 'Length m': 9.5 },
  { Berth: 'B-15', Boat: null, 'Length m': 12 },
];

describe('a table in Markdown', () => {
  it.each([
    [
      'bars on both sides',
      '| Berth | Boat | Length m |\n|---|:--|--:|\n| B-14 | Petrel | 9.5 |\n| B-15 |  | 12 |',
    ],
    ['no bars outside', 'Berth | Boat | Length m\n--- | --- | ---\nB-14 | Petrel | 9.5\nB-15 | | 12\n'],
    [
      'marks around its cells',
      '| **Berth** | `Boat` | Length m |\r\n| - | - | - |\r\n| `B-14` | **Petrel** | 9.5 |\r\n| B-15 | | 12 |\r\n',
    ],
  ])('is read with %s', (_, text) => {
    expect(markdownIn(text)).toEqual(ROWS);
  });

  it('keeps the text around it, and a bar that is escaped', () => {
    const text = 'Two berths:\n\n| Berth | Boat |\n|---|---|\n| B-14 | Tern \\| Co |\n\nAs of noon.';
    expect(markdownIn(text)).toEqual({
      '#text': 'Two berths:\nAs of noon.',
      rows: [{ Berth: 'B-14', Boat: 'Tern | Co' }],
    });
    expect(leavesOf(text).map(({ path, value }) => [path, value])).toEqual([
      ['#text', 'Two berths:\nAs of noon.'],
      ['rows[].Berth', 'B-14'],
      ['rows[].Boat', 'Tern | Co'],
    ]);
  });

  it.each([
    ['prose with a bar', 'yes | no\nmaybe | never'],
    ['a rule without a header', '|---|---|\n| a | b |'],
    ['a header alone', '| a | b |\n|---|---|'],
    ['a row of other length', '| a | b |\n|---|---|\n| 1 | 2 | 3 |'],
    ['a name twice', '| a | a |\n|---|---|\n| 1 | 2 |'],
    ['one column', '| a |\n|---|\n| 1 |'],
    ['two tables', '| a | b |\n|---|---|\n| 1 | 2 |\n\n| c | d |\n|---|---|\n| 1 | 2 |'],
    ['a page of text around one', `${'word '.repeat(200)}\n| a | b |\n|---|---|\n| 1 | 2 |`],
  ])('is not seen in %s', (_, text) => {
    expect(markdownIn(text)).toBeUndefined();
  });

  it('takes no inherited name, and hostile rules and rows take no time of their own', () => {
    const read = markdownIn('| __proto__ | constructor |\n|---|---|\n| 1 | 2 |') as object[];
    expect(Object.keys(read[0] ?? {})).toEqual(['__proto__', 'constructor']);
    expect(markdownIn(`| a | b |\n|${'--|'.repeat(60_000)}x`)).toBeUndefined();
    expect(markdownIn(`| a | b |\n|${' '.repeat(190_000)}`)).toBeUndefined();
    expect(markdownIn(`| a | b |\n|-|-|\n${'|'.repeat(190_000)}`)).toBeUndefined();
  });
});
