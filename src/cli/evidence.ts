import type { Command } from 'commander';
import type { EvidenceStore } from '../adapters/evidence/port.ts';

interface VerifyOptions {
  region: string;
  endpoint?: string;
}

const variable = (name: string): string => {
  const value = process.env[name]?.trim();
  if (!value) throw new Error(`Set ${name}: a bucket is read with the credentials of the environment.`);
  return value;
};

/** A folder, or `s3://bucket/prefix` with the credentials that other S3 tools use. Read only. */
async function open(place: string, { region, endpoint }: VerifyOptions): Promise<EvidenceStore> {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*?)\/*$/.exec(place) ?? [];
  if (bucket === undefined) {
    const { createFilesystemEvidence } = await import('../adapters/evidence/filesystem.ts');
    return createFilesystemEvidence({ dir: place, readOnly: true });
  }
  const { createS3Evidence } = await import('../adapters/evidence/s3.ts');
  const credentials = {
    accessKeyId: variable('AWS_ACCESS_KEY_ID'),
    secretAccessKey: variable('AWS_SECRET_ACCESS_KEY'),
    sessionToken: process.env['AWS_SESSION_TOKEN'],
  };
  return createS3Evidence({
    bucket,
    prefix,
    region,
    endpoint: endpoint ?? null,
    credentials,
    readOnly: true,
  });
}

/** `holdpoint evidence verify`: hashes every file of a seal again, from the folder or the bucket alone. */
export const registerEvidence = (program: Command): void => {
  program
    .command('evidence')
    .description('hash sealed evidence again')
    .command('verify')
    .description('read every file of a seal and compare its hash with the manifest')
    .argument('<place>', 'the evidence folder, or s3://bucket/prefix')
    .argument('<manifest>', 'the address of a seal’s manifest: sha256:…')
    .option('--region <region>', 'of the bucket', process.env['AWS_REGION'] ?? 'us-east-1')
    .option('--endpoint <url>', 'of a server other than Amazon’s')
    .action(async (place: string, manifest: string, options: VerifyOptions) => {
      const { verifySeal } = await import('../activities/preserve/sealed.ts');
      const { files, problems, manifest: found } = await verifySeal(await open(place, options), manifest);
      if (problems.length > 0) process.exitCode = 1;
      const lines = problems.length > 0 ? ['NOT VALID', ...problems.map((problem) => `  ${problem}`)] : [];
      if (found && lines.length === 0)
        lines.push(
          `valid: session ${found.sessionId}, seal ${found.sealNumber}, ${files} files, ${found.steps.count} steps`,
        );
      process.stdout.write(`${lines.join('\n')}\n`);
    });
};
