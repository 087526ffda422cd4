import { dirname, join } from 'node:path';
import type { Config } from '../config/types.ts';
import type { Signer } from '../sign/envelope.ts';
import { signerFromFile, signerFromText } from '../sign/keys.ts';

/** Where the signing key lies when the environment gives none. */
export const signingKeyFile = (config: Config): string => join(dirname(config.evidence.dir), 'signing.key');

/** The installation's signer; a first start makes its key. */
export const signerOf = (config: Config): Signer =>
  config.signing.key ? signerFromText(config.signing.key.reveal()) : signerFromFile(signingKeyFile(config));
