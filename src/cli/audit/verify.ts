import { plural } from '../../domain/incident/words.ts';
import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import type { Erasure } from '../../audit/format.ts';
import type { SetVerdict } from '../../audit/verify-set.ts';
import { utc } from './times.ts';

const FAILED = 1;
const MOST_SAID = 200;

/** What a file says of itself must not reach the terminal as control characters. */
// oxlint-disable-next-line no-control-regex
export const plain = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ');

/** What was erased, when, by whom, and the record in the table `erasure` that says so. */
export const erasureLine = ({ id, what, by, reason, atMs }: Erasure): string =>
  `${what} erased ${utc(atMs)} by ${by}: ${reason} (erasure ${id})`;

function report(verdict: SetVerdict): string {
  const { ok, incidents, incidentId, rows, head, signaturesChecked, wordsAbsent, problems } = verdict;
  const erased = verdict.erasures.map((one) => `  of ${one.incidentId}: ${erasureLine(one)}`);
  if (!ok) {
    return lines(['NOT VALID', ...atMost(problems.map((problem) => `  ${problem}`)), ...atMost(erased)]);
  }
  const signatures =
    signaturesChecked === null
      ? 'signatures not checked: give --public-key'
      : plural(signaturesChecked, 'signed head');
  const absent = wordsAbsent === 0 ? '' : `, ${plural(wordsAbsent, 'text')} erased or left out`;
  const what =
    incidentId === null
      ? `${plural(incidents, 'incident')}, ${plural(rows, 'record')}`
      : `incident ${incidentId}, ${plural(rows, 'record')}, head ${head}`;
  return lines([`valid: ${what}, ${signatures}${absent}`, ...atMost(erased)]);
}

const lines = (all: readonly string[]): string => all.map((line) => `${plain(line)}\n`).join('');

const atMost = (all: readonly string[]): string[] =>
  all.length <= MOST_SAID ? [...all] : [...all.slice(0, MOST_SAID), `  … and ${all.length - MOST_SAID} more`];

const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** `holdpoint audit verify`: needs the file and the public key alone, no network and no database. */
export const registerVerify = (audit: Command): void => {
  audit
    .command('verify')
    .description('check an export: every record, their chain and their head; names the wrong record')
    .argument('<file>', 'from `holdpoint audit export` or `GET /api/v1/incidents/:id/audit`')
    .option('--public-key <base64>', 'also check the signed heads; again for each key of the time', collect)
    .option(
      '--head <digest>',
      'a head known from elsewhere, such as a postmortem mail: shows a log that was cut',
    )
    .action(async (file: string, { publicKey = [], head }: { publicKey?: string[]; head?: string }) => {
      const [{ verifyExport }, { keyBytes }] = await Promise.all([
        import('../../audit/verify-set.ts'),
        import('../../store/head-signature.ts'),
      ]);
      const publicKeys = publicKey.map((key) => keyBytes(key, '--public-key'));
      const verdict = await verifyExport(createReadStream(file, 'utf8'), {
        ...(publicKeys.length > 0 ? { publicKeys } : {}),
        ...(head === undefined ? {} : { knownHead: head }),
      });
      process.stdout.write(report(verdict));
      if (!verdict.ok) process.exitCode = FAILED;
    });
};
