import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../config/types.ts';
import { KeyFileError, readKeyFile } from '../sign/key-file.ts';
import { createMasterKey, type MasterKey } from '../store/master-key.ts';

/**
 * What wraps the keys of encrypted evidence: `HOLDPOINT_MASTER_KEY`, else, where the signing key is a file too, the file
 * `master.key` beside it, made at the first start that encrypts. Null: keys stand in the database in the clear, which
 * `holdpoint check` says.
 */
export function masterKeyOf(config: Config): MasterKey | null {
  if (config.masterKey) return createMasterKey(Buffer.from(config.masterKey.reveal(), 'base64'));
  const file = masterKeyFile(config);
  if (file === null || (!config.evidence.encrypt && !existsSync(file))) return null;
  const secret = Buffer.from(readKeyFile(file).trim(), 'base64');
  if (secret.length !== 32)
    throw new KeyFileError(
      `${file}: not a master key, which is 32 random bytes in base64, but ${secret.length}`,
    );
  return createMasterKey(secret);
}

/** Where the master key lies, or would at a first start; null where the environment has the keys. */
export const masterKeyFile = ({ masterKey, signing, evidence }: Config): string | null =>
  masterKey || signing.key ? null : join(dirname(evidence.dir), 'master.key');
