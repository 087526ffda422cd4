import fc from 'fast-check';
import { isIdLike } from '../../../src/forensics/values/ids.ts';

describe('what an id can look like', () => {
  it('is a token with a digit, and no date, number or measure', () => {
    for (const id of ['#W4812', 'sara_doe_496', '4WQ150', 'a-1-b', '123456', '12-ab-34', '1e-7'])
      expect({ id, is: isIdLike(id) }).toEqual({ id, is: true });
    for (const id of [
      '',
      '#',
      'W48',
      'abcd',
      '12345',
      '2024-05-20',
      '2024',
      '64gb',
      '12_days',
      'a--1b',
      '-a12',
    ])
      expect({ id, is: isIdLike(id) }).toEqual({ id, is: false });
  });

  it('takes apart letters and digits at single joints alone', () => {
    const pieces = fc.array(fc.constantFrom('a', 'Z', '0', '12', '-', '_', '#', ' ', '\n', 'é'), {
      maxLength: 9,
    });
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = `x${parts.join('')}`;
        const is = /^#?[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*$/.test(text) && /\d/.test(text) && text.length >= 4;
        expect({ text, is: isIdLike(text) }).toEqual({ text, is });
      }),
    );
  });
});
