/**
 * A server's words for the record: one line, no control characters, no addresses (they are personal data and stay out
 * of chained events), at most 300 characters.
 */
export const cleanWords = (words: string): string =>
  words
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/g, ' ')
    .replace(/[^\s<>@"']+@[^\s<>@"':;,]+/g, '(address)')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300) || 'no words';
