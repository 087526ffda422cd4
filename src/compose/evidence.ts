import { createEncryptedEvidence, type EvidenceKeys } from '../adapters/evidence/encrypted.ts';
import { createFilesystemEvidence } from '../adapters/evidence/filesystem.ts';
import type { EvidenceStore } from '../adapters/evidence/port.ts';
import { createS3Evidence } from '../adapters/evidence/s3.ts';
import type { Config } from '../config/types.ts';

/** Where the configuration keeps evidence, and its address for people. Encrypted files are read where keys are given. */
export function openEvidence(
  config: Config['evidence'],
  keys?: EvidenceKeys,
): { store: EvidenceStore; where: string } {
  const { store, where } = openPlain(config);
  if (!keys) return { store, where };
  return { store: createEncryptedEvidence(store, keys, { writing: config.encrypt }), where };
}

function openPlain({ dir, s3 }: Config['evidence']): { store: EvidenceStore; where: string } {
  if (!s3) return { store: createFilesystemEvidence({ dir }), where: dir };
  const { accessKeyId, secretAccessKey, sessionToken, ...place } = s3;
  const credentials = {
    accessKeyId: accessKeyId.reveal(),
    secretAccessKey: secretAccessKey.reveal(),
    sessionToken: sessionToken?.reveal(),
  };
  return {
    store: createS3Evidence({ ...place, credentials }),
    where: `s3://${[place.bucket, place.prefix].filter(Boolean).join('/')}`,
  };
}
