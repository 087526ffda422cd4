import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { Signer } from '../../sign/envelope.ts';

interface Options {
  keyFile?: string;
  config?: string;
}

/** Reads a key that is there: only a first start of the server makes one. */
async function fromFile(file: string): Promise<Signer> {
  if (!existsSync(file))
    throw new Error(
      `there is no signing key at ${file}: the first start of a server makes it; name another with --key-file, or set HOLDPOINT_SIGNING_KEY`,
    );
  const { signerFromFile } = await import('../../sign/keys.ts');
  return signerFromFile(file);
}

async function signer({ keyFile, config: file }: Options): Promise<Signer> {
  if (keyFile !== undefined) return await fromFile(keyFile);
  const [{ loadConfig }, { signerOf, signingKeyFile }] = await Promise.all([
    import('../../config.ts'),
    import('../../compose/signing.ts'),
  ]);
  const config = loadConfig({ file, env: process.env });
  return config.signing.key ? signerOf(config) : await fromFile(signingKeyFile(config));
}

/** `holdpoint audit public-key`: what `audit verify --public-key` takes. The key itself is never printed. */
export const registerPublicKey = (audit: Command): void => {
  audit
    .command('public-key')
    .description('the public key of the signed heads, for `audit verify`, and its id')
    .option('--key-file <file>', 'of the signing key in this file, without a configuration')
    .option('--config <file>', 'the configuration; default HOLDPOINT_CONFIG, or holdpoint.yaml here')
    .action(async (options: Options) => {
      const { publicKey, keyId } = await signer(options);
      process.stdout.write(`${publicKey}  ${keyId}\n`);
    });
};
