import type { Command } from 'commander';

/** `holdpoint evidence verify`: hashes every file of a seal again, from the folder alone. */
export const registerEvidence = (program: Command): void => {
  program
    .command('evidence')
    .description('hash sealed evidence again')
    .command('verify')
    .argument('<dir>', 'the evidence folder')
    .argument('<manifest>', 'the address of a seal’s manifest: sha256:…')
    .action(async (dir: string, manifest: string) => {
      const [{ createFilesystemEvidence }, { verifySeal }] = await Promise.all([
        import('../adapters/evidence/filesystem.ts'),
        import('../activities/preserve/sealed.ts'),
      ]);
      const {
        files,
        problems,
        manifest: found,
      } = await verifySeal(createFilesystemEvidence({ dir, readOnly: true }), manifest);
      if (problems.length > 0) process.exitCode = 1;
      const lines = problems.length > 0 ? ['NOT VALID', ...problems.map((problem) => `  ${problem}`)] : [];
      if (found && lines.length === 0)
        lines.push(
          `valid: session ${found.sessionId}, seal ${found.sealNumber}, ${files} files, ${found.steps.count} steps`,
        );
      process.stdout.write(`${lines.join('\n')}\n`);
    });
};
