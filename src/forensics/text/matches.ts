const NONE: readonly RegExpExecArray[] = [];

/**
 * All matches of a global expression, in their order. `matchAll` copies the expression for each text, which takes longer
 * than to find that a short text has no match.
 */
export const matchesOf = (form: RegExp, text: string): readonly RegExpExecArray[] => {
  form.lastIndex = 0;
  let match = form.exec(text);
  if (match === null) return NONE;
  const found: RegExpExecArray[] = [];
  for (; match !== null; match = form.exec(text)) {
    found.push(match);
    if (match[0] === '') form.lastIndex += 1;
  }
  return found;
};

const DIGIT = /\d/;
/** Whether a text has one of the ten ASCII digits. */
export const hasDigit = (text: string): boolean => DIGIT.test(text);
