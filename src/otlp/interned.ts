const SLOTS = 1_024;
const LONGEST = 48;

const sameBytes = (a: Uint8Array, bytes: Uint8Array, from: number, length: number): boolean => {
  if (a.length !== length) return false;
  for (let i = 0; i < length; i += 1) if (a[i] !== bytes[from + i]) return false;
  return true;
};

/**
 * Reads short texts that come again and again, such as attribute names, without decoding each anew: of texts that fall
 * into one slot the latest is remembered, so memory is bounded whatever is sent.
 */
export const createInterner = (): ((bytes: Buffer, from: number, to: number) => string) => {
  const slots: ({ bytes: Uint8Array; text: string } | undefined)[] = Array.from({ length: SLOTS });
  return (bytes, from, to) => {
    const length = to - from;
    if (length > LONGEST) return bytes.toString('utf8', from, to);
    let hash = length;
    for (let at = from; at < to; at += 3) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
    const slot = (Math.imul(hash, 31) + (bytes[to - 1] ?? 0)) & (SLOTS - 1);
    const known = slots[slot];
    if (known && sameBytes(known.bytes, bytes, from, length)) return known.text;
    const text = bytes.toString('utf8', from, to);
    slots[slot] = { bytes: Uint8Array.prototype.slice.call(bytes, from, to), text };
    return text;
  };
};
