import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { AuditVerdict } from '../audit/verify.ts';
import type { Store } from '../store/port.ts';

const FAILED = 1;

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function report({
  ok,
  incidentId,
  rows,
  head,
  signaturesChecked,
  wordsAbsent,
  problems,
}: AuditVerdict): string {
  if (!ok) return `${['NOT VALID', ...problems.map((problem) => `  ${problem}`)].join('\n')}\n`;
  const signatures =
    signaturesChecked === null
      ? 'signatures not checked: give --public-key'
      : plural(signaturesChecked, 'signed head');
  const absent = wordsAbsent === 0 ? '' : `, ${plural(wordsAbsent, 'text')} erased or left out`;
  return `valid: incident ${incidentId}, ${plural(rows, 'record')}, head ${head}, ${signatures}${absent}\n`;
}

const collect = (value: string, before: string[]): string[] => [...before, value];

interface ExportOptions {
  incident: string;
  out?: string;
  words: boolean;
}

/** `holdpoint audit export | verify`. `verify` needs the file and the public key alone, no network and no database. */
export const registerAudit = (program: Command, makeStore: () => Promise<Store>): void => {
  const audit = program.command('audit').description('export the audit log, or verify an export offline');

  audit
    .command('export')
    .description('write the records of an incident as JSON lines')
    .requiredOption('--incident <id>', 'the incident')
    .option('--out <file>', 'where to; default: standard output')
    .option('--no-words', 'leave out what people wrote; the records keep its digests')
    .action(async ({ incident, out, words }: ExportOptions) => {
      const { exportAudit } = await import('../audit/export.ts');
      const store = await makeStore();
      try {
        const text = await exportAudit(store.audit, incident, { withWords: words });
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
    .option(
      '--public-key <base64>',
      'also check the signed heads; again for each key of the time',
      collect,
      [],
    )
    .option(
      '--head <digest>',
      'a head known from elsewhere, such as a postmortem mail: shows a log that was cut',
    )
    .action(async (file: string, { publicKey, head }: { publicKey: string[]; head?: string }) => {
      const [{ verifyAudit }, { keyBytes }] = await Promise.all([
        import('../audit/verify.ts'),
        import('../store/head-signature.ts'),
      ]);
      const publicKeys = publicKey.map((key) => keyBytes(key, '--public-key'));
      const verdict = verifyAudit(await readFile(file, 'utf8'), {
        ...(publicKeys.length > 0 ? { publicKeys } : {}),
        ...(head === undefined ? {} : { knownHead: head }),
      });
      process.stdout.write(report(verdict));
      if (!verdict.ok) process.exitCode = FAILED;
    });
};
