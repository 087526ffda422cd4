import type { Ledger } from './ledger.ts';
import { isGeneratedKey } from './ids.ts';

const ADDRESS = /^[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}$/u;
/** Whom a message comes from is the agent's own matter. */
const OWN_KEY = /(?:^|[._\-[])(?:from|sender|reply|no_?reply)/i;
const PARTS = /[\p{L}\p{N}]+/gu;

/** Whether the value of an argument is an e-mail address that somebody else must have given. */
export const isForeignAddress = (path: string, value: string): boolean =>
  value.length <= 200 && ADDRESS.test(value) && !OWN_KEY.test(path) && !isGeneratedKey(path);

/**
 * Whether anybody but a model brought an address. In pieces is enough, as when it is spelled out: every part of the
 * domain but its last, and each part with a digit. A name before the `@` says nothing: it is what an address is made of.
 */
export const knowsAddress = (ledger: Ledger, address: string): boolean => {
  const at = address.lastIndexOf('@');
  const domain = (address.slice(at + 1).match(PARTS) ?? []).slice(0, -1);
  const numbered = (address.slice(0, at).match(PARTS) ?? []).filter((part) => /\d/.test(part));
  return [...domain, ...numbered].every((part) => ledger.knows(part));
};
