import { existsSync } from 'node:fs';
import { masterKeyFile, masterKeyOf } from '../compose/master-key.ts';
import type { Config } from '../config/types.ts';
import { createStore } from '../store/create.ts';
import type { Erasures } from '../store/port/erasures.ts';
import type { MasterKey } from '../store/master-key.ts';

export const masterKeyRemedy = (config: Config): string => {
  const file = masterKeyFile(config);
  const place = file === null ? '' : `, or put back the file ${file}`;
  return `Set HOLDPOINT_MASTER_KEY to the 32 bytes in base64 that wrapped them (where none did yet, to new ones: openssl rand -base64 32)${place}: evidence whose master key is lost is lost.`;
};

const onRecord = async (url: string, master: MasterKey | null): ReturnType<Erasures['tryKeys']> => {
  // Without the key: a doctor wraps nothing.
  const store = await createStore({ url, poolSize: 1 });
  try {
    return await store.erasures.tryKeys(master);
  } finally {
    await store.close();
  }
};

/** Whether the master key is there and opens every key of evidence on record. Never makes one, never shows one. */
export async function examineMasterKey(config: Config): Promise<string> {
  const { database, evidence } = config;
  const file = masterKeyFile(config);
  const isToBeMade = file !== null && !existsSync(file);
  const master = isToBeMade ? null : masterKeyOf(config);
  if (!database.url) return 'not tried: no DATABASE_URL';
  const { opened, clear, refused } = await onRecord(database.url.reveal(), master);
  if (refused.length > 0)
    throw new Error(
      `${refused.length} of ${opened + clear + refused.length} keys do not open: ${refused[0]}`,
    );
  if (master) {
    const toWrap = clear === 0 ? '' : `; those in the clear (${clear}) are wrapped at the next start`;
    return `${master.id} opens ${opened === 0 ? 'what comes: no key is wrapped yet' : `all ${opened} wrapped keys on record`}${toWrap}`;
  }
  if (!evidence.encrypt)
    return `not needed: evidence.encrypt is off${clear === 0 ? '' : `; keys in the clear: ${clear}`}`;
  if (isToBeMade) return `made at the first start, in ${file}: keep a copy of it elsewhere`;
  throw new Error(`none is given: keys of evidence stand in the database in the clear (${clear} now)`);
}
