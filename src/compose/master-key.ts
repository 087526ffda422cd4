import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../config/types.ts';
import { readKeyFile } from '../sign/key-file.ts';
import { createMasterKey, type MasterKey } from '../store/master-key.ts';

/**
 * What wraps the keys of encrypted evidence: `HOLDPOINT_MASTER_KEY`, else, where the signing key is a file too, the file
 * `master.key` beside it, made at the first start that encrypts. Null: keys stand in the database in the clear, which
 * `holdpoint check` says.
 */
export function masterKeyOf({ masterKey, signing, evidence }: Config): MasterKey | null {
  if (masterKey) return createMasterKey(Buffer.from(masterKey.reveal(), 'base64'));
  if (signing.key) return null;
  const file = join(dirname(evidence.dir), 'master.key');
  if (!evidence.encrypt && !existsSync(file)) return null;
  return createMasterKey(Buffer.from(readKeyFile(file).trim(), 'base64'));
}
