/**
 * Words by two 32-bit hashes, so that a word is entered without being cut out of its text. That two of a session's words
 * are taken for one is less likely than one in a thousand millions.
 */
export interface WordTable {
  /** Enters what a word stands for, unless something is there; what stands there now. */
  enter: (a: number, b: number, value: number) => number;
  /** What was entered for a word; -1 where nothing was. */
  find: (a: number, b: number) => number;
}

/** The hashes are polynomials of the code units, so that those of two words make those of the word they make together. */
export const [FACTOR_A, FACTOR_B] = [0x01000193, 0x2c9277b5] as const;

const POWERS = 64;
const powersOf = (factor: number): Int32Array => {
  const powers = new Int32Array(POWERS).fill(1);
  for (let n = 1; n < POWERS; n += 1) powers[n] = Math.imul(powers[n - 1] ?? 1, factor);
  return powers;
};
const [POWERS_A, POWERS_B] = [powersOf(FACTOR_A), powersOf(FACTOR_B)];
const raised = (powers: Int32Array, length: number): number => {
  let result = 1;
  for (let rest = length; rest > 0; rest -= POWERS - 1)
    result = Math.imul(result, powers[Math.min(rest, POWERS - 1)] ?? 1);
  return result;
};
/** The first hash of two words side by side, the second of `length` code units. */
export const joinA = (left: number, right: number, length: number): number =>
  (Math.imul(left, raised(POWERS_A, length)) + right) | 0;
export const joinB = (left: number, right: number, length: number): number =>
  (Math.imul(left, raised(POWERS_B, length)) + right) | 0;

export const hashA = (word: string): number => {
  let hash = 0;
  for (let i = 0; i < word.length; i += 1) hash = (Math.imul(hash, FACTOR_A) + word.charCodeAt(i)) | 0;
  return hash;
};
export const hashB = (word: string): number => {
  let hash = 0;
  for (let i = 0; i < word.length; i += 1) hash = (Math.imul(hash, FACTOR_B) + word.charCodeAt(i)) | 0;
  return hash;
};

const [FIRST_SIZE, GROWS_BY] = [1024, 4] as const;
const placeOf = (a: number, b: number): number => {
  const mixed = Math.imul(a ^ (a >>> 15), 0x85ebca6b) ^ b;
  return mixed ^ (mixed >>> 13);
};

export const createWordTable = (): WordTable => {
  let mask = FIRST_SIZE - 1;
  let count = 0;
  /** Three numbers a word: its hashes, and what it stands for and one more, 0 where none is. */
  let slots = new Int32Array(3 * FIRST_SIZE);

  const grow = (): void => {
    const before = slots;
    mask = GROWS_BY * (mask + 1) - 1;
    slots = new Int32Array(3 * (mask + 1));
    for (let from = 0; from < before.length; from += 3) {
      if (before[from + 2] === 0) continue;
      const [a, b] = [before[from] ?? 0, before[from + 1] ?? 0];
      let at = 3 * (placeOf(a, b) & mask);
      while (slots[at + 2] !== 0) at = at === 3 * mask ? 0 : at + 3;
      slots[at] = a;
      slots[at + 1] = b;
      slots[at + 2] = before[from + 2] ?? 0;
    }
  };

  return {
    enter: (a, b, value) => {
      let at = 3 * (placeOf(a, b) & mask);
      for (let held = slots[at + 2] ?? 0; held !== 0; held = slots[at + 2] ?? 0) {
        if (slots[at] === a && slots[at + 1] === b) return held - 1;
        at = at === 3 * mask ? 0 : at + 3;
      }
      slots[at] = a;
      slots[at + 1] = b;
      slots[at + 2] = value + 1;
      if ((count += 1) * 2 > mask) grow();
      return value;
    },
    find: (a, b) => {
      let at = 3 * (placeOf(a, b) & mask);
      for (let held = slots[at + 2] ?? 0; held !== 0; held = slots[at + 2] ?? 0) {
        if (slots[at] === a && slots[at + 1] === b) return held - 1;
        at = at === 3 * mask ? 0 : at + 3;
      }
      return -1;
    },
  };
};
