import { mergedText } from '../../src/slack/merge.ts';

const BASE = 'Twelve were declined. Nine letters went out.\nNobody was paid.';

describe('two texts made from one', () => {
  it.each([
    ['nothing by one of them', BASE, `${BASE} Yet.`, `${BASE} Yet.`],
    [
      'different sentences',
      BASE.replace('Twelve', 'Thirteen'),
      BASE.replace('Nobody', 'One person'),
      BASE.replace('Twelve', 'Thirteen').replace('Nobody', 'One person'),
    ],
    [
      'the same change twice',
      BASE.replace('Nine', 'Ten'),
      BASE.replace('Nine', 'Ten'),
      BASE.replace('Nine', 'Ten'),
    ],
    [
      'one takes out, the other adds',
      BASE.replace('Twelve were declined. ', ''),
      `${BASE}\nSo far.`,
      'Nine letters went out.\nNobody was paid.\nSo far.',
    ],
  ])('%s', (_what, mine, theirs, both) => {
    expect(mergedText(BASE, mine, theirs)).toBe(both);
    expect(mergedText(BASE, theirs, mine)).toBe(both);
  });

  it('are not merged where both changed the same sentence', () => {
    expect(mergedText(BASE, BASE.replace('Nine', 'Ten'), BASE.replace('Nine', 'Eight'))).toBeNull();
    expect(mergedText('', 'Mine.', 'Theirs.')).toBeNull();
  });
});
