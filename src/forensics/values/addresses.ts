import { isObject } from '../read/json.ts';
import type { Reading } from '../narrative.ts';
import type { Ledger } from './ledger.ts';
import { isGeneratedKey } from './ids.ts';
import { leavesOf } from './values.ts';

const ADDRESS = /^[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}$/u;
const [NAME, DOMAIN] = [
  /[\p{L}\p{N}._%+'-]+$/u,
  /^[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}/u,
] as const;
const [LONGEST_NAME, LONGEST_DOMAIN, LONGEST, MOST] = [64, 130, 200, 10_000] as const;
/** Whom a message comes from is the agent's own matter. */
const OWN_KEY = /(?:^|[._\-[])(?:from|sender|reply|no_?reply)/i;
const PARTS = /[\p{L}\p{N}]+/gu;

/** Whether the value of an argument is an e-mail address that somebody else must have given. */
export const isForeignAddress = (path: string, value: string): boolean =>
  value.length <= LONGEST && ADDRESS.test(value) && !OWN_KEY.test(path) && !isGeneratedKey(path);

/** E-mail addresses that anybody but a model brought. */
export interface AddressBook {
  hear: (reading: Reading) => void;
  /**
   * As a whole, or in pieces, as when it is spelled out: every part of the domain but its last, and each part with a
   * digit. A name before the `@` says nothing: it is what an address is made of.
   */
  knows: (address: string, ledger: Ledger) => boolean;
}

export const createAddressBook = (): AddressBook => {
  const known = new Set<string>();
  const enter = (text: string): void => {
    for (let at = text.indexOf('@'); at >= 0 && known.size < MOST; at = text.indexOf('@', at + 1)) {
      const name = NAME.exec(text.slice(Math.max(0, at - LONGEST_NAME), at))?.[0];
      const domain = DOMAIN.exec(text.slice(at + 1, at + 1 + LONGEST_DOMAIN))?.[0];
      if (name !== undefined && domain !== undefined) known.add(`${name}@${domain}`.toLowerCase());
    }
  };
  return {
    hear: ({ heard }) => {
      for (const { source, value, text } of heard) {
        if (source === 'agent') continue;
        if (isObject(value) || Array.isArray(value)) {
          for (const leaf of leavesOf(value)) if (typeof leaf.value === 'string') enter(leaf.value);
        } else enter(text);
      }
    },
    knows: (address, ledger) => {
      if (known.has(address.toLowerCase())) return true;
      const at = address.lastIndexOf('@');
      const domain = (address.slice(at + 1).match(PARTS) ?? []).slice(0, -1);
      const numbered = (address.slice(0, at).match(PARTS) ?? []).filter((part) => /\d/.test(part));
      return [...domain, ...numbered].every((part) => ledger.knows(part));
    },
  };
};
