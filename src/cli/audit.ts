import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { AuditVerdict } from '../audit/verify.ts';
import type { Store } from '../store/port.ts';

const FAILED = 1;

function report({ ok, incidentId, rows, head, signaturesChecked, problems }: AuditVerdict): string {
  if (!ok) return `${['NOT VALID', ...problems.map((problem) => `  ${problem}`)].join('\n')}\n`;
  const signatures =
    signaturesChecked === null
      ? 'signatures not checked: give --public-key'
      : `${signaturesChecked} signed heads`;
  return `valid: incident ${incidentId}, ${rows} records, head ${head}, ${signatures}\n`;
}

/** `holdpoint audit export | verify`. `verify` needs the file and the public key alone, no network and no database. */
export const registerAudit = (program: Command, makeStore: () => Promise<Store>): void => {
  const audit = program.command('audit').description('export the audit log, or verify an export offline');

  audit
    .command('export')
    .description('write the records of an incident as JSON lines')
    .requiredOption('--incident <id>', 'the incident')
    .option('--out <file>', 'where to; default: standard output')
    .action(async ({ incident, out }: { incident: string; out?: string }) => {
      const { exportAudit } = await import('../audit/export.ts');
      const store = await makeStore();
      try {
        const text = await exportAudit(store.audit, incident);
        if (text === null)
          throw new Error(`There is no incident ${incident}: \`holdpoint incidents\` lists them.`);
        if (out) await writeFile(out, text, { flag: 'wx' });
        else process.stdout.write(text);
      } finally {
        await store.close();
      }
    });

  audit
    .command('verify')
    .description('check an export: every record, their chain and their head; names the wrong record')
    .argument('<file>', 'from `holdpoint audit export` or `GET /api/v1/incidents/:id/audit`')
    .option('--public-key <base64>', 'also check the signed heads')
    .action(async (file: string, { publicKey }: { publicKey?: string }) => {
      const [{ verifyAudit }, { keyBytes }] = await Promise.all([
        import('../audit/verify.ts'),
        import('../store/head-signature.ts'),
      ]);
      const key = publicKey === undefined ? null : keyBytes(publicKey, '--public-key');
      const verdict = verifyAudit(await readFile(file, 'utf8'), key);
      process.stdout.write(report(verdict));
      if (!verdict.ok) process.exitCode = FAILED;
    });
};
