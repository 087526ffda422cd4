const MARK = 'write ';

/** Marks the message of a rule as its remedy: what to write instead. */
export const write = (remedy: string): string => `${MARK}${remedy}`;

/** The remedy in a message, or null where the message is zod's own. */
export const remedyIn = (message: string): string | null =>
  message.startsWith(MARK) ? message.slice(MARK.length) : null;
