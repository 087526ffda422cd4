import { isOtherScale } from '../../../src/forensics/values/temperature.ts';

describe('temperatures on the other scale', () => {
  const store = { min: 1.2, max: 7.8 };
  it.each<[string, number[], { min: number; max: number }, boolean]>([
    ['temperature', [39.7], store, true],
    ['bay_temp', [37, 45.9], store, true],
    ['temperature', [-6], { min: 36, max: 46 }, false],
    ['temperature', [3.1, 4.4], { min: 36, max: 44 }, true],
    ['temperature', [12.7], store, false],
    ['temperature', [4.1, 39.7], store, false],
    ['humidity', [39.7], store, false],
    ['temperature', [], store, false],
    ['temperature', [40], { min: 4, max: 4 }, false],
    ['temperature', [-4, 10], { min: -22, max: -10 }, true],
  ])('%s of %j after %j: %s', (key, values, learned, other) => {
    expect(isOtherScale(key, values, learned)).toBe(other);
  });
});
